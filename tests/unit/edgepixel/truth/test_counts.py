# SPDX-License-Identifier: Apache-2.0
"""The answers computed from a ledger."""

from typing import Any

import pytest

from edgepixel.answers.subject.conditions import DOCTOR_EVENT
from edgepixel.errors import LedgerError
from edgepixel.traffic.ledger import Row
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from tests.unit.edgepixel.truth.ledgers import answer, ledger, row, time_ms


def test_events_per_hour_counts_people_in_utc_hours() -> None:
    rows = [
        row("1", "2026-11-23T10:00:00.000"),
        row("2", "2026-11-23T09:59:59.999"),
        row("3", "2026-11-23T09:00:00.000", address="203.0.113.9"),
        row("4", "2026-11-23T09:30:00.000", traffic="bot"),
    ]
    assert answer("events-per-hour", *rows) == [
        ("2026-11-23 09:00:00.000", 2, 2),
        ("2026-11-23 10:00:00.000", 1, 1),
    ]


def test_visitor_count_has_the_whole_period_first_and_counts_returning_visitors_once() -> None:
    rows = [
        row("1", "2026-11-23T00:00:00.000"),
        row("2", "2026-11-22T23:59:59.999"),
        row("3", "2026-11-22T08:00:00.000"),
    ]
    assert answer("visitor-count", *rows) == [(None, 1, 3), ("2026-11-22", 1, 2), ("2026-11-23", 1, 1)]


def test_visitors_of_a_week_are_counted_once_and_weeks_begin_on_monday() -> None:
    rows = [
        row("1", "2026-11-16T00:00:00.000"),  # a Monday
        row("2", "2026-11-15T23:59:59.999"),
        row("3", "2026-11-22T23:59:59.999"),
        row("4", "2026-11-18T12:00:00.000", address="203.0.113.9"),
    ]
    assert answer("visitors-per-week", *rows, days=14) == [("2026-11-09", 1, 1), ("2026-11-16", 2, 3)]


def test_conversions_are_of_all_visitors_whatever_they_did() -> None:
    rows = [
        *(row(f"view {number}", address=f"198.51.{number}.7") for number in range(7)),
        row("1", event="signup", address="198.51.1.7"),
        row("2", event="signup", address="198.51.1.7"),
        row("3", event="signup", address="203.0.113.9"),
        row("4", event="purchase", private=True),
        row("5", event="signup", traffic="bot"),
    ]
    assert answer("conversions", *rows) == [
        ("view", 7, 7, 87.5), ("signup", 3, 2, 25.0), ("purchase", 1, 0, 0.0)
    ]  # fmt: skip
    assert answer("conversions", row("1"), ip_addresses="removed") == [("view", 1, 0, None)]


def test_a_visit_begins_with_one_page_and_ends_with_one() -> None:
    def view(number: int, time: str, page: str, **changes: Any) -> Row:
        return row(str(number), f"2026-11-23T{time}.000", page_host="blog.example", page_path=page, **changes)

    rows = [
        view(1, "09:00:00", "/a"),
        view(2, "09:10:00", "/b"),
        view(3, "09:40:00", "/a"),  # half an hour later it is the same visit
        view(4, "10:10:01", "/b"),  # and a second more is another, of one view
        view(5, "09:00:00", "/b", user_agent="somebody else's"),
        view(6, "09:00:00", "/c", private=True),  # nobody's, so no visit
        view(7, "09:20:00", "/c", event="cart"),
    ]
    assert answer("pages", *rows) == [
        ("blog.example", "/b", 3, 2, 2, 2, 2, 100.0),
        ("blog.example", "/a", 2, 1, 1, 1, 0, 0.0),
        ("blog.example", "/c", 1, 0, 0, 0, 0, None),
    ]


@pytest.mark.parametrize(
    ("one", "other", "visitors"),
    [
        ({"address": "198.51.100.7"}, {"address": "198.51.100.250"}, 1),
        ({"address": "198.51.100.7"}, {"address": "198.51.101.7"}, 2),
        ({"address": "2001:db8:1::1"}, {"address": "2001:db8:1:ffff::9"}, 1),
        ({"address": "2001:db8:1::1"}, {"address": "2001:db8:2::1"}, 2),
        ({"user_agent": "a"}, {"user_agent": "b"}, 2),
        ({"private": True}, {}, 1),
        ({"private": True}, {"private": True}, 0),
    ],
)
def test_a_visitor_is_a_truncated_address_with_a_user_agent(
    one: dict[str, Any], other: dict[str, Any], visitors: int
) -> None:
    assert answer("visitor-count", row("1", **one), row("2", **other))[0] == (None, visitors, 2)


@pytest.mark.parametrize(
    ("stored", "honored", "visitors"),
    [("full", False, 3), ("full", True, 2), ("truncated", False, 2), ("truncated", True, 1), ("removed", False, 0)],
)
def test_visitors_are_what_the_stack_may_know(stored: str, honored: bool, visitors: int) -> None:
    rows = [row("1"), row("2", address="198.51.100.8"), row("3", address="203.0.113.1", private=True)]
    found = answer("visitor-count", *rows, ip_addresses=stored, honors_privacy_control=honored)
    assert found[0] == (None, visitors, 3)


def test_user_agents_are_sorted_by_events_then_text_with_the_nameless_last() -> None:
    bot = {"traffic": "bot", "browser": "other", "os": "other", "device": "other"}
    rows = [
        row("1", user_agent="b"),
        row("2", user_agent="a"),
        row("3", user_agent="z"),
        row("4", user_agent="z"),
        row("5", user_agent=None, **bot),
        row("6", user_agent="a", traffic="datacenter"),
    ]
    assert answer("user-agents", *rows) == [
        ("human", "Chrome", "Windows", "desktop", "z", 2, 1),
        ("datacenter", "Chrome", "Windows", "desktop", "a", 1, 1),
        ("human", "Chrome", "Windows", "desktop", "a", 1, 1),
        ("human", "Chrome", "Windows", "desktop", "b", 1, 1),
        ("bot", "other", "other", "other", None, 1, 1),
    ]


def test_agents_that_only_client_hints_tell_apart_are_sorted_by_their_labels() -> None:
    rows = [row("1", browser="Vivaldi"), row("2", browser="Brave"), row("3", browser="Brave", device="mobile")]
    assert [line[1:4] for line in answer("user-agents", *rows)] == [
        ("Brave", "Windows", "desktop"),
        ("Brave", "Windows", "mobile"),
        ("Vivaldi", "Windows", "desktop"),
    ]


def test_user_agents_are_at_most_a_hundred() -> None:
    assert len(answer("user-agents", *(row(str(n), user_agent=f"agent {n}") for n in range(130)))) == 100


def test_aggregate_event_count_is_by_name_and_traffic() -> None:
    rows = [
        row("1", event="purchase"),
        row("2", event="purchase", traffic="bot"),
        row("3", event="cart"),
        row("4"),
        row("5", address="203.0.113.1"),
    ]
    assert answer("aggregate-event-count", *rows) == [
        ("view", "human", 2, 2),
        ("cart", "human", 1, 1),
        ("purchase", "bot", 1, 1),
        ("purchase", "human", 1, 1),
    ]


def test_referrers_count_people_and_name_those_without_one_and_those_from_the_same_site() -> None:
    rows = [
        row("1", referrer_host="b.example", channel="search"),
        row("2", referrer_host="a.example", channel="social"),
        row("3"),
        row("4"),
        row("5", referrer_host="a.example", traffic="bot"),
        row("6", referrer_host="www.blog.example", page_host="blog.example", same_site=True, channel="internal"),
        row("7", referrer_host="c.example", channel="search"),
        row("8", referrer_host="c.example", channel="paid"),
        row("9", referrer_host="c.example", channel="paid"),
    ]
    assert answer("referrers", *rows) == [
        ("c.example", 3, 1, "paid"),
        ("(none)", 2, 1, "direct"),
        ("(same site)", 1, 1, "internal"),
        ("a.example", 1, 1, "social"),
        ("b.example", 1, 1, "search"),
    ]


def test_recent_events_are_the_fifty_newest() -> None:
    rows = [row(f"{n:03d}", f"2026-11-23T09:00:{n % 60:02d}.{n:03d}", page=None) for n in range(60)]
    found = answer("recent-events", *rows, row("zz", "2026-11-23T09:00:59.059"))
    assert len(found) == 50
    nothing = (None,) * 5  # item, order, value, currency, what is wrong with them
    newest = (
        "2026-11-23 09:00:59.059", "view", None, None, None, "direct", *nothing,
        "DE", "desktop", "Chrome", "human", "browser", "059",
    )  # fmt: skip
    assert found[0] == newest
    assert found[1] == (*newest[:3], "https://blog.example/", *newest[4:-1], "zz")


def test_recent_events_tell_what_was_sent_and_what_is_wrong_with_it() -> None:
    sent = {"site": "shop", "item": "LAMP-01", "order_id": "7", "channel": "mail", "event": "purchase"}
    rows = (
        row("a", value="49.9", currency="EUR", **sent),
        row("b", value=None, currency="EUR", malformed_value="v=19,90 c=EUR", **sent),
    )
    told = [(line[1], line[2], *line[5:11]) for line in answer("recent-events", *rows)]
    assert told == [
        ("purchase", "shop", "mail", "LAMP-01", "7", "49.9000", "EUR", None),
        ("purchase", "shop", "mail", "LAMP-01", "7", None, "EUR", "v=19,90 c=EUR"),
    ]


@pytest.mark.parametrize("name", TRUTHS)
def test_requests_that_are_not_for_the_pixel_are_in_no_answer(name: str) -> None:
    kept = [row("1"), row("2", status=403, method="PUT")]
    assert answer(name, *kept, row("3", status=403, logged=False)) == answer(name, *kept)


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize(
    "changes",
    [{"status": 301}, {"status": 307}, {"status": 0}, {"event": DOCTOR_EVENT}, {"event": DOCTOR_EVENT, "status": 403}],
    ids=str,
)
def test_redirects_aborted_hits_and_those_of_the_doctor_are_in_no_answer(name: str, changes: dict[str, Any]) -> None:
    kept = [row("1"), row("2", event="cart", item="lamp"), row("3", event="purchase", value="5")]
    assert answer(name, *kept, row("4", **changes)) == answer(name, *kept)


@pytest.mark.parametrize("name", TRUTHS)
def test_a_refusal_is_in_no_answer_but_the_one_that_lists_it(name: str) -> None:
    kept = [row("1"), row("2", event="cart", item="lamp"), row("3", event="purchase", value="5")]
    more = [line for line in answer(name, *kept, row("4", status=403)) if line not in answer(name, *kept)]
    listed = [("event", "2026-11-23 09:15:30.250", "error_status", "403", "4", 1)]
    assert more == (listed if name == "abnormal-events" else [])


@pytest.mark.parametrize("status", [200, 206, 304])
def test_every_status_that_gives_the_image_counts(status: int) -> None:
    assert answer("visitor-count", row("1", status=status))[0] == (None, 1, 1)


@pytest.mark.parametrize("name", TRUTHS)
def test_an_empty_ledger_has_empty_answers(name: str) -> None:
    later_steps = enumerate(("product", "cart", "checkout", "purchase"), start=2)
    totals = {
        "visitor-count": [(None, 0, 0)],
        "funnel": [(1, "view", 0, None, None, None)] + [(step, event, 0, 0, None, None) for step, event in later_steps],
    }
    assert answer(name) == totals.get(name, [])


def test_facts_are_of_the_period_and_of_the_site_that_were_asked_for() -> None:
    rows = [
        row("before", "2026-11-16T23:59:59.999"),
        row("first", "2026-11-17T00:00:00.000"),
        row("bot", traffic="bot"),
        row("last", "2026-11-23T23:59:59.999", site="blog"),
        row("after", "2026-11-24T00:00:00.000"),
    ]
    events = events_of(ledger(*rows))
    now_ms = time_ms("2026-11-24T00:00:00.000")
    facts = facts_of(events, now_ms)
    assert [event.request_id for event in facts.events] == ["first", "bot", "last"]
    assert [event.request_id for event in facts.counted] == ["first", "last"]
    assert [event.request_id for event in facts_of(events, now_ms, days=8).counted] == ["before", "first", "last"]
    assert [event.request_id for event in facts_of(events, now_ms, site="blog").events] == ["last"]
    everyone = facts_of(events, now_ms, include_bots=True)
    assert [event.request_id for event in everyone.counted] == ["first", "bot", "last"]


def test_a_ledger_without_control_of_time_and_place_is_no_truth() -> None:
    with pytest.raises(LedgerError, match="written against AWS"):
        events_of(ledger(row("1"), simulated=False))
