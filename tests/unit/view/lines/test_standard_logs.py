# SPDX-License-Identifier: Apache-2.0
"""Lines of standard logs in the view, alone and beside those of real-time logs."""

import gzip
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.template.reader import answer_queries, parameter_default, read_template
from localcloud.cloudfront.log_line import encoded_value, format_line
from localcloud.cloudfront.standard_logs.file_format import file_text, record_text
from localcloud.cloudfront.standard_logs.record_fields import record_value
from localcloud.in_process_lake import NAME, empty_lake, fill_lake, run_query, stored_bytes
from localcloud.ministack import glue, s3
from tests.unit.view import event_view
from tests.unit.view.event_view import CHROME

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
PIXEL = str(parameter_default("PixelPath"))
FIELDS = [
    name if isinstance(name, str) else name["Fn::If"][2]
    for name in read_template()["Resources"]["LogDelivery"]["Properties"]["RecordFields"]
]
REALTIME_KEY = "events/dt=2026-11-23/hour=10/realtime.gz"
FOLDER = "events/year=2026/month=11/day=23/hour="


def request(request_id: str, **values: str) -> dict[str, str]:
    """What the edge knows of a request for the pixel; `values` (field names with `_`) differ from the usual."""
    usual = {
        "timestamp": "1795429200.123",  # 2026-11-23 10:20
        "sc-status": "200",
        "cs-method": "GET",
        "cs-protocol": "https",
        "cs-host": "p.example.com",
        "x-host-header": "d1.cloudfront.net",
        "cs-uri-stem": f"{PIXEL}?u=https%3A%2F%2Fexample.com%2Fa",
        "cs-uri-query": "u=https%3A%2F%2Fexample.com%2Fa",
        "x-edge-location": "FRA56-P3",
        "x-edge-request-id": request_id,
        "time-taken": "0.001",
        "time-to-first-byte": "0.001",
        "cs-user-agent": CHROME,
        "cs-referer": "https://example.com/",
        "x-edge-result-type": "Hit",
        "c-country": "DE",
        "asn": "3320",
        "cache-behavior-path-pattern": PIXEL,
        "viewer-request-log-data": "v=1&a=198.51.100.0",
    }
    return usual | {name.replace("_", "-"): value for name, value in values.items()}


def standard(*requests: Mapping[str, str]) -> bytes:
    """A file of standard logs, as the stack has them delivered."""
    records = [
        record_text("w3c", FIELDS, [encoded_value(name, record_value(name, one)) for name in FIELDS], "\t")
        for one in requests
    ]
    return file_text("w3c", FIELDS, records).encode("ascii")


def realtime(*requests: Mapping[str, str]) -> bytes:
    """Lines of real-time logs, as the stack has them with the edge function."""
    names = read_template()["Mappings"]["LogLine"]["Fields"]["NamesWithFunction"]
    return "".join(format_line(one, names) for one in requests).encode("ascii")


def add_hour(hour: str, body: bytes) -> str:
    """Put a file of standard logs into the lake, and register its hour as the crawler trigger does. Returns its key."""
    key = f"{FOLDER}{hour}/E1.2026-11-23-{hour}.0a1b2c3d.gz"
    s3.put_object(NAME, key, gzip.compress(body), {})
    storage = glue.tables[f"{NAME}/pixel_events"]["StorageDescriptor"]
    partition = {"Values": ["2026-11-23", f"{hour}-standard"]}
    partition["StorageDescriptor"] = storage | {"Location": f"s3://{NAME}/{FOLDER}{hour}/"}
    glue.create_partition({"DatabaseName": NAME, "TableName": "pixel_events", "PartitionInput": partition})
    return key


def rows(sql: str = "SELECT * FROM events ORDER BY request_id, hour") -> list[dict[str, Any]]:
    outcome = run_query(sql, NOW)
    return [dict(zip(outcome.columns, row, strict=True)) for row in outcome.rows]


@pytest.fixture(scope="module", autouse=True)
def lake_of_other_tests() -> Iterator[None]:
    """What this module's lakes take the place of comes back."""
    yield
    event_view.fill()


@pytest.fixture(autouse=True)
def lake() -> Iterator[None]:
    """One hit of real-time logs, which makes the table."""
    fill_lake(read_template(), {REALTIME_KEY: realtime(request("realtime"))})
    yield
    empty_lake()


def test_the_same_request_is_the_same_event_in_both_sources() -> None:
    add_hour("10", standard(request("realtime")))
    one, other = rows()
    assert one.pop("object") != other.pop("object")
    assert one == other
    assert (one["event_time"], one["hour"], one["page_host"]) == ("2026-11-23 10:20:00.123", "10", "example.com")
    assert one["visitor_key"] is not None
    assert (one["country"], one["status"], one["method"], one["browser"]) == ("DE", "200", "GET", "Chrome")


def test_header_lines_and_other_requests_of_the_distribution_are_no_events() -> None:
    nothing_said = {"viewer_request_log_data": ""}
    add_hour(
        "10",
        standard(
            request("script", **nothing_said, cs_uri_stem="/pixel.js", cache_behavior_path_pattern="*"),
            request(
                "page", **nothing_said, cs_uri_stem="/", cs_uri_query="e=purchase", cache_behavior_path_pattern="*"
            ),
            request("other function", viewer_request_log_data="tenant=7", cache_behavior_path_pattern="/api/*"),
            request("pixel"),
        ),
    )
    assert [row["request_id"] for row in rows()] == ["pixel", "realtime"]


def test_redirects_and_refusals_of_the_pixel_are_events_with_their_status() -> None:
    """The function does not run for them."""
    nothing_said = {"viewer_request_log_data": ""}
    add_hour("10", standard(request("to-https", **nothing_said, sc_status="301"), request("hit")))
    found = {row["request_id"]: (row["status"], row["visitor_key"]) for row in rows()}
    assert found["to-https"] == ("301", None)
    assert found["hit"][0] == "200"


def test_hits_of_an_old_path_are_found_by_what_the_function_says() -> None:
    add_hour("10", standard(request("old", cs_uri_stem="/old.gif", cache_behavior_path_pattern="/old.gif")))
    assert [row["request_id"] for row in rows()] == ["old", "realtime"]


@pytest.mark.parametrize("said", ["v=1&a=198.51.100.0", "v%3D1%26a%3D198.51.100.0", "v%253D1%2526a%253D198.51.100.0"])
def test_what_the_function_says_is_known_however_it_is_encoded(said: str) -> None:
    body = standard(request("hit", cache_behavior_path_pattern="/old.gif"))
    add_hour("10", body.replace(b"v%3D1%26a%3D198.51.100.0", said.encode()))
    assert "hit" in [row["request_id"] for row in rows()]


def test_a_hit_that_both_sources_have_is_counted_once() -> None:
    add_hour("10", standard(request("realtime"), request("standard")))
    subject = Subject(days=1)
    sql = subject_sql(answer_queries(), "aggregate-event-count", subject, subject.period(NOW, "UTC"))
    answer = ask_in_process(sql, NOW)
    counted = dict(zip(answer.columns, answer.rows[0], strict=True))
    assert counted["events"] == 2


def test_a_file_that_comes_twice_counts_once() -> None:
    body = standard(request("standard"))
    s3.put_object(NAME, f"{FOLDER}10/E1.2026-11-23-10.ffffffff.gz", gzip.compress(body), {})
    add_hour("10", body)
    found = rows("SELECT count(*) AS n, count(DISTINCT request_id) AS ids FROM events WHERE request_id = 'standard'")
    assert found == [{"n": "2", "ids": "1"}]


@pytest.mark.parametrize(
    ("condition", "read"),
    [
        ("dt || hour >= '2026-11-2310'", ["10"]),
        ("dt || hour >= '2026-11-2309'", ["09", "10"]),
        ("dt = '2026-11-23' AND hour = '09'", ["09"]),
        ("hour = '08'", []),
        ("true", ["09", "10"]),
    ],
)
def test_periods_read_the_hours_of_standard_logs_that_they_need(condition: str, read: list[str]) -> None:
    keys = {hour: add_hour(hour, standard(request(f"at-{hour}"))) for hour in ("09", "10")}
    sql = f"SELECT request_id, hour FROM events WHERE {condition} AND request_id <> 'realtime'"  # noqa: S608
    outcome = run_query(sql, NOW)
    assert sorted(outcome.rows) == [[f"at-{hour}", hour] for hour in read]
    of_realtime = stored_bytes(REALTIME_KEY) if "10" in read else 0
    assert outcome.scanned_bytes == sum(stored_bytes(keys[hour]) for hour in read) + of_realtime
