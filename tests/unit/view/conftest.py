# SPDX-License-Identifier: Apache-2.0
"""A catalog for every test of the view, and a place in the test report for what was measured."""

from collections.abc import Iterator

import pytest

from tests.unit.view import event_view

REPORT = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session", autouse=True)
def catalog() -> Iterator[None]:
    with event_view.catalog():
        yield


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> list[str]:
    """Lines to print at the end of the test report."""
    return pytestconfig.stash.setdefault(REPORT, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = terminalreporter.config.stash.get(REPORT, [])
    if lines:
        terminalreporter.section("traffic classes on labelled user agents")
        for line in lines:
            terminalreporter.write_line(line)
