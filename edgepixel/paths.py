# SPDX-License-Identifier: Apache-2.0
"""Where things are in a checkout of the project."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".edgepixel"  # everything that the command line writes: state, logs, builds, ledgers
