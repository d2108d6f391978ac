# SPDX-License-Identifier: Apache-2.0
"""The handler: what it reads, what it writes into the lake, what it asks, and what it tells."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlglot
from botocore.exceptions import ClientError

from tests.fakes.client import FakeClient
from tests.fakes.lambda_context import FakeContext
from tests.unit.hit_counter.conftest import ENVIRONMENT, NAMES, scheduled

YESTERDAY = ["2026-11-22", None, "24", "invocations", "100000", "99980", "20", "99.98"]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def run(hit_counter: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Invokes the handler. Gives what it returns, with the metrics that it sent as `metrics`."""

    def invoke(event: dict[str, Any] | None = None) -> Any:
        capsys.readouterr()
        returned = hit_counter.app.lambda_handler(event or scheduled(), FakeContext())
        lines = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in line)
        return returned | {"metrics": [line["Coverage"][0] for line in lines if "Coverage" in line]}

    return invoke


def written(s3: FakeClient, key: str) -> list[list[str]]:
    (held,) = [held for held in s3.service.buckets["lake"] if held["Key"] == key]
    return [line.split("\t") for line in held["Body"].decode().splitlines()]


def test_every_hour_that_is_over_gets_what_cloudfront_counted(
    run: Callable[..., Any], cloudwatch: FakeClient, s3: FakeClient
) -> None:
    counts = {at(19, 0): 7, at(22, 10): 1500, at(22, 23): 20, at(23, 3): 11, at(23, 5): 13, at(23, 6): 99}
    cloudwatch.service.sums = {("FunctionInvocations", hour): float(hits) for hour, hits in counts.items()}
    assert run()["hits"] == 7 + 1500 + 20 + 11 + 13
    yesterday = written(s3, "coverage/hits-made/2026-11-22.tsv")
    assert len(yesterday) == 24
    assert yesterday[10] == ["2026-11-22 10:00:00", "1500", "invocations", "true"]
    assert yesterday[11] == ["2026-11-22 11:00:00", "0", "invocations", "true"]
    today = written(s3, "coverage/hits-made/2026-11-23.tsv")
    assert [(row[0][11:13], row[1], row[3]) for row in today] == [
        ("00", "0", "true"), ("01", "0", "true"), ("02", "0", "true"), ("03", "11", "true"),
        ("04", "0", "false"), ("05", "13", "false"),
    ]  # fmt: skip


def test_it_asks_for_the_invocations_of_the_function_on_the_distribution(
    run: Callable[..., Any], cloudwatch: FakeClient
) -> None:
    run()
    assert cloudwatch.service.asked[0]["MetricStat"] == {
        "Metric": {
            "Namespace": "AWS/CloudFront",
            "MetricName": "FunctionInvocations",
            "Dimensions": [
                {"Name": "DistributionId", "Value": "E1EXAMPLE"},
                {"Name": "Region", "Value": "Global"},
                {"Name": "FunctionName", "Value": "edgepixel-1"},
            ],
        },
        "Period": 3600,
        "Stat": "Sum",
    }


def test_when_an_object_came_is_kept_for_both_layouts_and_not_for_folders(
    run: Callable[..., Any], s3: FakeClient
) -> None:
    for key, moment, body in (
        ("events/dt=2026-11-22/hour=09/a.gz", at(22, 9, 16), b"x"),
        ("events/dt=2026-11-22/hour=09/b.gz", at(22, 9, 31), b"x"),
        ("events/dt=2026-11-22/hour=10/c.gz", at(22, 10, 16), b"x"),
        ("events/dt=2026-11-22/hour=10/", at(22, 10), b""),
        ("events/year=2026/month=11/day=22/hour=10/E1.2026-11-22-10.0a1b.gz", at(22, 11), b"x"),
    ):
        s3.service.now = moment
        s3.service.put_object("lake", key, Body=body)
    assert run()["objects"] == 4
    assert written(s3, "coverage/objects/2026-11-22.tsv") == [
        ["s3://lake/events/dt=2026-11-22/hour=09/a.gz", "2026-11-22 09:16:00"],
        ["s3://lake/events/dt=2026-11-22/hour=09/b.gz", "2026-11-22 09:31:00"],
        ["s3://lake/events/dt=2026-11-22/hour=10/c.gz", "2026-11-22 10:16:00"],
        [
            "s3://lake/events/year=2026/month=11/day=22/hour=10/E1.2026-11-22-10.0a1b.gz",
            "2026-11-22 11:00:00",
        ],
    ]
    assert written(s3, "coverage/objects/2026-11-21.tsv") == []


def test_a_second_run_writes_the_same_again(run: Callable[..., Any], cloudwatch: FakeClient, s3: FakeClient) -> None:
    cloudwatch.service.sums = {("FunctionInvocations", at(22, 10)): 1500.0}
    run()
    before = {held["Key"]: held["Body"] for held in s3.service.buckets["lake"]}
    run()
    assert {held["Key"]: held["Body"] for held in s3.service.buckets["lake"]} == before
    assert len(before) == 10, "two objects for each of five days"


def test_yesterday_s_coverage_becomes_a_metric(run: Callable[..., Any], athena: FakeClient) -> None:
    hour = ["2026-11-22", "2026-11-22 10:00:00.000", "1", "invocations", "9000", "9", "8991", "0.1"]
    athena.service.rows = [NAMES, YESTERDAY, hour]
    result = run()
    assert (result["day"], result["percent"], result["metrics"]) == ("2026-11-22", 99.98, [99.98])


def test_the_saved_answer_is_asked_about_that_day_of_utc(run: Callable[..., Any], athena: FakeClient) -> None:
    athena.service.saved = athena.service.saved.replace("'UTC' /* time zone */", "'Asia/Kolkata' /* time zone */")
    run()
    (sql,) = athena.service.started
    assert "Kolkata" not in sql
    assert "current_timestamp" not in sql
    assert f"event_time >= from_unixtime({int(at(22, 0).timestamp())})" in sql
    assert f"event_time < from_unixtime({int(at(23, 0).timestamp())})" in sql
    assert "'UTC'" in sql
    sqlglot.parse_one(sql, read="trino")


@pytest.mark.parametrize(
    "row",
    [
        ["2026-11-22", None, "24", "invocations", "999", "10", "989", "1.0"],
        ["2026-11-22", None, "24", "invocations", None, "10", None, None],
        ["2026-11-21", None, "24", "invocations", "100000", "10", "99990", "0.01"],
        None,
    ],
)
def test_a_day_of_few_hits_and_a_day_that_is_not_known_send_no_metric(
    run: Callable[..., Any], athena: FakeClient, row: list[str | None] | None
) -> None:
    athena.service.rows = [NAMES] if row is None else [NAMES, row]
    assert run()["metrics"] == []


def test_what_athena_says_makes_the_run_fail(run: Callable[..., Any], athena: FakeClient) -> None:
    athena.service.states, athena.service.reason = ["RUNNING", "FAILED"], "TABLE_NOT_FOUND: pixel_events"
    with pytest.raises(RuntimeError, match="FAILED: TABLE_NOT_FOUND: pixel_events"):
        run()


def test_a_query_that_takes_too_long_is_stopped(hit_counter: SimpleNamespace, athena: FakeClient) -> None:
    athena.service.states = ["RUNNING"]
    with pytest.raises(hit_counter.aws_calls.QueryFailedError, match="has not finished"):
        hit_counter.app.lambda_handler(scheduled(), FakeContext(milliseconds=1_000))
    assert athena.service.stopped == ["group/edgepixel/1"]


def test_another_saved_query_is_refused(run: Callable[..., Any], athena: FakeClient) -> None:
    athena.service.saved = "SELECT 1"
    with pytest.raises(ValueError, match="lacks the marks"):
        run()


def test_sums_that_are_not_whole_are_not_written(
    run: Callable[..., Any], cloudwatch: FakeClient, s3: FakeClient
) -> None:
    cloudwatch.service.sums = {("FunctionInvocations", at(22, 10)): 1500.0}
    cloudwatch.service.status = "InternalError"
    with pytest.raises(RuntimeError, match="CloudWatch has not told all"):
        run()
    assert s3.service.buckets["lake"] == []


def test_an_error_of_the_lake_makes_the_run_fail(run: Callable[..., Any], s3: FakeClient) -> None:
    s3.fail_next["put_object"] = ["AccessDenied"]
    with pytest.raises(ClientError, match="AccessDenied"):
        run()


def test_without_the_function_the_distribution_s_requests_count(
    hit_counter: SimpleNamespace, cloudwatch: FakeClient, s3: FakeClient
) -> None:
    cloudwatch.service.sums = {("Requests", at(22, 10)): 12.0}
    settings = hit_counter.settings.Settings.from_environment(ENVIRONMENT | {"COUNTED": "requests"})
    calls = hit_counter.aws_calls.connect(settings)
    hit_counter.counting.read(calls, settings, [at(22, 0).date()], at(23, 6))
    assert written(s3, "coverage/hits-made/2026-11-22.tsv")[10][1:] == ["12", "requests", "true"]


def test_what_nobody_counts_is_empty_and_not_judged(
    hit_counter: SimpleNamespace, cloudwatch: FakeClient, s3: FakeClient, athena: FakeClient
) -> None:
    settings = hit_counter.settings.Settings.from_environment(ENVIRONMENT | {"COUNTED": "unknown"})
    calls = hit_counter.aws_calls.connect(settings)
    hit_counter.counting.read(calls, settings, [at(22, 0).date()], at(23, 6))
    assert written(s3, "coverage/hits-made/2026-11-22.tsv")[10] == ["2026-11-22 10:00:00", "", "unknown", "true"]
    assert hit_counter.counting.judge(calls, settings, at(22, 0).date(), lambda: 60.0) is None
    assert (cloudwatch.calls, athena.calls) == ([], [])
