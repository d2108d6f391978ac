# SPDX-License-Identifier: Apache-2.0
"""The code of a function is unpacked once, however many processes run it, and a package once for all functions.

MiniStack unpacks a function's zip file anew for each process: thousands of files, which Python compiles each time, and
which are removed when the local cloud ends. Here each process gets a link to one copy, in which the folders that other
functions have, too, are links. In AWS a function cannot change its code's folder either: it may write to /tmp (AWS
Lambda developer guide, "Configure ephemeral storage for Lambda functions").
"""

import hashlib
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from localcloud.clock import Clock
from localcloud.ministack import functions

FOLDER = "unpacked-code"  # in the temporary folder, which goes when the local cloud ends


def install(_clock: Clock) -> None:
    """Let MiniStack link to the code instead of unpacking it."""
    functions.unpack_with(UnpackedOnce)


class UnpackedOnce(ZipFile):
    """A zip file whose `extractall` makes `path`, an empty folder, a link to the files, which are unpacked once."""

    def extractall(
        self,
        path: str | os.PathLike[str] | None = None,
        members: Iterable[str | ZipInfo] | None = None,
        pwd: bytes | None = None,
    ) -> None:
        """Raises BadZipFile, as ZipFile does."""
        if path is None or members is not None or self.filename is None:
            super().extractall(path, members, pwd)
            return
        files = _made_once(_digest(self.filename), self._unpack)
        os.rmdir(path)
        os.symlink(files, path, target_is_directory=True)

    def _unpack(self, folder: str) -> None:
        for name, members in self._folders().items():
            if name:
                shared = _made_once(_digest_of(members), partial(self._extract, members=members))
                os.symlink(shared / name, Path(folder, name), target_is_directory=True)
            else:
                self._extract(folder, members)

    def _extract(self, folder: str, members: list[ZipInfo]) -> None:
        super().extractall(folder, members)

    def _folders(self) -> dict[str, list[ZipInfo]]:
        """What is in each folder of the first level; under "" what is in none."""
        folders: dict[str, list[ZipInfo]] = defaultdict(list)
        for member in self.infolist():
            name, is_in_folder, _ = member.filename.partition("/")
            folders[name if is_in_folder and name not in ("", ".", "..") else ""].append(member)
        return folders


def _made_once(name: str, fill: Callable[[str], None]) -> Path:
    """A folder with that name beside the others, filled by whoever needs it first."""
    folder = Path(tempfile.gettempdir()) / FOLDER / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(exist_ok=True)
    unfinished = tempfile.mkdtemp(prefix="partial-", dir=folder.parent)
    try:
        fill(unfinished)
        os.rename(unfinished, folder)
    except OSError:
        if not folder.is_dir():  # else another process's start was faster, and its copy is the same
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_of(members: list[ZipInfo]) -> str:
    """The same for the same files: by their names, sizes and checksums."""
    files = sorted((one.filename, one.file_size, one.CRC) for one in members)
    return hashlib.sha256(repr(files).encode()).hexdigest()
