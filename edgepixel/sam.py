# SPDX-License-Identifier: Apache-2.0
"""Runs the AWS SAM CLI, and keeps what it said in a file."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from edgepixel.errors import SamError
from edgepixel.paths import ROOT

_LAST_LINES = 25


def run_sam(arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
    """Run `sam` in the checkout. Raises SamError with the end of the log if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        result = subprocess.run(  # noqa: S603 (our own arguments, no shell)
            ["sam", *arguments],  # noqa: S607 (from the PATH that `environment` gives)
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    if result.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        end = "\n".join(lines[-_LAST_LINES:])
        raise SamError(f"`sam {arguments[0]}` failed. The end of {log}:\n{end}")
