# SPDX-License-Identifier: Apache-2.0
"""The handler: at least once, never less, whatever Kinesis and S3 do."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from localcloud.user_records import user_records
from tests.unit.aggregator.conftest import kinesis_event, log_line
from tests.unit.fake_aws import client_error
from tests.unit.lambda_context import FakeContext


class Kinesis:
    """Takes what `refuse` lets through. It is asked with the number of the request and of the record in it."""

    def __init__(self, refuse: Callable[[int, int], bool] = lambda request, record: False) -> None:
        self.refuse = refuse
        self.errors: list[Exception] = []
        self.requests: list[list[bytes]] = []
        self.taken: list[bytes] = []

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:
        self.requests.append([record["Data"] for record in Records])
        if self.errors:
            raise self.errors.pop(0)
        entries = []
        for number, record in enumerate(Records):
            if self.refuse(len(self.requests) - 1, number):
                entries.append({"ErrorCode": "ProvisionedThroughputExceededException"})
            else:
                self.taken.append(record["Data"])
                entries.append({"SequenceNumber": "1", "ShardId": "shardId-000000000000"})
        return {"FailedRecordCount": sum("ErrorCode" in entry for entry in entries), "Records": entries}

    def lines(self) -> list[bytes]:
        return [line for data in self.taken for block in user_records(data) for line in block.splitlines()]


class S3:
    """Keeps objects, or raises."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.error: Exception | None = None

    def put_object(self, Bucket: str, Key: str, Body: bytes, **_: str) -> None:
        if self.error:
            raise self.error
        self.objects[Key] = Body

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for body in self.objects.values() for line in gzip.decompress(body).splitlines()]


@pytest.fixture
def run(aggregator: SimpleNamespace) -> Callable[..., Any]:
    """Run the handler on payloads with fakes, and without pauses. Gives its answer."""

    def run_handler(payloads: list[bytes | str], kinesis: Kinesis, s3: S3, milliseconds: int = 60_000) -> Any:
        aggregator.app.batches = aggregator.batch.Batches(
            aggregator.app.settings,
            aggregator.aws.AggregatedStream(kinesis, "aggregated", sleep=lambda seconds: None),
            lambda: aggregator.aws.Quarantine(s3, "lake"),
        )
        return aggregator.app.lambda_handler(kinesis_event(payloads), FakeContext(milliseconds=milliseconds))

    return run_handler


def _protected(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"192.0.2.77", b"192.0.2.0") for line in lines]


def test_an_empty_batch_is_done(run: Callable[..., Any]) -> None:
    kinesis = Kinesis()
    assert run([], kinesis, S3()) == {"batchItemFailures": []}
    assert kinesis.requests == []


def test_every_line_is_sent_once_in_order_without_its_full_address(run: Callable[..., Any]) -> None:
    kinesis, lines = Kinesis(), [log_line(number) for number in range(1000)]
    assert run(lines, kinesis, S3()) == {"batchItemFailures": []}
    assert kinesis.lines() == _protected(lines)


def test_a_poisoned_line_is_kept_apart_while_its_499_neighbours_go_on(run: Callable[..., Any]) -> None:
    kinesis, s3 = Kinesis(), S3()
    lines = [log_line(number) for number in range(499)]
    assert run([*lines[:200], b"poison", *lines[200:]], kinesis, s3) == {"batchItemFailures": []}
    assert kinesis.lines() == _protected(lines)
    (entry,) = s3.entries()
    assert (entry["reason"], base64.b64decode(entry["line"])) == ("field_count", b"poison")
    assert (entry["shard"], entry["sequence_number"]) == ("shardId-000000000000", "1200")
    assert list(s3.objects) == ["quarantine/dt=2025-11-23/hour=09/shardId-000000000000-1200.jsonl.gz"]


def test_a_retry_of_a_batch_writes_the_same_quarantine_object(run: Callable[..., Any]) -> None:
    s3 = S3()
    run([b"poison"], Kinesis(), s3)
    before = dict(s3.objects)
    run([b"poison"], Kinesis(), s3)
    assert s3.objects == before


def test_only_refused_records_are_sent_again(run: Callable[..., Any]) -> None:
    kinesis = Kinesis(refuse=lambda request, record: request == 0 and record == 1)
    lines = [log_line(number, padding=300) for number in range(500)]
    assert run(lines, kinesis, S3()) == {"batchItemFailures": []}
    assert [len(request) for request in kinesis.requests[1:]] == [1]
    assert kinesis.requests[1] == [kinesis.requests[0][1]]
    assert sorted(kinesis.lines()) == sorted(_protected(lines))


def test_failed_requests_are_tried_again(run: Callable[..., Any]) -> None:
    kinesis = Kinesis()
    kinesis.errors = [client_error("InternalFailure"), EndpointConnectionError(endpoint_url="https://kinesis")]
    lines = [log_line(number) for number in range(10)]
    assert run(lines, kinesis, S3()) == {"batchItemFailures": []}
    assert kinesis.lines() == _protected(lines)


def test_the_first_unsent_line_s_record_is_reported_when_time_runs_out(run: Callable[..., Any]) -> None:
    kinesis = Kinesis(refuse=lambda request, record: record >= 1)
    lines = [log_line(number, padding=300) for number in range(500)]
    answer = run(lines, kinesis, S3(), milliseconds=10_050)
    (failure,) = answer["batchItemFailures"]
    sent = len(kinesis.lines())
    assert 0 < sent < 500
    assert failure["itemIdentifier"] == str(1000 + sent)


def test_nothing_is_acknowledged_when_there_is_no_time_to_begin(run: Callable[..., Any]) -> None:
    kinesis = Kinesis()
    answer = run([log_line(1), log_line(2)], kinesis, S3(), milliseconds=500)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1000"}]}
    assert kinesis.requests == []


def test_a_record_whose_lines_are_only_partly_sent_comes_again_whole(run: Callable[..., Any]) -> None:
    kinesis = Kinesis(refuse=lambda request, record: record >= 1)
    many = b"\n".join(log_line(number, padding=300) for number in range(500))
    answer = run([log_line(), many], kinesis, S3(), milliseconds=10_050)
    assert kinesis.lines()
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1001"}]}


def test_nothing_is_acknowledged_while_quarantine_cannot_be_written(run: Callable[..., Any]) -> None:
    kinesis, s3 = Kinesis(), S3()
    s3.error = client_error("SlowDown")
    answer = run([log_line(1), b"poison"], kinesis, s3)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1000"}]}
    assert kinesis.requests == []


def test_logs_hold_neither_addresses_nor_agents_nor_queries(
    aggregator: SimpleNamespace, run: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    log = io.StringIO()
    aggregator.app.logger.registered_handler.setStream(log)
    run([log_line(1), b"203.0.113.9\tsecret", "not base64 secret"], Kinesis(), S3())
    printed = log.getvalue() + capsys.readouterr().out
    assert '"lines_quarantined":2' in printed
    assert not [text for text in ("192.0.2", "203.0.113", "Mozilla", "e=view", "secret") if text in printed]


def test_metrics_are_published_once_a_batch(run: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    run([log_line(1), log_line(2), b"poison"], Kinesis(), S3())
    (metrics,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (metrics["LinesIn"], metrics["LinesOut"], metrics["LinesQuarantined"]) == ([3], [2], [1])
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "EdgePixel"
