# SPDX-License-Identifier: Apache-2.0
"""Which hours, storms and events the truth calls abnormal."""

from datetime import UTC, datetime, timedelta

import pytest

from edgepixel.traffic.ledger import Row
from tests.unit.edgepixel.truth.ledgers import answer, row

START = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday


def moment(hour: float) -> str:
    return (START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%S.000")


def hourly(numbers: list[int]) -> list[Row]:
    """One view, and then that many in each of consecutive hours, each by another visitor."""
    first = row("first", (START - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S.000"))
    views = [
        row(f"{hour}-{number}", moment(hour + number / 3600), user_agent=f"agent {number}")
        for hour, events in enumerate(numbers)
        for number in range(events)
    ]
    return [first, *views]


def asked_after(numbers: list[int], days: int = 30) -> list[tuple[object, ...]]:
    """What is said of these hours half an hour after the last one: (hour since the start, reason, detail, events)."""
    found = answer("abnormal-events", *hourly(numbers), now=moment(len(numbers) + 0.5), days=days)
    return [(line[1], line[2], line[3], line[5]) for line in found]


def hour(number: int) -> str:
    return moment(number).replace("T", " ")


def test_an_hour_far_above_the_median_is_abnormal() -> None:
    assert asked_after([12] * 12 + [13] * 11 + [60]) == [
        (hour(23), "hour_above_baseline", "median 12.5 of 24 hours", 60)
    ]


def test_an_hour_far_below_the_median_is_abnormal() -> None:
    assert asked_after([50] * 23 + [1]) == [(hour(23), "hour_below_baseline", "median 50.0 of 24 hours", 1)]


def test_an_hour_without_events_is_abnormal_where_twenty_are_usual() -> None:
    assert asked_after([20] * 23 + [0, 20]) == [(hour(23), "silent_hour", "median 20.0 of 25 hours", 0)]
    assert asked_after([19] * 23 + [0, 19]) == []


def test_silence_that_is_usual_is_not_abnormal() -> None:
    assert asked_after([0, 20, 40] * 8) == []


def test_silence_up_to_now_is_abnormal_and_silence_before_the_first_event_is_not() -> None:
    rows = hourly([30] * 24)
    found = answer("abnormal-events", *rows, now=moment(26.5), days=30)
    assert [(line[1], line[2]) for line in found] == [(hour(25), "silent_hour"), (hour(24), "silent_hour")]


def test_an_hour_is_judged_twenty_minutes_after_its_end() -> None:
    rows = hourly([12] * 23 + [60])
    assert answer("abnormal-events", *rows, now=moment(24 + 19 / 60), days=30) == []
    assert len(answer("abnormal-events", *rows, now=moment(24 + 20 / 60), days=30)) == 1


def test_no_hour_is_abnormal_before_there_are_24() -> None:
    assert asked_after([12] * 22 + [600]) == []
    assert len(asked_after([12] * 23 + [600])) == 1


def test_chance_is_not_abnormal() -> None:
    """Six times the root of the median, where the hours are more alike than chance would have them."""
    assert asked_after([16] * 23 + [40]) == []
    assert len(asked_after([16] * 23 + [41])) == 1


def test_after_five_days_an_hour_is_compared_with_the_same_hour_of_other_days() -> None:
    day = [10] * 12 + [100] * 12
    usual = day * 4 + [10] * 6 + [100] + [10] * 5 + [100] * 12
    assert [line[0] for line in asked_after(usual)] == [hour(4 * 24 + 6)]
    assert asked_after(usual)[0][2] == "median 10.0 of 5 hours"
    assert {str(line[2]).partition(" of ")[2] for line in asked_after(usual[1:])} == {"119 hours"}


def test_after_three_weeks_an_hour_is_compared_with_the_same_hour_of_the_same_weekday() -> None:
    week = [100] * 5 * 24 + [10] * 2 * 24
    quiet_monday = [10] * 24 + week[24:]
    assert asked_after(week * 2 + quiet_monday) == [
        (hour(2 * 168 + number), "hour_below_baseline", "median 100.0 of 3 hours", 10) for number in range(23, -1, -1)
    ]


def test_a_visitor_who_sends_the_same_more_than_thirty_times_in_a_minute_is_a_storm() -> None:
    def views(number: int, **changes: object) -> list[Row]:
        return [row(f"{n:02}", f"2026-11-23T09:15:{n:02}.000", **changes) for n in range(number)]

    assert answer("abnormal-events", *views(30)) == []
    assert answer("abnormal-events", *views(31)) == [
        ("storm", "2026-11-23 09:15:00.000", "replay_storm", "https://blog.example/", "00", 31)
    ]
    assert len(answer("abnormal-events", *views(31, private=True))) == 1, "who hides is told apart by agent and network"
    other = [row(f"x{n:02}", f"2026-11-23T09:15:{n:02}.000", page="https://blog.example/2") for n in range(10)]
    assert answer("abnormal-events", *views(25), *other) == []


@pytest.mark.parametrize("changes", [{"event": "play"}, {"address": "203.0.113.1"}, {"user_agent": "b"}])
def test_a_storm_is_of_one_visitor_and_one_event(changes: dict[str, str]) -> None:
    rows = [row(f"{n:02}", f"2026-11-23T09:15:{n:02}.000", **(changes if n % 2 else {})) for n in range(60)]
    assert answer("abnormal-events", *rows) == []


def test_refusals_count_in_no_hour_and_in_no_storm() -> None:
    refused = [
        row(f"refused {n:02}", f"{moment(23)[:-4]}.{n:03}", status=403, page=None, user_agent="agent 0")
        for n in range(60)
    ]
    found = answer("abnormal-events", *hourly([12] * 24), *refused, now=moment(24.5), days=30)
    assert {line[0] for line in found} == {"event"}
    assert len(found) == 60


def test_an_event_is_abnormal_once_for_each_reason_newest_first() -> None:
    page = "https://blog.example/"
    rows = [
        row("ok"),
        row("old", "2026-11-23T08:00:00.001", status=403, method="POST"),
        row("new", "2026-11-23T09:00:00.001", malformed=True, user_agent=None, traffic="bot"),
        row("head", method="HEAD"),
    ]
    assert answer("abnormal-events", *rows) == [
        ("event", "2026-11-23 09:00:00.001", "malformed_query", page, "new", 1),
        ("event", "2026-11-23 09:00:00.001", "no_user_agent", page, "new", 1),
        ("event", "2026-11-23 08:00:00.001", "error_status", "403", "old", 1),
        ("event", "2026-11-23 08:00:00.001", "unusual_method", "POST", "old", 1),
    ]


def test_an_amount_that_cannot_be_read_is_an_abnormal_event_with_what_was_sent() -> None:
    rows = [
        row("wrong", event="refund", currency="EUR", malformed_value="v=-33,95 c=EUR"),
        row("right", event="refund", value="-33.95", currency="EUR"),
    ]
    assert answer("abnormal-events", *rows) == [
        ("event", "2026-11-23 09:15:30.250", "malformed_value", "v=-33,95 c=EUR", "wrong", 1)
    ]


def paid(name: str, value: str | None, currency: str | None = "EUR", minute: int = 10, **changes: object) -> Row:
    values = {"event": "purchase", "order_id": "A-1", "value": value, "currency": currency, **changes}
    return row(name, f"2026-11-23T09:{minute}:00.000", **values)


def test_an_order_whose_purchases_say_different_amounts_is_reported_once() -> None:
    rows = [
        paid("c", "49.90"),
        paid("b", "49.9", minute=11),
        paid("d", "44.905", minute=12),
        paid("e", "49.90", "KWD", minute=13, traffic="bot"),
        paid("a", "-49.90", minute=14),
        paid("f", "20", minute=15, event="refund"),
        paid("g", None, minute=16),
        paid("h", "1", minute=17, status=403),
    ]
    conflicts = [line for line in answer("abnormal-events", *rows) if line[2] == "conflicting_order"]
    detail = "A-1: 44.9050 EUR, 49.90 EUR, 49.900 KWD"
    assert conflicts == [("event", "2026-11-23 09:13:00.000", "conflicting_order", detail, "b", 4)]


def test_orders_of_two_sites_and_purchases_without_an_order_do_not_conflict() -> None:
    rows = [
        paid("1", "49.90", site="a"),
        paid("2", "59.90", site="b"),
        paid("3", "69.90", order_id=None),
        paid("4", "79.90", order_id=None),
    ]
    assert answer("abnormal-events", *rows) == []


def test_storms_come_before_hours_and_hours_before_events_and_all_are_a_thousand() -> None:
    errors = [row(f"e{n:04}", f"2026-11-23T{n % 10:02}:15:30.250", status=404, page=f"/{n}") for n in range(1100)]
    storm = [row(f"s{n:02}", f"2026-11-22T09:15:{n:02}.000") for n in range(40)]
    found = answer("abnormal-events", *errors, *storm)
    assert len(found) == 1000
    kinds = [line[0] for line in found]
    assert kinds == sorted(kinds, key=("storm", "hour", "event").index)
    assert kinds[0] == "storm"
