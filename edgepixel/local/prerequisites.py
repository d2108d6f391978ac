# SPDX-License-Identifier: Apache-2.0
"""The packages and programs that local commands need, and what to do about those that are missing."""

import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from edgepixel.errors import EdgePixelError, MissingPackageError, MissingToolError

FUNCTION_PYTHON = "python3.13"  # the runtime in template.yaml

# One module of each package that only the extra `local` brings.
_LOCAL_MODULES = ("crawleruseragents", "duckdb", "ministack", "samcli")


def check_packages() -> None:
    """Raise MissingPackageError, which says what to install, unless the extra `local` is installed."""
    missing = [name for name in _LOCAL_MODULES if find_spec(name) is None]
    if missing:
        raise MissingPackageError(
            "this command needs more packages, which come with: pip install 'edgepixel[local]' "
            f"(missing: {', '.join(missing)})"
        )


def tool_path() -> str:
    """A PATH on which the programs installed beside this Python come first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def check_tools(path: str) -> None:
    """Raise one MissingToolError that names every program that is missing, or of no use, and how to get it."""
    problems = [problem for problem in (_sam_problem(path), _python_problem(path)) if problem]
    if problems:
        raise MissingToolError("\n".join(problems))


def _sam_problem(path: str) -> str | None:
    if shutil.which("sam", path=path):
        return None
    return "AWS SAM CLI (sam) is not installed: run `make up`, which installs it, or `pip install 'edgepixel[local]'`"


def _python_problem(path: str) -> str | None:
    found = shutil.which(FUNCTION_PYTHON, path=path)
    if not found:
        return f"{FUNCTION_PYTHON} is not on PATH: install it, for example with `uv python install 3.13`"
    # A version manager's stand-in may be there for a version that is not, and sam build needs pip beside it.
    probe = subprocess.run(  # noqa: S603 (a fixed command)
        [found, "-c", "import pip"], capture_output=True, text=True, check=False, timeout=60
    )
    if probe.returncode == 0:
        return None
    reason = (probe.stderr.strip().splitlines() or ["no reason given"])[-1]
    return (
        f"{found} cannot be used to build the functions ({reason}): "
        f"run `make up`, which has one of its own, or install pip for it with `{FUNCTION_PYTHON} -m ensurepip`"
    )


def host_architecture() -> str:
    """This machine's processor, in the words of the template's parameter Architecture."""
    machine = platform.machine().lower()
    names = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}
    if machine not in names:
        raise EdgePixelError(f"the functions run on x86_64 or arm64 processors, and this machine's is {machine!r}")
    return names[machine]
