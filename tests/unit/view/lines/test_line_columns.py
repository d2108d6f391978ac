# SPDX-License-Identifier: Apache-2.0
"""Columns that come from the other fields of a log line, also when a field is missing or no such thing."""

import hashlib

import pytest

from tests.unit.view.event_view import CHROME, COLUMNS, FIELDS, Row, ask, events, line

_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Safari/605.1.15"
)


def event(**values: str) -> Row:
    return events({"one": values})["one"]


def test_what_a_line_does_not_say_is_null() -> None:
    """All but the request id, without which nothing can be counted once."""
    row = event(**dict.fromkeys((name.replace("-", "_") for name in FIELDS if name != "x-edge-request-id"), "-"))
    said = {"event", "request_id", "traffic", "traffic_reason", "browser", "os", "device", "channel", "dt", "hour"}
    said |= {"has_request_id", "function_ran", "object", "rules_version", "typed"}
    assert {name for name, value in row.items() if value is not None} == said
    assert (row["event"], row["traffic"], row["traffic_reason"]) == ("view", "bot", "no_user_agent")
    assert [name["name"] for name in COLUMNS] == list(row)


def test_whether_there_is_an_id_and_whether_the_query_can_be_decoded() -> None:
    nameless = ask("SELECT has_request_id FROM events", [line("-"), line("one")])
    assert sorted(row[0] or "" for row in nameless.rows) == ["false", "true"]
    told = {
        "e=view": "false",
        "e=%2520": "false",
        "e=%": "true",
        "e=%2": "true",
        "e=%zz": "true",
        "e=%2g": "true",
        "-": None,
    }
    found = events({query: {"cs_uri_query": query} for query in told})
    assert {query: row["malformed_query"] for query, row in found.items()} == told


@pytest.mark.parametrize("text", ["\n", "one\n", "\t" * 40 + "\n", "a\tb\tc\n"])
def test_a_line_that_is_none_is_an_event_without_time(text: str) -> None:
    outcome = ask("SELECT event_time, event, dt FROM events", [text, line("x")])
    assert outcome.rows == [[None, "view", "2026-11-23"], ["2026-11-23 10:20:00.000", "view", "2026-11-23"]]


def test_event_time_is_seconds_since_the_epoch_or_nothing() -> None:
    times: dict[str, str | None] = {
        "1795429200.000": "2026-11-23 10:20:00.000",
        "1795429200.937": "2026-11-23 10:20:00.937",
        "1795429200": "2026-11-23 10:20:00.000",
        "0": "1970-01-01 00:00:00.000",
        "9999999999.999": "2286-11-20 17:46:39.999",
    }
    times |= dict.fromkeys((
        "-1", "1e309", "1e9", "NaN", "Infinity", "17954292000", "99999999999999999999", " 1795429200", "1795429200 ",
        "1795429200.", ".5", "0x10", "1795429200d", "2026-11-23", "1,5", "٣",
    ))  # fmt: skip
    found = events({text: {"timestamp": text} for text in times})
    assert {text: row["event_time"] for text, row in found.items()} == times


def test_status_and_asn_are_numbers_or_nothing() -> None:
    numbers = {"200": "200", "000": "0"} | dict.fromkeys(("-", "", "abc", "200.0", "2e2", "9" * 40))
    found = events({text: {"sc_status": text, "asn": text} for text in numbers})
    assert {text: row["status"] for text, row in found.items()} == numbers
    assert {text: row["asn"] for text, row in found.items()} == numbers


def test_fields_as_they_are() -> None:
    row = event(c_country="JP", asn="4294967295", x_edge_location="NRT57-P5", cs_method="HEAD", sc_status="403")
    assert (row["country"], row["asn"], row["edge_location"]) == ("JP", "4294967295", "NRT57-P5")
    assert (row["method"], row["status"], row["hour"]) == ("HEAD", "403", "10")


def test_user_agent_is_the_header() -> None:
    agents = [CHROME, "a+b %20 %zz %", "q\"uo\\te's <b>{}|^`~[]", "ä 購入 \U0001f6d2", "%C3%A4", "x" * 7000]
    assert [row["user_agent"] for row in events({a: {"cs_user_agent": a} for a in agents}).values()] == agents


@pytest.mark.parametrize("address", ["198.51.100.0", "2001:db8:1::"])
def test_visitor_key_is_the_hash_of_address_agent_and_host(address: str) -> None:
    whole = hashlib.sha256(f"{address} {_SAFARI} d1.cloudfront.net".encode()).hexdigest()
    row = event(c_ip=address, cs_user_agent=_SAFARI, cs_host="D1.CloudFront.net")
    assert row["visitor_key"] == whole[:16]


def test_visitors_differ_by_address_agent_and_host_and_have_no_key_without_an_address() -> None:
    found = events({
        "one": {},
        "same": {"cs_uri_query": "e=cart", "timestamp": "1.5", "cs_host": "D1.cloudfront.net"},
        "address": {"c_ip": "2001:db8::"},
        "agent": {"cs_user_agent": _SAFARI},
        "no agent": {"cs_user_agent": "-"},
        "host": {"cs_host": "d2.cloudfront.net"},
        "no host": {"cs_host": "-"},
        "nobody": {"c_ip": "-"},
    })  # fmt: skip
    keys = {name: row["visitor_key"] for name, row in found.items()}
    assert keys.pop("nobody") is None
    assert keys.pop("same") == keys["one"]
    assert len(set(keys.values())) == len(keys) == 6
