# SPDX-License-Identifier: Apache-2.0
"""When a period mixes versions of the rules, and what is said then."""

from datetime import UTC, datetime

import pytest

from edgepixel.answers.subject.periods import Period
from edgepixel.ask.mixed_rules import mixed_rules
from tests.unit.edgepixel.fake_cloud import fake_stack
from tests.unit.edgepixel.fake_glue import FakeGlue, partition

OLD = "ffff0000"
NOVEMBER = Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 5, 12, tzinfo=UTC))
CLOSED = Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))


def said(*typed: dict[str, object], period: Period = NOVEMBER) -> str:
    return mixed_rules(fake_stack(glue=FakeGlue(list(typed)).client()), period)


def test_nothing_is_said_of_days_by_todays_rules_or_before_any_is_typed() -> None:
    assert said() == ""
    assert said(partition("2026-11-01"), partition("2026-11-02")) == ""


def test_an_earlier_version_of_the_stack_is_not_asked_for_its_rules() -> None:
    assert mixed_rules(fake_stack(glue=FakeGlue(rules=None).client()), NOVEMBER) == ""


def test_days_by_other_rules_beside_raw_lines_are_named_with_the_command() -> None:
    remark = said(partition("2026-11-02", OLD), partition("2026-11-03", OLD))
    assert remark == (
        "2 days are typed by other rules than the rest (2026-11-02 to 2026-11-03): what agents and referrers are told "
        "to be may differ. `edgepixel compact --since 2026-11-02` types them again."
    )


def test_a_period_all_of_whose_days_are_by_the_same_older_rules_mixes_nothing() -> None:
    days = [partition(f"2026-11-0{number}", OLD) for number in (1, 2, 3, 4)]
    assert said(*days, period=CLOSED) == ""
    assert said(*days, partition("2026-11-05"), period=CLOSED) == ""


def test_days_outside_the_period_do_not_count() -> None:
    assert said(partition("2026-10-31", OLD), partition("2026-11-01")) == ""


@pytest.mark.parametrize("gone", ["raw_expired", "raw_gone"])
def test_what_cannot_be_typed_again_has_no_command(gone: str) -> None:
    remark = said(partition("2026-11-01", OLD, **{gone: "true"}), partition("2026-11-02"))
    assert remark == (
        "1 day is typed by other rules than the rest (2026-11-01), and their raw lines are deleted: what agents and "
        "referrers are told to be may differ."
    )
