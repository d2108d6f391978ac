# SPDX-License-Identifier: Apache-2.0
"""A closed day of raw lines becomes a typed day, and what makes it do so again."""

from collections.abc import Callable

import pytest

from tests.unit.compactor.conftest import Run
from tests.unit.compactor.lake import Lake, rows

FIRST, SECOND, OPEN = "2026-11-27", "2026-11-28", "2026-11-29"


def test_closed_days_are_typed_and_their_raw_hours_dropped(lake: Lake, run: Run) -> None:
    shown, raw = lake.shown(), {key for key in lake.objects if key.startswith("events/")}
    result = run()
    assert [(one["day"], one["rows"]) for one in result["typed"]] == [(FIRST, 6), (SECOND, 3)]
    assert (result["waiting"], result["unchanged"], result["left"]) == ([], [], 0)
    assert set(lake.partitions["pixel_events"]) == {(OPEN, "00")}
    assert raw <= set(lake.objects)
    assert not lake.partitions["pixel_days_made"]
    # c was in both days and f in the last two: each is shown once now.
    assert lake.shown() == sorted(["a", "b", "c", "d", "e", "f", "g", "None", "None", "None"])
    assert set(shown) == set(lake.shown())


def test_a_second_run_starts_no_statement(lake: Lake, run: Run) -> None:
    run()
    started = len(lake.executions)
    assert run() == {"typed": [], "waiting": [], "unchanged": [FIRST, SECOND], "left": 0}
    assert len(lake.executions) == started


def test_rows_of_a_day_are_in_the_order_of_time_with_the_least_of_each_column(lake: Lake, run: Run) -> None:
    lake.add(FIRST, "10", "7.gz", rows("a", event="click"))
    run()
    assert lake.events(FIRST)["a"] == "click"


def test_a_late_object_redoes_its_day_from_all_objects(lake: Lake, run: Run) -> None:
    run()
    lake.add(FIRST, "09", "late.gz", rows("late", "a"))
    assert [one["day"] for one in run()["typed"]] == [FIRST]
    ids = sorted(str(row["request_id"]) for row in lake.typed() if row["dt"] == FIRST)
    assert ids == sorted(["a", "b", "c", "d", "late", "None", "None"])
    assert set(lake.partitions["pixel_events"]) == {(OPEN, "00")}


def test_a_late_object_whose_hour_is_not_registered_again_is_found(lake: Lake, run: Run) -> None:
    """The crawler trigger remembers hours that it registered, and does not look whether they were dropped."""
    run()
    lake.add(SECOND, "00", "late.gz", rows("late"), register=False)
    assert [one["day"] for one in run()["typed"]] == [SECOND]
    assert "late" in lake.shown()


def test_a_day_may_be_typed_before_it_is_closed(lake: Lake, run: Run) -> None:
    with pytest.raises(ValueError, match="not closed: 2026-11-29"):
        run({"days": [OPEN]})
    assert [one["day"] for one in run({"days": [OPEN], "unclosed": True})["typed"]] == [OPEN]
    lake.add(OPEN, "06", "7.gz", rows("h"))
    assert OPEN in [one["day"] for one in run()["typed"]]
    assert "h" in lake.shown()


def test_redo_types_a_day_again_under_the_rules_of_today(lake: Lake, run: Run) -> None:
    run()
    shown = lake.shown()
    before = lake.partitions["pixel_days"][FIRST,]["StorageDescriptor"]["Location"]
    lake.rules = "fedcba98"
    assert run()["typed"] == []
    assert [one["day"] for one in run({"days": [FIRST], "redo": True})["typed"]] == [FIRST]
    typed = lake.partitions["pixel_days"][FIRST,]
    assert typed["StorageDescriptor"]["Location"] != before
    assert typed["Parameters"]["rules_version"] == "fedcba98"
    assert lake.shown() == shown


def test_the_end_of_a_redos_statement_leaves_it_the_raw_lines_that_it_has_yet_to_count(lake: Lake, run: Run) -> None:
    run()
    before = lake.partitions["pixel_days"][FIRST,]["StorageDescriptor"]["Location"]
    announced: set[str] = set(lake.executions)

    def announce(_operation: str) -> None:
        for query_id, one in list(lake.executions.items()):
            if one["State"] == "SUCCEEDED" and query_id not in announced:
                announced.add(query_id)
                run({"detail-type": "Athena Query State Change", "detail": {"queryExecutionId": query_id}})

    lake.after = announce
    assert [one["day"] for one in run({"days": [FIRST], "redo": True})["typed"]] == [FIRST]
    assert lake.partitions["pixel_days"][FIRST,]["StorageDescriptor"]["Location"] != before
    assert FIRST not in {values[0] for values in lake.partitions["pixel_events"]}


def test_a_day_of_which_raw_objects_are_gone_stays_as_it_is(lake: Lake, run: Run) -> None:
    run()
    shown = lake.shown()
    del lake.objects["events/dt=2026-11-27/hour=09/1.gz"]
    assert run({"days": [FIRST], "redo": True})["unchanged"] == [FIRST]
    assert lake.shown() == shown
    assert [one["rows"] for one in run({"days": [FIRST], "redo": True, "objects_removed": True})["typed"]] == [4]


def test_a_day_of_many_lines_is_typed_in_parts(
    lake: Lake, run: Run, compactor: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.add(FIRST, "23", "7.gz", rows("b"))
    monkeypatch.setattr(compactor.raw_lines.parts, "__defaults__", (500,))  # type: ignore[attr-defined]
    result = run()
    assert [(one["day"], one["rows"]) for one in result["typed"]] == [(FIRST, 6), (SECOND, 3)]
    location = lake.partitions["pixel_days"][FIRST,]["StorageDescriptor"]["Location"].removeprefix("s3://lake/")
    folders = {key.removeprefix(location).partition("/")[0] for key in lake.objects if key.startswith(location)}
    assert folders == {"part=00", "part=01"}
    assert not lake.partitions["pixel_days_made"]


def test_without_time_the_day_waits_and_the_end_of_its_statement_goes_on(lake: Lake, run: Run) -> None:
    assert run(seconds=10) == {"typed": [], "waiting": [FIRST], "unchanged": [], "left": 1}
    (query_id,) = lake.executions
    event = {"detail-type": "Athena Query State Change", "detail": {"queryExecutionId": query_id}}
    assert [one["day"] for one in run(event)["typed"]] == [FIRST]
    assert [one["day"] for one in run()["typed"]] == [SECOND]  # and if no event comes, the next run


def test_the_end_of_somebody_elses_query_is_one_look_at_it(lake: Lake, run: Run) -> None:
    lake.executions["theirs"] = {"Query": "SELECT 1 FROM events WHERE dt = '2026-11-27'", "State": "SUCCEEDED"}
    event = {"detail-type": "Athena Query State Change", "detail": {"queryExecutionId": "theirs"}}
    assert run(event) == {"typed": [], "waiting": [], "unchanged": [], "left": 0}
    assert lake.calls == 1


def test_folders_that_nobody_points_at_go_after_a_day(lake: Lake, run: Run, later: Callable[..., None]) -> None:
    run()
    lake.add(FIRST, "09", "late.gz", rows("late"))
    run()
    folders = {key.rpartition("/")[0] for key in lake.objects if key.startswith("typed/dt=2026-11-27")}
    assert len(folders) == 2
    run({"clean": True})
    assert {key.rpartition("/")[0] for key in lake.objects if key.startswith("typed/dt=2026-11-27")} == folders
    later(days=1, minutes=1)
    shown = lake.shown()
    run({"clean": True})
    assert len({key.rpartition("/")[0] for key in lake.objects if key.startswith("typed/dt=2026-11-27")}) == 1
    assert set(shown) <= set(lake.shown())


def test_a_day_that_needs_nothing_is_listed_once(lake: Lake, run: Run) -> None:
    """Every hour, of the last three typed days: S3 bills each list."""
    run()
    listed: list[str] = []
    lake.after = listed.append
    run()
    folders = 2  # of a day, one for each kind of logs
    assert listed.count("list_objects_v2") == folders * len((FIRST, SECOND))
