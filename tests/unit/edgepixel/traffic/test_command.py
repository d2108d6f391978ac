# SPDX-License-Identifier: Apache-2.0
"""The command `traffic`."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.cli import main
from edgepixel.errors import NotQueryableError
from edgepixel.options import StackChoice
from edgepixel.traffic import command, recorder
from tests.fakes.client import client_error
from tests.unit.edgepixel.fake_cloud import STACK, fake_stack


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `traffic` does with a local stack of 40 events, in order. Four of the hits are logged."""
    did: list[str] = []
    ledger = SimpleNamespace(logged=lambda: [None] * 4)
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: STACK)
    monkeypatch.setattr(command, "queryable_events", lambda _stack: did.append("count") or 40)
    monkeypatch.setattr(recorder, "record_traffic", lambda _stack, _path, *, hits, **_: did.append(f"send {hits}"))
    monkeypatch.setattr(command, "read_ledger", lambda _path: ledger)
    monkeypatch.setattr(command, "wait_until_queryable", lambda _stack, count, *_: did.append(f"wait for {count}"))
    return did


@pytest.mark.parametrize("option", ["--hits", "--views"])
def test_it_waits_until_the_next_command_can_ask_for_it(option: str, sent: list[str]) -> None:
    assert main(["traffic", option, "5"]) == 0
    assert sent == ["count", "send 5", "wait for 44"]


def test_traffic_that_arrives_late_was_sent_all_the_same(
    sent: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def too_late(*_arguments: object) -> None:
        raise NotQueryableError("3 of 44 events can be asked for after 60 s.")

    monkeypatch.setattr(command, "wait_until_queryable", too_late)
    assert main(["traffic", "--hits", "5"]) == 0
    assert sent == ["count", "send 5"]
    assert "The hits were sent, but 3 of 44 events can be asked for after 60 s." in capsys.readouterr().err


@pytest.mark.usefixtures("sent")
def test_without_a_lake_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(Bucket: str) -> None:
        assert Bucket == STACK.lake_bucket
        raise client_error("404", "Not Found", "HeadBucket")

    stack = fake_stack(s3=SimpleNamespace(head_bucket=refuse))
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: stack)
    monkeypatch.setattr(command, "queryable_events", lambda _stack: 0)
    monkeypatch.setattr(recorder, "record_traffic", lambda *_, **__: pytest.fail("hits are sent"))
    assert main(["traffic", "--hits", "5"]) == 1
    assert f"the lake's bucket {STACK.lake_bucket} does not exist any more" in capsys.readouterr().err


def test_traffic_to_aws_waits_for_nothing(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: replace(STACK, cloud=Cloud()))
    assert main(["traffic", "--hits", "5"]) == 0
    assert sent == ["send 5"]


def test_the_options_reach_the_work(monkeypatch: pytest.MonkeyPatch, sent: list[str], tmp_path: Path) -> None:
    asked: list[StackChoice] = []
    recorded: list[tuple[Path, dict[str, object]]] = []
    monkeypatch.setattr(command, "find_chosen_stack", lambda choice: asked.append(choice) or STACK)
    monkeypatch.setattr(recorder, "record_traffic", lambda _stack, path, **options: recorded.append((path, options)))
    ledger = tmp_path / "new" / "x.jsonl"
    options = ["--hits", "10", "--seed", "3", "--hours", "2.5", "--connections", "1", "--ledger", str(ledger)]
    assert main(["traffic", *options, "--aws", "--stack", "blog"]) == 0
    assert asked == [StackChoice("aws", "blog")]
    ((path, given),) = recorded
    del given["progress"]
    assert (path, given) == (ledger, {"hits": 10, "seed": 3, "hours": 2.5, "connections": 1})


def test_a_ledger_that_exists_is_refused_before_anything_is_sent(
    sent: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ledger.jsonl").touch()
    assert main(["traffic", "--ledger", str(tmp_path / "ledger.jsonl")]) == 2
    assert sent == []
    assert "ledger.jsonl' exists already: choose another file, or move this one" in capsys.readouterr().err
