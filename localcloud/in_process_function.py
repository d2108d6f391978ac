# SPDX-License-Identifier: Apache-2.0
"""Lambda functions inside this process: their folders imported as Lambda imports them, without a server."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

_ENVIRONMENT = {
    "POWERTOOLS_TRACE_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "EdgePixel",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@contextmanager
def function_loader(functions: Path) -> Iterator[Callable[..., SimpleNamespace]]:
    """Gives `load(name, *modules)`, which imports a function's folder below `functions`, alone on the path.

    The result has the function's modules as attributes, and those in its sub-folders as `folder.module`. Modules that
    are named (`packing`, `protocol.request`) are the only ones that are imported: `app` wants the function's
    environment. Each call forgets the modules of the one before, because `app` and `settings` exist in every folder;
    at the end of the block path, environment and modules are as before.
    """
    path, others = list(sys.path), dict(sys.modules)
    with patch.dict(os.environ, _ENVIRONMENT):

        def load(name: str, *modules: str) -> SimpleNamespace:
            _forget_modules(functions)
            for sibling in {module.partition(".")[0] for module in _module_names(functions / name)}:
                sys.modules.pop(sibling, None)  # another module of this name, such as `settings`
            sys.path[:] = [str(functions / name), *path]
            importlib.invalidate_caches()
            wanted = modules or _module_names(functions / name)
            for module in wanted:
                importlib.import_module(module)
            return SimpleNamespace(**{top: sys.modules[top] for top in {name.partition(".")[0] for name in wanted}})

        try:
            yield load
        finally:
            _forget_modules(functions)
            sys.path[:] = path
            sys.modules.update({name: module for name, module in others.items() if name not in sys.modules})


def _module_names(folder: Path) -> list[str]:
    files = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py"))
    return sorted(".".join(file.parts) for file in files if file.name != "__init__")


def _forget_modules(functions: Path) -> None:
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(f"{functions}{os.sep}"):
            del sys.modules[name]
