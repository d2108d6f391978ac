# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every test may use."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

from localcloud.in_process_function import function_loader

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


@pytest.fixture
def load_function() -> Iterator[Callable[[str], SimpleNamespace]]:
    """Import a function folder for one test."""
    with function_loader(FUNCTIONS) as load:
        yield load
