# SPDX-License-Identifier: Apache-2.0
"""What is erased is nowhere, everything else is where it was, and the compactor finds nothing to do."""

import io
import json
from collections.abc import Callable

import pytest

from edgepixel.erase import statements
from edgepixel.errors import ErasureError
from tests.unit.compactor.conftest import Run
from tests.unit.edgepixel.erase.conftest import DAYS, ORDER, OTHER, VISITOR, Erase
from tests.unit.edgepixel.erase.lake import ErasureLake, ids_of, rows

EVERYTHING = sorted(["v1", "v2", "v3", "v4", "v5", "v6", "o1", "o2", "o3", "o4", "o5", "o6", "None", "None", "None"])
OTHERS = sorted(["o1", "o2", "o3", "o4", "o5", "o6", "None", "None"])
TEXTS = ["v1", "v2", "v3", "v4", "v5", "v6", VISITOR]
FORMS = ["typed", "raw", "mixed"]


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, lake: ErasureLake, run: Run) -> str:
    """Both closed days are typed, or none, or the first."""
    if request.param == "typed":
        run()
    elif request.param == "mixed":
        run({"days": [DAYS[0]]})
    return str(request.param)


def test_the_fixture_s_lines_are_shown(form: str, lake: ErasureLake) -> None:
    assert lake.shown() == EVERYTHING


def test_a_visitor_is_nowhere_afterwards(form: str, lake: ErasureLake, erase: Erase) -> None:
    erase("visitor", VISITOR)
    assert lake.shown() == OTHERS
    assert [key for text in TEXTS for key in lake.holding(text)] == []


def test_the_compactor_has_nothing_to_do_afterwards(
    lake: ErasureLake, run: Run, erase: Erase, later: Callable[..., None]
) -> None:
    run()
    typed = dict(lake.partitions["pixel_days"])
    later(minutes=5)
    erase("visitor", VISITOR)
    assert all(lake.partitions["pixel_days"][day] != typed[day] for day in typed)
    folders = {key.rpartition("/")[0] + "/" for key in lake.objects if key.startswith("typed/")}
    pointed = {
        one["StorageDescriptor"]["Location"].removeprefix("s3://lake/")
        for one in lake.partitions["pixel_days"].values()
    }
    assert folders == pointed
    before = dict(lake.partitions["pixel_days"])
    assert run()["typed"] == []
    assert lake.partitions["pixel_days"] == before
    assert lake.partitions["pixel_days_made"] == {}


def test_a_late_object_is_typed_as_ever_afterwards(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    erase("visitor", VISITOR)
    lake.add(DAYS[0], "23", "late.gz", rows("o9", visitor=OTHER))
    assert [one["day"] for one in run()["typed"]] == [DAYS[0]]
    assert lake.shown() == sorted([*OTHERS, "o9"])


def test_a_day_that_was_not_of_all_its_objects_is_typed_again(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    lake.add(DAYS[0], "23", "late.gz", rows("o9", visitor=OTHER), register=False)
    erase("visitor", VISITOR)
    assert "o9" not in lake.shown()
    assert [one["day"] for one in run()["typed"]] == [DAYS[0]]
    assert lake.shown() == sorted([*OTHERS, "o9"])


def test_raw_objects_that_were_written_anew_expire_like_others(
    lake: ErasureLake, run: Run, erase: Erase, compactor: object, later: Callable[..., None]
) -> None:
    run()
    later(minutes=5)
    erase("visitor", VISITOR)
    run()
    settings = compactor.app.settings  # type: ignore[attr-defined]
    one_day = compactor.settings.Settings(**{**vars(settings), "raw_retention_days": 1})  # type: ignore[attr-defined]
    later(days=2)
    compactor.cleaning.Cleaning(compactor.app.calls, one_day, lake.now).clean()  # type: ignore[attr-defined]
    assert [key for key in lake.objects if key.startswith("events/") and "29" not in key] == []
    shown = lake.shown()
    erase("visitor", OTHER)
    run()
    assert ids_of(lake.typed()) == ["o6"]
    assert lake.holding(OTHER) == []
    assert shown == OTHERS


@pytest.mark.parametrize(("kind", "value", "gone"), [("order", ORDER, ["v1", "v5", "o1"]), ("request", "v3", ["v3"])])
def test_an_order_or_a_request_is_erased_alone(
    kind: str, value: str, gone: list[str], form: str, lake: ErasureLake, erase: Erase
) -> None:
    erase(kind, value)
    assert lake.shown() == [one for one in EVERYTHING if one not in gone]
    assert [key for one in gone for key in lake.holding(f'"{one}"')] == []


def test_a_period_limits_what_is_found_and_copies_nearby_go_too(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    erase("visitor", VISITOR, first=DAYS[1], last=DAYS[1])
    # v5 is on the second day, and again, as a raw line, on the third.
    assert lake.shown() == [one for one in EVERYTHING if one != "v5"]
    assert lake.holding('"v5"') == []


def test_a_copy_that_says_something_else_of_the_visitor_goes_too(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    lake.add(DAYS[2], "01", "7.gz", rows("o3", visitor=VISITOR))  # typed as another visitor's, on the first day
    erase("visitor", VISITOR)
    assert lake.shown() == [one for one in OTHERS if one != "o3"]
    assert lake.holding('"o3"') == []


def test_a_dry_run_changes_nothing(lake: ErasureLake, run: Run, erase: Erase, said: io.StringIO) -> None:
    run()
    before, days = dict(lake.objects), dict(lake.partitions["pixel_days"])
    assert erase("visitor", VISITOR, dry_run=True) is None
    assert (lake.objects, lake.partitions["pixel_days"]) == (before, days)
    assert [key for key in lake.files if not key.startswith("query-results/")] == []
    assert "8 rows; in the lake 10 lines of 6 raw objects" in said.getvalue()
    assert "Nothing was changed." in said.getvalue()


def test_nothing_found_is_no_receipt(lake: ErasureLake, run: Run, erase: Erase, said: io.StringIO) -> None:
    run()
    before = dict(lake.objects)
    assert erase("visitor", "0123456789abcdef") is None
    assert lake.objects == before
    assert [key for key in lake.files if key.startswith("erasures/")] == []
    assert "Nothing was found, nothing was changed, and no receipt was stored." in said.getvalue()


def test_a_folder_that_somebody_points_at_in_another_way_stays(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    partition = lake.partitions["pixel_days"][DAYS[1],]
    partition["StorageDescriptor"]["Location"] = partition["StorageDescriptor"]["Location"].rstrip("/")
    shown = lake.shown()
    erase("request", "v4")  # of the first day, near which the second one's raw objects are searched
    lake.add(DAYS[2], "02", "8.gz", rows("o3", visitor="0123456789abcdef"))
    erase("visitor", "0123456789abcdef")  # rows of the second day are looked for, and there are none
    assert lake.shown() == [one for one in shown if one not in ("v4", "o3")]


def test_too_many_ids_for_a_statement_are_told(
    lake: ErasureLake, run: Run, erase: Erase, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    (one,) = rows("m", visitor=OTHER)
    lake.add(DAYS[2], "02", "8.gz", [{**one, "request_id": f"m{number}"} for number in range(100)])
    monkeypatch.setattr(statements, "MOST_BYTES", 2000)
    with pytest.raises(ErasureError, match="Name a shorter period with --from and --to"):
        erase("visitor", OTHER)


def test_the_receipt_has_counts_and_only_a_hash(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    receipt = erase("order", ORDER)
    assert receipt
    (body, _), *others = [held for key, held in lake.files.items() if key.startswith("erasures/")]
    stored = json.loads(body)
    assert others == []
    assert (stored["state"], stored["kind"], stored["runs"]) == ("done", "order", 1)
    assert stored["before"] == {
        "typed_rows": 3, "raw_rows": 1, "raw_lines": 4, "raw_objects": 3, "kept_lines": 0, "kept_objects": 0
    }  # fmt: skip
    assert stored["after"] == dict.fromkeys(stored["before"], 0)
    assert (stored["erased"]["typed_rows"], stored["erased"]["typed_days"], stored["erased"]["raw_lines"]) == (3, 2, 4)
    assert ORDER not in body.decode()
    assert lake.holding(ORDER) == []


def test_athena_s_history_has_nothing_of_it(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    erase("visitor", VISITOR)
    erase("order", ORDER)
    told = " ".join(one["Query"] for one in lake.executions.values())
    assert [text for text in (*TEXTS, "o1", ORDER, ORDER.replace("'", "''")) if f"'{text}'" in told] == []


def test_results_of_queries_are_deleted(lake: ErasureLake, erase: Erase) -> None:
    lake.hold("query-results/0b1c.csv", b'"v1"')
    erase("visitor", VISITOR)
    assert [key for key in lake.files if key.startswith("query-results/")] == []


def test_all_versions_are_deleted_and_those_of_others_stay(
    lake: ErasureLake, run: Run, erase: Erase, later: Callable[..., None]
) -> None:
    lake.versioned = True
    run()
    lake.old["events/dt=2026-01-01/hour=00/0.gz", "version"] = b"of somebody else"
    later(minutes=5)
    erase("visitor", VISITOR)
    assert [key for text in TEXTS for key in lake.holding(text)] == []
    assert list(lake.old) == [("events/dt=2026-01-01/hour=00/0.gz", "version")] + [
        name for name in lake.old if name[0].startswith("erasures/")
    ]
    assert lake.shown() == OTHERS


def test_of_which_sites_the_rows_are_is_told_if_there_are_several(
    lake: ErasureLake, erase: Erase, said: io.StringIO
) -> None:
    erase("order", ORDER, dry_run=True)
    assert "several sites" not in said.getvalue()
    shop = rows("s1", visitor=OTHER, order=ORDER, site="shop") + rows("s2", visitor=OTHER, order=ORDER, site="shop")
    lake.add(DAYS[0], "10", "7.gz", shop + rows("s3", visitor=OTHER, order="1", site="blog"))
    erase("order", ORDER, dry_run=True)
    assert "They are of several sites: (none) 4, shop 2. To erase one event alone, use --request." in said.getvalue()
