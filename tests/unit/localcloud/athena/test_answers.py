# SPDX-License-Identifier: Apache-2.0
"""The template's classifier, view and seven answers, run by the local crawler and the local Athena over known lines."""

import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from edgepixel.template.reader import answer_queries, read_template, view_columns
from localcloud.athena import query
from localcloud.in_process_lake import empty_lake, fill_lake
from localcloud.ministack import s3
from tests.log_lines import log_line

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
    "Mobile/15E148 Safari/604.1"
)
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
VIEW_COLUMN_TYPES = {"timestamp(3)": "timestamp", "decimal(18,4)": "decimal"}


def _line(number: int, *, minutes_ago: float = 10, **values: str) -> str:
    """One view of the pixel, by a Chrome user unless `values` say otherwise."""
    moment = NOW - timedelta(minutes=minutes_ago)
    usual = {
        "timestamp": f"{moment.timestamp():.3f}",
        "c_ip": "198.51.100.0",
        "cs_host": "d1.cloudfront.net",
        "x_edge_request_id": f"request-{number:02}",
        "cs_user_agent": CHROME,
        "cs_uri_query": "e=view&u=https%3A%2F%2Fshop.example%2F",
        "asn": "3320",
    }
    return log_line(**(usual | values)).decode()


LINES = [
    _line(
        1,
        cs_uri_query="u=https%3A%2F%2FShop.Example%2Fa%20b%3Fx%3D1&r=https%3A%2F%2Fnews.example%3A8443%2Fz&v=12.345&c=eur",
    ),
    _line(
        1,
        cs_uri_query="u=https%3A%2F%2FShop.Example%2Fa%20b%3Fx%3D1&r=https%3A%2F%2Fnews.example%3A8443%2Fz&v=12.345&c=eur",
    ),
    _line(
        2,
        cs_uri_query="e=add+to%2Bcart&t=Caf%C3%A9+%E2%82",
        minutes_ago=70,
        cs_referer="https://blog.example/post+1?q=1",
    ),
    _line(3, cs_uri_query="e=%zz&u=/relative?x", c_ip="203.0.113.0"),
    _line(4, cs_uri_query="", cs_user_agent=IPHONE, c_ip="", minutes_ago=10),
    _line(5, cs_user_agent=GPTBOT),
    _line(6, cs_user_agent=""),
    _line(7, sc_status="404", cs_method="POST"),
    _line(8, cs_headers="Host:d1.cloudfront.net\nSec-Purpose:prefetch;prerender"),
    _line(9, asn="16509"),
    _line(10, cs_user_agent="GoogleImageProxy"),
    _line(11, minutes_ago=3 * 1440),
    _line(12, minutes_ago=9 * 1440),
    "not\ta log line\n",
]


@pytest.fixture(scope="module", autouse=True)
def lines_in_the_lake() -> Iterator[None]:
    stem = "events/dt=2026-11-23/hour=10/part"
    parts = {f"{stem}-1.gz": LINES[:6], f"{stem}-2.gz": LINES[6:]}
    fill_lake(read_template(), {key: "".join(lines).encode() for key, lines in parts.items()})
    yield
    empty_lake()


def ask(sql: str) -> list[dict[str, str | None]]:
    """The rows of a query, as Athena's API gives them: all values are text."""
    outcome = query.run(sql, [], "lake", NOW)
    return [dict(zip(outcome.columns, row, strict=True)) for row in outcome.rows]


def event(number: int) -> dict[str, str | None]:
    return next(row for row in ask("SELECT * FROM events") if row["request_id"] == f"request-{number:02}")


def test_view_has_the_types_that_it_declares() -> None:
    columns = view_columns()
    outcome = query.run("SELECT * FROM events", [], "lake", NOW)
    assert outcome.columns == [column["name"] for column in columns]
    assert outcome.types == [VIEW_COLUMN_TYPES.get(column["type"], column["type"]) for column in columns]
    sizes = {name: (kind.precision, kind.scale) for name, kind in zip(outcome.columns, outcome.types, strict=True)}
    assert (sizes["value"], sizes["event_time"]) == ((18, 4), (3, 0))


def test_view_decodes_what_was_encoded_twice() -> None:
    found = event(1)
    assert found["event_time"] == "2026-11-23 10:20:00.000"
    assert (found["event"], found["page"]) == ("view", "https://Shop.Example/a b?x=1")
    assert (found["page_host"], found["page_path"]) == ("shop.example", "/a b")
    assert (found["referrer"], found["referrer_host"]) == ("https://news.example:8443/z", "news.example")
    assert (found["value"], found["currency"], found["asn"]) == ("12.3450", "EUR", "3320")
    assert (found["dt"], found["hour"], found["utm_source"]) == ("2026-11-23", "10", None)


def test_view_keeps_plus_signs_apart_and_marks_bytes_that_are_no_text() -> None:
    found = event(2)
    assert (found["event"], found["title"]) == ("add to+cart", "Café \ufffd")
    assert (found["page"], found["page_path"]) == ("https://blog.example/post+1?q=1", "/post+1")
    assert found["referrer_host"] is None


def test_view_keeps_the_text_of_broken_escapes() -> None:
    found = event(3)
    assert (found["event"], found["query"]) == ("%zz", "e=%zz&u=/relative?x")
    assert (found["page"], found["page_path"], found["page_host"]) == ("/relative?x", "/relative", None)


def test_view_gives_nulls_for_what_a_line_lacks() -> None:
    found = event(4)
    assert [found[name] for name in ("page", "page_path", "referrer", "query", "visitor_key", "value")] == [None] * 6
    assert (found["browser"], found["os"], found["device"], found["traffic"]) == ("Safari", "iOS", "mobile", "human")
    broken = ask("SELECT * FROM events WHERE event_time IS NULL")
    assert [(row["request_id"], row["event"], row["status"]) for row in broken] == [(None, "view", None)]


def test_visitor_key_is_the_hash_of_address_agent_and_host() -> None:
    whole = hashlib.sha256(f"198.51.100.0 {CHROME} d1.cloudfront.net".encode()).hexdigest()
    assert event(1)["visitor_key"] == whole[:16]


@pytest.mark.parametrize(
    ("number", "traffic", "reason"),
    [
        (1, "human", "browser"),
        (5, "ai_crawler", "ai_agent"),
        (6, "bot", "no_user_agent"),
        (8, "prefetch", "prefetch_header"),
        (9, "datacenter", "datacenter_network"),
        (10, "mail_proxy", "mail_image_proxy"),
    ],
)
def test_view_tells_traffic_apart(number: int, traffic: str, reason: str) -> None:
    found = event(number)
    assert (found["traffic"], found["traffic_reason"]) == (traffic, reason)


def test_events_per_hour() -> None:
    assert ask(answer_queries()["events-per-hour"]) == [
        {"hour": "2026-11-20 10:00:00.000", "events": "1", "visitors": "1"},
        {"hour": "2026-11-23 09:00:00.000", "events": "1", "visitors": "1"},
        {"hour": "2026-11-23 10:00:00.000", "events": "3", "visitors": "2"},
    ]


def test_visitor_count() -> None:
    assert ask(answer_queries()["visitor-count"]) == [
        {"day": None, "visitors": "2", "events": "5"},
        {"day": "2026-11-20", "visitors": "1", "events": "1"},
        {"day": "2026-11-23", "visitors": "2", "events": "4"},
    ]


def test_user_agents() -> None:
    rows = ask(answer_queries()["user-agents"])
    assert [(row["traffic"], row["browser"], row["events"], row["visitors"]) for row in rows] == [
        ("human", "Chrome", "4", "2"),
        ("mail_proxy", "other", "1", "1"),
        ("datacenter", "Chrome", "1", "1"),
        ("prefetch", "Chrome", "1", "1"),
        ("human", "Safari", "1", "0"),
        ("ai_crawler", "other", "1", "1"),
        ("bot", "other", "1", "1"),
    ]
    assert [row["user_agent"] for row in rows][-3:] == [IPHONE, GPTBOT, None]


def test_abnormal_events() -> None:
    rows = ask(answer_queries()["abnormal-events"])
    assert [tuple(row.values())[2:] for row in rows] == [
        ("error_status", "404", "request-07", "1"),
        ("malformed_query", "/relative?x", "request-03", "1"),
        ("no_user_agent", "https://shop.example/", "request-06", "1"),
        ("unusual_method", "POST", "request-07", "1"),
    ]
    assert {row["kind"] for row in rows} == {"event"}


def test_aggregate_event_count() -> None:
    rows = ask(answer_queries()["aggregate-event-count"])
    assert [tuple(row.values()) for row in rows] == [
        ("view", "human", "3", "1"),
        ("%zz", "human", "1", "1"),
        ("add to+cart", "human", "1", "1"),
        *[("view", traffic, "1", "1") for traffic in ("ai_crawler", "bot", "datacenter", "mail_proxy", "prefetch")],
    ]


def test_referrers() -> None:
    assert [tuple(row.values()) for row in ask(answer_queries()["referrers"])] == [
        ("(none)", "4", "2", "direct"),
        ("news.example", "1", "1", "referral"),
    ]


def test_recent_events() -> None:
    rows = ask(answer_queries()["recent-events"])
    assert [row["request_id"] for row in rows] == [
        f"request-{number:02}" for number in (1, 3, 4, 5, 6, 8, 9, 10, 2, 11)
    ]


def test_an_hour_far_from_the_usual_is_abnormal(monkeypatch: pytest.MonkeyPatch) -> None:
    """26 hours with 2 or 3 events, and one with 40; the first and the last hour are not over or not whole."""
    lines, number = [], 100
    for hour in range(27):
        for _ in range(40 if hour == 5 else 2 + hour % 2):
            number += 1
            lines.append(_line(number, minutes_ago=hour * 60 + 5 + number % 20))
    monkeypatch.setattr(s3, "get_object_data", lambda *_: gzip.compress("".join(lines).encode()))
    monkeypatch.setitem(s3.buckets["lake"], "objects", {"events/dt=2026-11-23/hour=10/one.gz": {}})
    assert [tuple(row.values()) for row in ask(answer_queries()["abnormal-events"])] == [
        ("hour", "2026-11-23 05:00:00.000", "hour_above_baseline", "median 3.0 of 25 hours", None, "40"),
    ]
