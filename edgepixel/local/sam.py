# SPDX-License-Identifier: Apache-2.0
"""Runs the AWS SAM CLI, and keeps what it said in a file. SAM works in that file's folder, and leaves its own there."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from edgepixel.errors import SamError

_LAST_LINES = 25


def run_sam(arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
    """Run `sam` in the log's folder; what it says goes to the log. Raises SamError with the log's end if it fails."""
    with _opened(log) as output:
        status = _run(arguments, environment, log.parent, output, output).returncode
    _check(status, arguments, log)


def output_of_sam(arguments: list[str], environment: Mapping[str, str], log: Path) -> bytes:
    """The same, but return what `sam` writes to standard output; only the rest goes to the log."""
    with _opened(log) as rest:
        result = _run(arguments, environment, log.parent, subprocess.PIPE, rest)
    _check(result.returncode, arguments, log)
    return result.stdout


def _opened(log: Path) -> IO[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("wb")


def _run(
    arguments: list[str], environment: Mapping[str, str], folder: Path, output: int | IO[bytes], errors: IO[bytes]
) -> "subprocess.CompletedProcess[bytes]":
    with tempfile.TemporaryDirectory() as temporary:  # SAM does not remove all that it makes there
        return subprocess.run(  # noqa: S603 (our own arguments, no shell)
            ["sam", *arguments],  # noqa: S607 (from the PATH that `environment` gives)
            env={**environment, "TMPDIR": temporary},
            cwd=folder,  # `sam build` puts what it installs into .aws-sam of the folder that it works in
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            check=False,
        )


def _check(status: int, arguments: list[str], log: Path) -> None:
    if status:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        end = "\n".join(lines[-_LAST_LINES:])
        raise SamError(f"`sam {arguments[0]}` failed. The end of {log}:\n{end}")
