# SPDX-License-Identifier: Apache-2.0
"""Raw objects expire once their day is typed, and never before."""

from collections.abc import Callable

import pytest

from tests.unit.compactor.conftest import Run
from tests.unit.compactor.lake import BUCKET, Lake, rows

FIRST, SECOND = "2026-11-27", "2026-11-28"


class KilledError(BaseException):
    """The process ends at once."""


@pytest.fixture
def expire(lake: Lake, run: Run, compactor: object) -> Callable[[], None]:
    """Runs the cleaning with raw objects that are kept for a day."""
    settings = compactor.app.settings  # type: ignore[attr-defined]
    one_day = compactor.settings.Settings(**{**vars(settings), "raw_retention_days": 1})  # type: ignore[attr-defined]

    def clean() -> None:
        compactor.cleaning.Cleaning(compactor.app.calls, one_day, lake.now).clean()  # type: ignore[attr-defined]

    return clean


def folders(lake: Lake, day: str) -> set[str]:
    """The folders of a typed day."""
    return {key.rpartition("/")[0] for key in lake.objects if key.startswith(f"typed/dt={day}/")}


def raw(lake: Lake, day: str) -> list[str]:
    """The keys of a day's raw objects."""
    folders = (f"events/dt={day}/", f"events/year={day[:4]}/month={day[5:7]}/day={day[8:]}/")
    return [key for key in lake.objects if key.startswith(folders)]


def test_raw_objects_of_an_old_typed_day_are_deleted(lake: Lake, run: Run, expire: Callable[[], None]) -> None:
    run()
    shown = lake.shown()
    expire()
    assert not raw(lake, FIRST)
    assert len(raw(lake, SECOND)) == 2  # it is not a day old yet
    assert run()["unchanged"] == [FIRST, SECOND]
    assert lake.shown() == shown


def test_a_day_that_failed_to_be_typed_keeps_its_raw_objects(
    lake: Lake, run: Run, compactor: object, expire: Callable[[], None], later: Callable[..., None]
) -> None:
    lake.ends = ["FAILED"] * 4
    with pytest.raises(compactor.work.CompactionFailedError):  # type: ignore[attr-defined]
        run()
    later(days=30)
    expire()
    assert len(raw(lake, FIRST)) == 3


def test_a_day_with_an_object_that_is_not_typed_keeps_all(lake: Lake, run: Run, expire: Callable[[], None]) -> None:
    run()
    lake.add(FIRST, "09", "late.gz", rows("late"), register=False)
    expire()
    assert len(raw(lake, FIRST)) == 4


def test_an_object_that_comes_after_the_others_have_expired_is_added(
    lake: Lake, run: Run, expire: Callable[[], None], later: Callable[..., None]
) -> None:
    run()
    shown = lake.shown()
    expire()
    later(hours=1)
    lake.add(FIRST, "12", "late.gz", rows("late", "a", None))
    assert [one["day"] for one in run()["typed"]] == [FIRST]
    assert lake.shown() == sorted([*shown, "late", "None"])
    expire()
    assert not raw(lake, FIRST)
    assert run()["typed"] == []
    assert lake.shown() == sorted([*shown, "late", "None"])


def test_killed_between_mark_and_deletion_the_next_runs_finish(
    lake: Lake, run: Run, expire: Callable[[], None], later: Callable[..., None]
) -> None:
    run()
    shown = lake.shown()

    def kill(operation: str) -> None:
        if operation == "update_partition":
            raise KilledError

    lake.after = kill
    with pytest.raises(KilledError):
        expire()
    lake.after = lambda _: None
    assert len(raw(lake, FIRST)) == 3
    later(hours=1)
    lake.add(FIRST, "12", "late.gz", rows("late"))
    run()
    assert lake.shown() == sorted([*shown, "late"])
    expire()
    assert not raw(lake, FIRST)
    assert lake.shown() == sorted([*shown, "late"])


def typed_ids(lake: Lake) -> list[str]:
    """The request ids of the first day's typed rows, sorted."""
    return sorted(str(row["request_id"]) for row in lake.typed() if row["dt"] == FIRST)


def forget(lake: Lake) -> None:
    """As CloudFormation does, when it replaces the database."""
    for table in ("pixel_days", "pixel_days_made", "pixel_events"):
        lake.partitions[table].clear()


def test_what_may_be_left_of_a_day_is_not_deleted_when_a_new_database_knows_nothing_of_it(
    lake: Lake, run: Run, expire: Callable[[], None], later: Callable[..., None]
) -> None:
    run()
    expire()
    kept, of_second = folders(lake, FIRST), folders(lake, SECOND)
    assert kept
    assert not raw(lake, FIRST)
    forget(lake)
    later(days=3)
    lake.add(FIRST, "12", "imported.gz", rows("imported"), register=False)
    expire()
    assert folders(lake, FIRST) == kept  # nothing else has these events, whatever was imported since
    assert folders(lake, SECOND) == of_second
    lake.add(SECOND, "12", "late.gz", rows("late"))
    assert [one["day"] for one in run()["typed"]] == [SECOND]
    later(days=3)
    expire()
    assert folders(lake, FIRST) == kept
    assert not of_second & folders(lake, SECOND)  # it was typed anew


def test_a_day_that_is_given_back_to_the_answers_stays(
    lake: Lake, run: Run, expire: Callable[[], None], later: Callable[..., None]
) -> None:
    """By ALTER TABLE, which keeps nothing of what the compactor knew."""
    run()
    expire()
    shown = typed_ids(lake)
    (folder,) = folders(lake, FIRST)
    forget(lake)
    location = f"s3://{BUCKET}/{folder}/"
    lake.create_partition("", "pixel_days", {"Values": [FIRST], "StorageDescriptor": {"Location": location}})
    for _ in range(2):
        later(days=3)
        run()
        run({"days": [FIRST], "redo": True})
        expire()
        assert typed_ids(lake) == shown
    lake.add(FIRST, "12", "imported.gz", rows("imported"))
    run()
    assert typed_ids(lake) == sorted([*shown, "imported"])


def test_a_folder_of_a_statement_that_failed_goes_when_its_day_is_typed(
    lake: Lake, run: Run, expire: Callable[[], None], later: Callable[..., None]
) -> None:
    run()
    lake.objects[f"typed/dt={FIRST}/v=failed/part"] = (rows("x"), lake.now)
    lake.objects["typed/dt=2026-10-01-copy/v=other/part"] = (rows("x"), lake.now)
    later(days=3)
    expire()
    assert not [key for key in lake.objects if "v=failed" in key]
    assert "typed/dt=2026-10-01-copy/v=other/part" in lake.objects  # nobody's folder
