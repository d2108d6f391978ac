# SPDX-License-Identifier: Apache-2.0
"""The packages that the aggregator ships, in a folder of their own: a developer's machine has others that it lacks."""

import hashlib
import subprocess
import sys
from pathlib import Path

from edgepixel.paths import HOME, ROOT

FUNCTION = ROOT / "functions" / "aggregator"


def installed() -> Path:
    """The folder, made when the function's requirements are new."""
    requirements = FUNCTION / "requirements.txt"
    folder = HOME / "benchmarks" / hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    if not (folder / "complete").exists():
        print("Installing the aggregator's packages ...", file=sys.stderr)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--upgrade", "--target", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", "install", *options, "-r", str(requirements)], check=True)  # noqa: S603
        (folder / "complete").touch()
    return folder
