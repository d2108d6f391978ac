# SPDX-License-Identifier: Apache-2.0
"""Where the application's files are, and where the command line writes: in a checkout, or in an installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "application"  # only a wheel has it: see pyproject.toml

ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""The folder of template.yaml, functions/ and whatever else of the application is read; not to be written to."""

HOME = (Path.cwd() if _INSTALLED.is_dir() else ROOT) / ".edgepixel"
"""Everything that the command line writes by itself: state, logs, builds, ledgers, reports."""
