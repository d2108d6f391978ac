# SPDX-License-Identifier: Apache-2.0
"""`edgepixel compact`: which days, at what price, and what is done about each."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from edgepixel.aws.stack import Stack
from edgepixel.cli import main
from edgepixel.compact import chosen_days, command, compactor
from edgepixel.compact.chosen_days import Reason, choose_days, last_closed_day
from edgepixel.compact.compactor import compact_day
from edgepixel.cost.prices import athena_usd
from edgepixel.errors import CompactionError
from edgepixel.template.reader import read_template
from tests.fakes.client import FakeClient
from tests.fakes.s3 import S3
from tests.unit.edgepixel.fake_cloud import STACK, fake_stack
from tests.unit.edgepixel.fake_glue import FakeGlue, partition

OLD = "ffff0000"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 9)


@dataclass
class Lambda:
    """Stands for the compactor: `runs` say what each run does to the catalog and returns; the last one is repeated."""

    runs: list[Callable[[], dict[str, Any]]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.events.append(json.loads(Payload))
        run = self.runs.pop(0) if len(self.runs) > 1 else self.runs[0]
        returned = run()
        failed = {"FunctionError": "Unhandled"} if "errorMessage" in returned else {}
        return {"Payload": io.BytesIO(json.dumps(returned).encode()), **failed}


@dataclass
class World:
    """A stack with a catalog, a lake and a compactor."""

    glue: FakeGlue = field(default_factory=FakeGlue)
    s3: S3 = field(default_factory=lambda: S3({STACK.lake_bucket: []}))
    function: Lambda = field(default_factory=Lambda)

    @property
    def stack(self) -> Stack:
        stack = fake_stack(
            glue=self.glue.client(), s3=FakeClient("s3", self.s3), **{"lambda": FakeClient("lambda", self.function)}
        )
        return replace(stack, outputs={**stack.outputs, "CompactorFunctionName": "compactor"})

    def add(self, day: str, size: int = 1000) -> None:
        year, month, number = day.split("-")
        for key in (f"events/dt={day}/hour=09/a.gz", f"events/year={year}/month={month}/day={number}/hour=09/b.gz"):
            self.s3.put_object(Bucket=STACK.lake_bucket, Key=key, Body=b"x" * size)

    def returns(self, day: str, kind: str = "typed", version: str | None = "2") -> Callable[[], dict[str, Any]]:
        """A run that switches the day to a version, or none, and says it ended in a way."""

        def run() -> dict[str, Any]:
            if version is not None:
                self.glue.typed = [one for one in self.glue.typed if one["Values"] != [day]]
                self.glue.typed.append(partition(day, version=version))
            empty: dict[str, Any] = {"typed": [], "waiting": [], "unchanged": [], "left": 0}
            return {**empty, kind: [{"day": day}] if kind == "typed" else [day]}

        return run


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: world.stack)
    monkeypatch.setattr(compactor.time, "sleep", lambda _seconds: None)
    return world


def reasons(world: World, *, again: bool = False) -> dict[str, Reason]:
    return {str(one.day): one.reason for one in choose_days(world.stack, FIRST, LAST, again=again)}


def test_each_day_has_the_reason_why_it_is_typed_or_stays(world: World) -> None:
    for number in (1, 2, 3, 4, 8):
        world.add(f"2026-11-0{number}")
    world.glue.typed = [
        partition("2026-11-02"),
        partition("2026-11-03", OLD),
        partition("2026-11-04", OLD, raw_count="3"),
        partition("2026-11-05", OLD, raw_gone="true"),
        partition("2026-11-08", OLD, raw_expired="true"),  # late objects of it have come
        partition("2026-11-10", OLD),
    ]
    expected = {
        "2026-11-01": Reason.UNTYPED,
        "2026-11-02": Reason.UP_TO_DATE,
        "2026-11-03": Reason.OTHER_RULES,
        "2026-11-04": Reason.FEWER_RAW,
        "2026-11-05": Reason.NO_RAW,
        "2026-11-08": Reason.OTHER_RULES,
    }
    assert reasons(world) == expected
    assert reasons(world, again=True) == {**expected, "2026-11-02": Reason.AGAIN}


def test_the_price_is_of_the_raw_lines_thrice_and_the_neighbors_request_ids_twice(world: World) -> None:
    world.add("2026-11-01", size=20_000_000)
    world.add("2026-11-09")
    world.glue.typed = [
        partition("2026-11-02", rows="1000000"),
        partition("2026-11-08", rows="2000000"),
        partition("2026-11-09", rows="4000000"),
    ]
    found = {str(one.day): one for one in choose_days(world.stack, FIRST, LAST)}
    ids = 3_000_000 * chosen_days.REQUEST_ID_BYTES
    assert found["2026-11-01"].read_bytes == 3 * 40_000_000 + 2 * ids
    assert found["2026-11-01"].usd == athena_usd(40_000_000) + 2 * athena_usd(40_000_000 + ids)
    assert (found["2026-11-09"].read_bytes, found["2026-11-09"].usd) == (0, 0), "it stays"


def test_a_day_is_closed_as_the_compactor_is_told(world: World) -> None:
    variables = read_template()["Resources"]["CompactorFunction"]["Properties"]["Environment"]["Variables"]
    condition, standard, realtime = variables["CLOSED_AFTER_HOURS"]["Fn::If"]
    standard_stack = replace(world.stack, parameters={**STACK.parameters, "Source": "standard"})
    for stack, hours in ((world.stack, int(realtime)), (standard_stack, int(standard))):
        closed_at = datetime(2026, 11, 10, tzinfo=UTC) + timedelta(hours=hours)
        assert last_closed_day(stack, closed_at) == date(2026, 11, 9)
        assert last_closed_day(stack, closed_at - timedelta(seconds=1)) == date(2026, 11, 8)
    assert condition == "Standard"


def test_a_day_is_waited_for_until_it_has_changed(world: World) -> None:
    world.glue.typed = [partition("2026-11-03", OLD)]
    day = "2026-11-03"
    world.function.runs = [
        world.returns(day, "waiting", None),
        world.returns(day, "waiting", None),
        world.returns(day, "unchanged", "2"),  # the run of the statement's end was first
    ]
    done = compact_day(world.stack, date(2026, 11, 3), redo=True)
    assert done.changed
    assert done.typed is not None
    assert done.typed.location.endswith("/v=2/")
    assert world.function.events == [{"days": [day], "redo": True, "unclosed": False}] * 3


def test_a_day_without_events_is_none_and_one_that_stays_has_not_changed(world: World) -> None:
    world.function.runs = [world.returns("2026-11-03", "unchanged", None)]
    assert compact_day(world.stack, date(2026, 11, 3)).typed is None
    world.glue.typed = [partition("2026-11-03")]
    assert not compact_day(world.stack, date(2026, 11, 3)).changed


def test_what_never_ends_is_given_up_with_what_to_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.function.runs = [world.returns("2026-11-03", "waiting", None)]
    monkeypatch.setattr(compactor, "_PATIENCE_SECONDS", 0)
    with pytest.raises(CompactionError, match=r"2026-11-03 is not typed after 0 hours.*doctor"):
        compact_day(world.stack, date(2026, 11, 3))


def test_all_days_are_done_though_one_fails_and_then_it_is_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2, 3):
        world.add(f"2026-11-0{number}")
    world.glue.typed = [partition("2026-11-03", OLD)]
    world.function.runs = [
        lambda: {"errorType": "CompactionFailedError", "errorMessage": "Athena reports FAILED: no memory"},
        world.returns("2026-11-02"),
        world.returns("2026-11-03"),
    ]
    assert main(["compact", "--since", "2026-11-01", "--until", "2026-11-03", "--yes"]) == 1
    said = capsys.readouterr()
    assert "3 of 3 days are to be typed. Athena will read at most " in said.out
    assert "2026-11-02: rows: 100\n2026-11-03: rows: 100, before 100\n" in said.out
    assert "2026-11-01 is not typed: Athena reports FAILED: no memory\nRun the command again" in said.err
    assert [one["redo"] for one in world.function.events] == [False, False, True]


def test_a_dry_run_changes_nothing_and_without_yes_it_asks(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.add("2026-11-01")
    asked = ["compact", "--since", "2026-11-01", "--until", "2026-11-03"]
    assert main([*asked, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "not typed yet" in said
    assert f"bill at most ${3 * athena_usd(0):.4f}" in said
    assert "Nothing was changed." in said
    for given, status in (("", 130), ("n\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        assert main(asked) == status
    assert "Nothing was changed." in capsys.readouterr().out
    assert world.function.events == []


def test_when_all_is_up_to_date_nothing_is_asked(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.add("2026-11-01")
    world.glue.typed = [partition("2026-11-01")]
    assert main(["compact", "--since", "2026-11-01", "--until", "2026-11-03"]) == 0
    assert "0 of 1 days are to be typed" in capsys.readouterr().out
    assert main(["compact", "--since", "2026-10-01", "--until", "2026-10-03"]) == 0
    assert "has no events in these days" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "status", "reason"),
    [
        (["--since", "2026-11-03", "--until", "2026-11-01"], 2, "--until 2026-11-01 is before --since 2026-11-03"),
        (["--since", "2026-11-03", "--dry-run", "--yes"], 2, "exclude each other"),
        (["--since", "2999-01-01"], 1, "a later one is still being written"),
        (["--since", "2026-11-01", "--until", "2999-01-01"], 1, "a later one is still being written"),
        (["--since", "yesterday"], 2, "'yesterday' is not a date"),
    ],
)
def test_wrong_days_are_told_before_anything(
    options: list[str], status: int, reason: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compact", *options]) == status
    assert reason in capsys.readouterr().err
    assert world.function.events == []


def test_a_stack_that_types_no_days_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: STACK)
    assert main(["compact", "--since", "2026-11-01"]) == 1
    assert "types no days: deploy it with TypedDays=enabled" in capsys.readouterr().err
