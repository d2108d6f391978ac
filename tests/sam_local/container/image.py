# SPDX-License-Identifier: Apache-2.0
"""The image that the functions run on: AWS's, or where its registry cannot be reached, a stand-in for it.

The stand-in is made of this machine's own CPython and C library, and of AWS's runtime interface client from the package
index. AWS's image is Amazon Linux with AWS's build of CPython; the stand-in is not.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from edgepixel.errors import MissingToolError
from edgepixel.local.prerequisites import host_architecture
from edgepixel.paths import ROOT
from tests.sam_local.container.engine import Engine
from tests.sam_local.container.errors import ContainerError
from tests.sam_local.container.image_files import write_files

REQUIREMENTS = ROOT / "requirements" / "stand_in_image.txt"
_REGISTRY = "https://public.ecr.aws/v2/"
_PATIENCE_SECONDS = 5.0
_ENVIRONMENT = {
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
    "LD_LIBRARY_PATH": "/var/lang/lib:/var/runtime:/var/task:/var/task/lib:/opt/lib",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
}


@dataclass(frozen=True)
class Image:
    """An image, what to say of it, and the options with which `sam local invoke` uses it."""

    name: str
    description: str
    options: tuple[str, ...]


def choose_image(engine: Engine) -> Image:
    """AWS's image if the engine has it or the registry can be reached; else the stand-in, made if need be.

    Raises MissingToolError on a machine that the stand-in cannot be made from, ContainerError if making it fails.
    """
    aws = f"public.ecr.aws/lambda/python:3.13-{host_architecture()}"
    if engine.has_image(aws):
        return Image(aws, "AWS's image, which is there already", ("--skip-pull-image",))
    if registry_is_reachable():
        return Image(aws, "AWS's image, fetched by SAM", ())
    name = stand_in_name()
    if not engine.has_image(name):
        _make_stand_in(engine, name)
    libc = " ".join(platform.libc_ver())
    description = (
        f"a stand-in, because public.ecr.aws cannot be reached: CPython {platform.python_version()} and {libc} of "
        f"this machine ({_system()}), not AWS's image of Amazon Linux"
    )
    return Image(name, description, ("--invoke-image", name, "--skip-pull-image"))


def registry_is_reachable(address: str = _REGISTRY) -> bool:
    """Whether AWS's public registry can be reached. A request for a token (401) counts."""
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE_SECONDS) as response:  # noqa: S310 (a fixed address)
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 401
    except OSError:
        return False


def stand_in_name() -> str:
    """The stand-in's name. The tag depends on what it is made of, so that an old one is never taken for it."""
    made_of = REQUIREMENTS.read_bytes() + Path(__file__).with_name("image_files.py").read_bytes()
    return f"edgepixel/lambda-python:{platform.python_version()}-{hashlib.sha256(made_of).hexdigest()[:8]}"


def _make_stand_in(engine: Engine, name: str) -> None:
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc" or not shutil.which("ldd"):
        raise MissingToolError(
            "public.ecr.aws, which has AWS's image of the Python runtime, cannot be reached, and a stand-in for it can "
            "only be made on Linux with glibc: give this machine access to the registry"
        )
    with tempfile.TemporaryDirectory(prefix="edgepixel-image-") as folder:
        runtime, archive = Path(folder, "runtime"), Path(folder, "image.tar")
        _install_runtime(runtime)
        write_files(archive, runtime)
        settings = [f"ENV {variable}={value}" for variable, value in _ENVIRONMENT.items()]
        changes = [f"--change={setting}" for setting in [*settings, "WORKDIR /var/task"]]
        engine.docker("import", *changes, str(archive), name)


def _install_runtime(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--root-user-action", "ignore", "--only-binary", ":all:", "--require-hashes", "--no-deps"]
    command += ["--target", str(folder), "--requirement", str(REQUIREMENTS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own arguments)
    if result.returncode:
        raise ContainerError(f"AWS's runtime interface client cannot be installed: {result.stderr.strip()}")


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
