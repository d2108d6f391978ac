# SPDX-License-Identifier: Apache-2.0
"""What a catalog says of typed days, and of the rules of today."""

from datetime import date

import pytest

from edgepixel.aws.typed_days import raw_days, rules_of_today, typed_days
from edgepixel.errors import StackNotFoundError
from edgepixel.template.reader import read_template
from localcloud.in_process_lake import NAME, empty_lake, fill_lake
from localcloud.ministack import glue
from tests.unit.compactor.lake import view_text
from tests.unit.edgepixel.fake_cloud import fake_stack
from tests.unit.edgepixel.fake_glue import FakeGlue, partition


def test_typed_days_come_in_order_from_every_page() -> None:
    catalog = FakeGlue([partition("2026-11-03"), partition("2026-11-01", "ffff0000", raw_expired="true")])
    found = typed_days(fake_stack(glue=catalog.client()))
    assert list(found) == [date(2026, 11, 1), date(2026, 11, 3)]
    one = found[date(2026, 11, 1)]
    assert (one.rows, one.rules_version, one.raw_objects, one.can_be_typed_again) == (100, "ffff0000", 2, False)
    assert found[date(2026, 11, 3)].can_be_typed_again


def test_a_partition_that_somebody_else_made_says_nothing_of_its_rows() -> None:
    foreign = {**partition("2026-11-03"), "Parameters": {}}
    (one,) = typed_days(fake_stack(glue=FakeGlue([foreign]).client())).values()
    assert (one.rows, one.rules_version, one.raw_objects, one.can_be_typed_again) == (0, "", 0, False)


def test_hours_of_raw_lines_are_days_once() -> None:
    catalog = FakeGlue(raw=[("2026-11-02", "09"), ("2026-11-01", "23-standard"), ("2026-11-02", "10")])
    assert raw_days(fake_stack(glue=catalog.client())) == [date(2026, 11, 1), date(2026, 11, 2)]


def test_a_stack_of_an_earlier_version_has_none_and_no_rules() -> None:
    stack = fake_stack(glue=FakeGlue(rules=None).client())
    assert typed_days(stack) == {}
    with pytest.raises(StackNotFoundError, match="has no view raw_events: deploy it again"):
        rules_of_today(stack)


@pytest.mark.parametrize("text", ["SELECT 1", "/* Presto View: !! */", view_text("not-hex!"), ""])
def test_a_view_of_somebody_else_has_no_version(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = FakeGlue()
    monkeypatch.setattr(catalog, "get_table", lambda **_: {"Table": {"Name": "raw_events", "ViewOriginalText": text}})
    with pytest.raises(StackNotFoundError, match="is not the template's"):
        rules_of_today(fake_stack(glue=catalog.client()))


def test_the_templates_view_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fill_lake(read_template(), {})
    try:
        view = glue.tables[f"{NAME}/raw_events"]
        catalog = FakeGlue()
        monkeypatch.setattr(catalog, "get_table", lambda **_: {"Table": view})
        version = rules_of_today(fake_stack(glue=catalog.client()))
    finally:
        empty_lake()
    assert len(version) == 8
    assert int(version, 16) >= 0
