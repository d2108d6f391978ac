# SPDX-License-Identifier: Apache-2.0
"""Where things are in a checkout of the project."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".edgepixel"  # everything that the command line writes: state, logs, builds, ledgers


def _program() -> str:
    executable = Path(sys.executable)
    in_checkout = executable.is_relative_to(ROOT)
    return f"{executable.relative_to(ROOT) if in_checkout else 'python'} -m edgepixel"


PROGRAM = _program()  # how to call this program from the checkout, for messages
