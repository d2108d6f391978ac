# SPDX-License-Identifier: Apache-2.0
"""The demo's verdict, and what it leaves behind. The cloud is played by the test; the truth is not."""

import io
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from edgepixel.answers.registry import answers
from edgepixel.ask import several
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Table
from edgepixel.demo import run
from edgepixel.demo.run import DemoOptions, run_demo
from edgepixel.errors import AlreadyRunningError, AnswerFailedError
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.local.lock import exclusively
from edgepixel.report import gather
from edgepixel.traffic.ledger import read_ledger, write_ledger
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from tests.unit.edgepixel.fake_cloud import fake_stack
from tests.unit.edgepixel.fake_glue import FakeGlue
from tests.unit.edgepixel.truth.ledgers import header, row

type Ask = Callable[[str, Table], Table]


class Play:
    """Stands for the local cloud and everything in it: answers with the truth, or with what `ask` makes of it."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.running: list[int] = []
        self.ask: Ask = lambda _name, truth: truth
        self.stack = fake_stack(glue=FakeGlue(raw=[("2026-11-27", "23"), ("2026-11-28", "00")]).client())
        self.typed: list[date] = []
        monkeypatch.setattr(run, "HOME", home)
        monkeypatch.setattr(run.local_cloud, "start", self.start)
        monkeypatch.setattr(run.local_cloud, "refuse_second", self.refuse_second)
        monkeypatch.setattr(run.local_cloud, "stop", lambda state, _home: self.running.remove(state.pid))
        monkeypatch.setattr(run, "build_and_deploy", self.deploy)
        monkeypatch.setattr(run, "record_traffic", self.record)
        monkeypatch.setattr(run, "wait_until_queryable", lambda *_arguments: None)
        queries = {one.name: f"{one.name} -7 /* days */ current_timestamp" for one in answers()}
        for module in (run, gather):
            monkeypatch.setattr(module, "find_answers", lambda _stack: queries)
        monkeypatch.setattr(several, "run_query", self.answer)
        monkeypatch.setattr(run, "compact_day", self.compact)

    def start(self, stack: str, home: Path, port: int | None, speed: float, idle_minutes: float = 60.0) -> LocalCloud:
        home.mkdir(parents=True, exist_ok=True)
        self.running.append(77)
        self.idle_minutes = idle_minutes
        return LocalCloud(77, 4599, stack, str(home / "local.log"))

    def refuse_second(self, _home: Path) -> None:
        if self.running:
            raise AlreadyRunningError("a local cloud runs already")

    def deploy(self, _state: LocalCloud, _home: Path, _steps: Any, _parameters: Mapping[str, str]) -> Stack:
        assert self.running == [77]
        return self.stack

    def record(self, _stack: Stack, path: Path, *, hits: int, **_named: Any) -> None:
        at = datetime.fromtimestamp(time.time() - 3600, UTC).replace(tzinfo=None).isoformat()
        with write_ledger(path, header()) as write:
            for number in range(hits):
                write(
                    row(
                        str(number), at, address=f"198.51.{number % 90}.1", event="view" if number % 3 else "[purchase]"
                    )
                )
            write(row("elsewhere", logged=False, status=404))

    def compact(self, _stack: Stack, day: date, *, unclosed: bool) -> None:
        assert unclosed
        self.typed.append(day)

    def answer(self, _stack: Stack, sql: str) -> Table:
        name, *_, moment = sql.split(" ")
        now_ms = round(float(moment.removeprefix("from_unixtime(").removesuffix(")")) * 1000)
        if name not in TRUTHS:  # the report asks for it, and the ledger does not know it
            return Table(("day", "hour"), ())
        events = events_of(read_ledger(self.home / "demo" / "ledger.jsonl"))
        return self.ask(name, TRUTHS[name](facts_of(events, now_ms)))

    def run(self, **options: Any) -> tuple[bool, str]:
        text = io.StringIO()
        same = run_demo(Console(file=text, width=200), DemoOptions(hits=60, **options))
        return same, text.getvalue()


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    return Play(tmp_path, monkeypatch)


def test_equal_answers_are_printed_with_their_verdict_and_the_cloud_is_stopped(play: Play) -> None:
    same, said = play.run()
    assert same
    for name in TRUTHS:
        assert re.search(rf"^{name}: (\d+ rows?, )?equals the ledger: yes$", said, re.MULTILINE)
    assert all(f"{name}: equals" in said for name in (answer.name for answer in answers() if answer.in_demo))
    assert "funnel: 5 rows, equals the ledger: yes" in said
    assert "[purchase]" in said
    assert f"61 hits, 60 events, {len(TRUTHS)} answers: every answer equals the ledger" in said
    assert "send hits" in said
    assert play.running == []
    assert play.idle_minutes == 30  # of a demo that is killed, nothing runs on for long


def test_one_count_that_is_off_by_one_is_a_no_with_the_difference(play: Play) -> None:
    def off_by_one(name: str, truth: Table) -> Table:
        return Table(truth.columns, (("(none)", 61, 60, "direct"),)) if name == "referrers" else truth

    play.ask = off_by_one
    same, said = play.run()
    assert not same
    assert "referrers: equals the ledger: NO" in said
    assert "row 1: events is 61, expected 60" in said
    assert "visitor-count: equals the ledger: yes" in said
    assert "NOT equal to the ledger: referrers" in said
    assert play.running == []


def with_typed_days(play: Play) -> None:
    play.stack = replace(play.stack, outputs={**play.stack.outputs, "CompactorFunctionName": "compactor"})


def test_days_are_typed_and_the_same_is_asked_again(play: Play) -> None:
    with_typed_days(play)
    same, said = play.run()
    assert same
    assert play.typed == [date(2026, 11, 27), date(2026, 11, 28)]
    for name in TRUTHS:
        assert re.search(rf"^{name}: .*equals the ledger: yes, from typed days too: yes$", said, re.MULTILINE)
    assert "every answer equals the ledger, from raw lines and from typed days" in said


def test_an_answer_that_typed_days_change_is_a_no_with_the_row(play: Play) -> None:
    def other_order(name: str, truth: Table) -> Table:
        rows = truth.rows[::-1] if name == "funnel" and play.typed else truth.rows
        return Table(truth.columns, rows)

    with_typed_days(play)
    play.ask = other_order
    same, said = play.run()
    assert not same
    assert "funnel: 5 rows, equals the ledger: yes, from typed days too: NO" in said
    assert "  row 1 of raw lines: " in said
    assert "NOT equal to the ledger: funnel" in said


@pytest.mark.parametrize("error", [AnswerFailedError("no"), KeyboardInterrupt(), SystemExit(143)])
@pytest.mark.parametrize("keep", [False, True])
def test_whatever_fails_the_cloud_is_stopped(play: Play, error: BaseException, keep: bool) -> None:
    def fail(_name: str, _truth: Table) -> Table:
        raise error

    play.ask = fail
    with pytest.raises(type(error)):
        play.run(keep=keep)
    assert play.running == []


def test_keep_leaves_the_cloud_and_says_how_to_use_it(play: Play) -> None:
    _, said = play.run(keep=True)
    assert play.running == [77]
    assert "edgepixel down" in said
    assert f"Host: {play.stack.pixel_url.split('/')[2]}" in said
    assert play.idle_minutes == 60


def test_a_second_kept_demo_is_refused_and_the_firsts_ledger_stays(play: Play) -> None:
    play.run(keep=True)
    with pytest.raises(AlreadyRunningError, match="runs already"):
        play.run(keep=True)
    assert play.running == [77]
    assert len(read_ledger(play.home / "demo" / "ledger.jsonl").rows) == 61


def test_a_second_run_starts_clean(play: Play) -> None:
    play.run()
    left = play.home / "demo" / "ledger.jsonl"
    assert len(read_ledger(left).rows) == 61
    assert play.run()[0]
    assert len(read_ledger(left).rows) == 61


def test_two_demos_at_once_are_refused(play: Play) -> None:
    with exclusively(play.home / "demo.lock"), pytest.raises(AlreadyRunningError, match="another demo is running"):
        play.run()
    assert play.running == []
