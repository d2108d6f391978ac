# SPDX-License-Identifier: Apache-2.0
"""The commands `demo` and `page`: options and exit status."""

import pytest

from edgepixel.aws.stack import Stack
from edgepixel.cli import main
from edgepixel.demo import command, run
from edgepixel.demo.run import DemoOptions
from edgepixel.options import StackChoice
from tests.unit.edgepixel.fake_cloud import STACK


@pytest.mark.parametrize(("same", "status"), [(True, 0), (False, 1)])
def test_the_demo_s_verdict_is_the_exit_status(same: bool, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[DemoOptions] = []
    monkeypatch.setattr(run, "run_demo", lambda _console, options: given.append(options) or same)
    options = ["--hits", "50", "--seed", "3", "--speed", "60", "--keep", "--parameter", "Aggregation=disabled"]
    assert main(["demo", *options, "--parameter", "IpAddresses=full"]) == status
    parameters = {"Aggregation": "disabled", "IpAddresses": "full"}
    assert given == [DemoOptions(50, 3, 60.0, True, parameters)]


def test_the_page_is_of_the_chosen_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[StackChoice] = []
    shown: list[tuple[Stack, int]] = []
    monkeypatch.setattr(command, "find_chosen_stack", lambda choice: chosen.append(choice) or STACK)
    monkeypatch.setattr(command, "show_page", lambda stack, port, _console: shown.append((stack, port)))
    assert main(["page", "--local", "--port", "8123"]) == 0
    assert chosen == [StackChoice("local")]
    assert shown == [(STACK, 8123)]
