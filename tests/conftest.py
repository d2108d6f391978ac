# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every test may use."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"

# How long Hypothesis' examples take tells of the machine, not of the code. Tests that suppress more checks name it too.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Writes a line to the end of the test report."""

    def write(line: str) -> None:
        record_property("measured", line)

    return write


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            lines = [value for name, value in report.user_properties if name == "measured"]
            if lines:
                terminalreporter.section(report.nodeid.partition("::")[2])
                terminalreporter.write_line("\n".join(map(str, lines)))


def _sibling_names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py"))


def _forget_function_modules() -> None:
    """Drop every loaded module that comes from a function folder: `app` and `settings` exist in each of them."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(f"{FUNCTIONS}/"):
            del sys.modules[name]


@contextmanager
def function_folders() -> Iterator[Callable[..., SimpleNamespace]]:
    """Import function folders as Lambda does: each flat, alone on the path. Gives a namespace of its modules.

    Names after the folder's are the modules that are wanted: `app` wants the function's environment.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "EdgePixel")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")

        def load(name: str, *only: str) -> SimpleNamespace:
            _forget_function_modules()
            patch.syspath_prepend(str(FUNCTIONS / name))
            modules: dict[str, ModuleType] = {}
            for sibling in only or _sibling_names(FUNCTIONS / name):
                modules[sibling] = importlib.import_module(sibling)
            return SimpleNamespace(**modules)

        yield load
        _forget_function_modules()


@pytest.fixture
def load_function() -> Iterator[Callable[[str], SimpleNamespace]]:
    """Import a function folder for one test."""
    with function_folders() as load:
        yield load
