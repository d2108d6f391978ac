# SPDX-License-Identifier: Apache-2.0
"""A batch through the handler: what arrives, what is kept, what must come again, and what is told about it."""

import base64
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.client import FakeClient
from tests.fakes.kinesis import Kinesis
from tests.fakes.lambda_context import FakeContext
from tests.fakes.s3 import S3
from tests.unit.aggregator.raw_stream import (
    AGGREGATED_STREAM,
    DONE,
    FIELDS,
    SHARD,
    entries_of,
    event,
    failure,
    line,
    lines_of,
    sequence_number,
)

THROTTLED = "ProvisionedThroughputExceededException"


def request_number(log_line: bytes) -> int:
    return int(log_line.split(b"\t")[FIELDS.index("x-edge-request-id")].removeprefix(b"request-"))


def handle(aggregator: SimpleNamespace, batch: dict[str, Any], milliseconds: int = 60_000) -> Any:
    return aggregator.app.lambda_handler(batch, FakeContext(milliseconds=milliseconds))


def no_time_for_a_retry(aggregator: SimpleNamespace, kinesis: FakeClient, *positions: int) -> int:
    """Make entries of the first call fail. Returns milliseconds that are too few for a second call."""
    kinesis.service = Kinesis(AGGREGATED_STREAM, lambda call, position: THROTTLED if position in positions else None)
    aggregator.app.aggregator._stream._jitter = lambda shortest, longest: 1.0
    return int(aggregator.destinations.CALL_MILLISECONDS)


def test_an_empty_batch_is_done(aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient) -> None:
    assert handle(aggregator, {"Records": []}) == DONE
    assert (kinesis.calls, s3.calls) == ([], [])


def test_a_batch_of_blank_lines_is_done(aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient) -> None:
    assert handle(aggregator, event(b"", b"\n", b"\r\n\n")) == DONE
    assert (kinesis.calls, s3.calls) == ([], [])


def test_every_line_arrives_once_and_in_order(aggregator: SimpleNamespace, kinesis: FakeClient) -> None:
    lines = [line(number) for number in range(200)]
    records = [lines[0], b"\n".join(lines[1:90]), b"\r\n".join(lines[90:199]) + b"\r\n", lines[199] + b"\n"]
    assert handle(aggregator, event(*records)) == DONE
    assert lines_of(kinesis.service.taken) == lines


def test_addresses_and_headers_are_cut_before_lines_are_sent(aggregator: SimpleNamespace, kinesis: FakeClient) -> None:
    handle(aggregator, event(line(address="192.0.2.77", headers="X-Forwarded-For:192.0.2.78%0APurpose:prefetch%0A")))
    assert lines_of(kinesis.service.taken) == [line(address="192.0.2.0", headers="purpose:prefetch")]


def test_a_poisoned_line_is_kept_and_its_499_neighbours_arrive(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    lines = [line(number) for number in range(499)]
    poison = b"\x00poison\t" * 3
    assert handle(aggregator, event(*lines[:250], poison, *lines[250:])) == DONE
    assert lines_of(kinesis.service.taken) == lines
    (entry,) = entries_of(s3.service.buckets["lake"])
    assert (entry["reason"], base64.b64decode(entry["line"])) == ("field_count", poison)
    assert (entry["shard"], entry["sequence_number"]) == (SHARD, sequence_number(250))


def test_unknown_fields_are_cut_off_and_counted(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient, capsys: pytest.CaptureFixture[str]
) -> None:
    more = line(2) + b"\t198.51.100.77\tunknown"
    assert handle(aggregator, event(line(1) + b"\n", more + b"\n", line(3) + b"\n" + more)) == DONE
    assert lines_of(kinesis.service.taken) == [line(1), line(2), line(3), line(2)]
    assert s3.service.buckets["lake"] == []
    (metrics,) = (json.loads(text) for text in capsys.readouterr().out.splitlines() if "_aws" in text)
    assert (metrics["LinesWithMoreFields"], metrics["LinesIn"], metrics["LinesOut"]) == ([2], [4], [4])


def test_a_bad_line_does_not_hold_back_its_own_record(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    assert handle(aggregator, event(line(1) + b"\nbad\n" + line(2), "not base64")) == DONE
    assert lines_of(kinesis.service.taken) == [line(1), line(2)]
    assert [entry["reason"] for entry in entries_of(s3.service.buckets["lake"])] == ["field_count", "not_base64"]


def test_a_line_that_fits_no_kinesis_record_is_kept(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    fits = aggregator.packing.LONGEST_LINE_BYTES - len(line(query=""))
    longest, too_long = line(query="x" * fits), line(query="x" * (fits + 1))
    assert handle(aggregator, event(longest, too_long)) == DONE
    assert lines_of(kinesis.service.taken) == [longest]
    assert [base64.b64decode(entry["line"]) for entry in entries_of(s3.service.buckets["lake"])] == [too_long]


def test_a_retry_writes_the_same_quarantine_object_and_the_same_aggregates(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    batch = event(line(1), b"bad", line(2), b"worse")
    handle(aggregator, batch)
    handle(aggregator, batch)
    first, second = [arguments for name, arguments in s3.calls if name == "put_object"]
    assert first == second
    assert len(s3.service.buckets["lake"]) == 1
    assert kinesis.service.taken[0] == kinesis.service.taken[1]


def test_bad_lines_are_kept_before_good_ones_are_sent(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    order: list[str] = []
    kinesis_service, s3_service = kinesis.service, s3.service
    kinesis.service = SimpleNamespace(
        put_records=lambda **arguments: order.append("put") or kinesis_service.put_records(**arguments)
    )
    s3.service = SimpleNamespace(
        put_object=lambda **arguments: order.append("keep") or s3_service.put_object(**arguments)
    )
    handle(aggregator, event(line(1), b"bad"))
    assert order == ["keep", "put"]


def test_a_batch_whose_bad_lines_cannot_be_kept_comes_again_from_the_first_of_them(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    s3.fail_next = {"put_object": ["SlowDown"]}
    assert handle(aggregator, event(line(0), line(1), line(2) + b"\nbad\n", line(3), b"bad")) == failure(2)
    assert lines_of(kinesis.service.taken) == [line(0), line(1)]


def test_an_aggregate_that_fails_after_bad_lines_could_not_be_kept_decides(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    s3.fail_next = {"put_object": ["SlowDown"]}
    milliseconds = no_time_for_a_retry(aggregator, kinesis, 0)
    assert handle(aggregator, event(b"", line(1), line(2), b"bad", line(3)), milliseconds) == failure(1)


def test_throttled_aggregates_are_sent_again_and_the_batch_is_done(
    aggregator: SimpleNamespace, kinesis: FakeClient
) -> None:
    aggregator.app.aggregator._stream._sleep = lambda seconds: None
    kinesis.service = Kinesis(
        AGGREGATED_STREAM, lambda call, position: THROTTLED if call == 0 and position % 2 else None
    )
    lines = [line(number, query="x" * 500) for number in range(100)]
    assert handle(aggregator, event(*lines)) == DONE
    assert sorted(lines_of(kinesis.service.taken), key=request_number) == lines


def test_without_time_nothing_is_sent_and_the_batch_comes_again_whole(
    aggregator: SimpleNamespace, kinesis: FakeClient
) -> None:
    assert handle(aggregator, event(line(1), line(2)), milliseconds=1000) == failure(0)
    assert kinesis.calls == []


def test_records_without_lines_before_the_first_unsent_one_are_done(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient
) -> None:
    milliseconds = no_time_for_a_retry(aggregator, kinesis, 0)
    assert handle(aggregator, event(b"\n", b"bad", line(1)), milliseconds) == failure(2)
    assert len(entries_of(s3.service.buckets["lake"])) == 1


def test_a_record_that_spans_a_sent_and_an_unsent_aggregate_comes_again(
    aggregator: SimpleNamespace, kinesis: FakeClient
) -> None:
    many = [line(number, query="x" * 500) for number in range(60)]
    milliseconds = no_time_for_a_retry(aggregator, kinesis, 1)
    assert handle(aggregator, event(many[0], b"\n".join(many[1:])), milliseconds) == failure(1)
    assert lines_of(kinesis.service.taken)[0] == many[0]


@given(
    records=st.lists(st.lists(st.sampled_from(["good", "long", "bad", "blank"]), max_size=12), max_size=25),
    failing=st.sets(st.integers(0, 12)),
    quarantine_fails=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_what_is_not_reported_has_arrived_or_is_kept(
    aggregator: SimpleNamespace,
    kinesis: FakeClient,
    s3: FakeClient,
    records: list[list[str]],
    failing: set[int],
    quarantine_fails: bool,
) -> None:
    number, content = 0, []
    for kinds in records:
        texts = []
        for kind in kinds:
            number += 1
            good = line(number, query="x" * (2000 if kind == "long" else 20))
            texts.append({"good": good, "long": good, "bad": b"bad %d" % number, "blank": b""}[kind])
        content.append(texts)
    s3.service = S3({"lake": []})
    s3.fail_next = {"put_object": ["SlowDown"] * quarantine_fails}
    milliseconds = no_time_for_a_retry(aggregator, kinesis, *failing)
    result = handle(aggregator, event(*(b"\n".join(texts) for texts in content)), milliseconds)

    acknowledged = next(
        (place for place in range(len(records)) if result == failure(place)), len(records) if result == DONE else -1
    )
    assert acknowledged >= 0
    arrived = set(lines_of(kinesis.service.taken))
    kept = {base64.b64decode(entry["line"]) for entry in entries_of(s3.service.buckets["lake"])}
    expected = {text for texts in content[:acknowledged] for text in texts if text}
    assert expected <= arrived | kept
    assert arrived.isdisjoint(kept)
    # And no more comes again than must: the reported record holds something that did not get through.
    if acknowledged < len(records):
        assert not {text for text in content[acknowledged] if text} <= arrived | kept


def test_a_fault_of_the_code_fails_the_batch(aggregator: SimpleNamespace) -> None:
    batch = event(line(1))
    del batch["Records"][0]["kinesis"]["sequenceNumber"]
    with pytest.raises(KeyError), pytest.warns(UserWarning, match="No application metrics"):
        handle(aggregator, batch)


@pytest.fixture
def told(
    aggregator: SimpleNamespace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    """Handles a batch with a bit of everything; gives every line of output, from JSON."""
    stream = io.StringIO()
    monkeypatch.setattr(aggregator.app.logger.registered_handler, "stream", stream)
    handle(aggregator, event(line(1, address="192.0.2.77"), line(2), b"192.0.2.78\tsecret", "secret!"))
    return [json.loads(text) for text in (stream.getvalue() + capsys.readouterr().out).splitlines()]


def test_one_summary_and_one_set_of_metrics_are_told_of_a_batch(told: list[dict[str, Any]]) -> None:
    summary, metrics = told
    assert (summary["level"], summary["message"], summary["service"]) == ("INFO", "Batch aggregated", "aggregator")
    assert (summary["records"], summary["lines_in"], summary["lines_out"]) == (4, 4, 2)
    assert summary["quarantine_reasons"] == {"field_count": 1, "not_base64": 1}
    (directive,) = metrics["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("EdgePixel", [["service"]])
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == {
        "LinesIn": "Count",
        "LinesOut": "Count",
        "LinesQuarantined": "Count",
        "AggregatesOut": "Count",
        "PutRetries": "Count",
        "PackingEfficiency": "Percent",
    }
    assert (metrics["LinesIn"], metrics["LinesOut"], metrics["LinesQuarantined"]) == ([4], [2], [2])
    assert 0 < metrics["PackingEfficiency"][0] < 100


def test_nothing_of_a_line_is_told(told: list[dict[str, Any]]) -> None:
    text = json.dumps(told)
    assert not [secret for secret in ("192.0.2", "198.51.100", "Browser", "e=view", "secret") if secret in text]


def test_an_empty_batch_has_metrics_too_and_no_efficiency(
    aggregator: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    handle(aggregator, {"Records": []})
    metrics = json.loads(capsys.readouterr().out)
    assert metrics["LinesIn"] == [0]
    assert "PackingEfficiency" not in metrics


def test_a_batch_that_must_come_again_is_a_warning_with_its_causes(
    aggregator: SimpleNamespace, kinesis: FakeClient, s3: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(aggregator.app.logger.registered_handler, "stream", stream)
    s3.fail_next = {"put_object": ["SlowDown"]}
    handle(aggregator, event(line(1), b"bad"), no_time_for_a_retry(aggregator, kinesis, 0))
    summary = json.loads(stream.getvalue())
    assert (summary["level"], summary["first_unsent"]) == ("WARNING", sequence_number(0))
    assert (summary["put_errors"], summary["quarantine_error"]) == ({THROTTLED: 1}, "SlowDown")
    assert (summary["lines_out"], summary["lines_quarantined"], summary["aggregates_out"]) == (0, 0, 0)
