# SPDX-License-Identifier: Apache-2.0
"""Modules of the Lambda functions, which are not packages: their folders are flat."""

import importlib
import sys
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(folder: Path, name: str) -> Any:
    """The module `name` of a function's folder.

    A function's modules import each other by names, like `settings`, that exist in every function. So the folder is on
    the path, and its modules under these names, only while the module is imported.
    """
    siblings = [path.stem for path in folder.glob("*.py")]
    others = {sibling: sys.modules.pop(sibling) for sibling in siblings if sibling in sys.modules}
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        for sibling in siblings:
            sys.modules.pop(sibling, None)
        sys.modules.update(others)
