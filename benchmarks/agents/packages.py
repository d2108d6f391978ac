# SPDX-License-Identifier: Apache-2.0
"""The packages that hold labelled user agents: pinned, fetched by the registries' own clients, never committed.

Their lists stay theirs, under their licences; only figures about them are in this repository.
"""

import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgepixel.errors import MissingToolError


@dataclass(frozen=True)
class Package:
    """A source archive of a registry: its name and version there, its hash, and the licence that it names."""

    registry: str  # PyPI or npm
    name: str
    version: str
    file: str
    sha256: str
    licence: str

    @property
    def label(self) -> str:
        return f"{self.name} {self.version} ({self.registry}, {self.licence})"


CRAWLER_DETECT = Package(
    "PyPI", "crawlerdetect", "0.4.2", "crawlerdetect-0.4.2.tar.gz",
    "2ecbc825ec9bbfe94d1878078fbc3d336ed4b247a00dd56691479554ca3cb2ef", "MIT",
)  # fmt: skip
DEVICE_DETECTOR = Package(
    "PyPI", "device-detector", "6.5.1", "device_detector-6.5.1.tar.gz",
    "610ed34b173b96ee91aa38165084695bbf76f6a5bd76bbb4fd777f7af1ff4170", "MIT; its lists are Matomo's, LGPL-3.0",
)  # fmt: skip
USER_AGENTS = Package(
    "npm", "user-agents", "2.1.198", "user-agents-2.1.198.tgz",
    "581c4f5074669b6f125263b8ddf302d221a26a06842488c6cc8d50dc5c5c0851", "BSD-2-Clause",
)  # fmt: skip
USERAGENTSDATA = Package(
    "npm", "useragentsdata", "1.0.42", "useragentsdata-1.0.42.tgz",
    "340ba507b4053f7d5909b88b389907c637339fdefdd3e3a19e740fcb8913d444", "ISC",
)  # fmt: skip
RANDOM_USERAGENT = Package(
    "npm", "random-useragent", "0.5.0", "random-useragent-0.5.0.tgz",
    "ddd7379d6323b8d1e8ad13b6e77e877fa75ec475720d426ae8bb5a09f2eafe5c", "MIT",
)  # fmt: skip
PACKAGES = (CRAWLER_DETECT, DEVICE_DETECTOR, USER_AGENTS, USERAGENTSDATA, RANDOM_USERAGENT)


def fetch(folder: Path, packages: Sequence[Package] = PACKAGES) -> None:
    """Bring what is not there yet into the folder, and check every archive's hash."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages:
        archive = folder / package.file
        if not archive.exists():
            subprocess.run(_command(package, folder), cwd=folder, check=True)  # noqa: S603 (names of this module)
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != package.sha256:
            raise MissingToolError(f"{archive} has the hash {found}, not the one that benchmarks/agents pins")


def _command(package: Package, folder: Path) -> list[str]:
    if package.registry == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    return [*pip, "--dest", str(folder), f"{package.name}=={package.version}"]


def members(folder: Path, package: Package, ending: str) -> dict[str, str]:
    """The text of each file in a package's archive whose path ends so, by path."""
    texts = {}
    with tarfile.open(folder / package.file) as archive:
        for member in archive.getmembers():
            if member.name.endswith(ending) and (file := archive.extractfile(member)):
                texts[member.name] = file.read().decode(errors="replace")
    return texts
