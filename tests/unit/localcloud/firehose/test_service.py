# SPDX-License-Identifier: Apache-2.0
"""Delivery buffers by size and time, one object for each full or due buffer, and gives nothing up."""

import gzip
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aws_kinesis_agg.aggregator import RecordAggregator

from localcloud.clock import Clock
from localcloud.firehose import service
from localcloud.firehose.delivery_object import DeliveryObject
from localcloud.firehose.service import Delivery
from localcloud.ministack import firehose
from localcloud.ministack.server import account_id, request_scope
from tests.roles import role_arn

MEGABYTE = 1 << 20
RAW = "arn:aws:kinesis:us-east-1:000000000000:stream/raw"


def _stream(**changes: Any) -> dict[str, Any]:
    config = {"BucketARN": "arn:aws:s3:::lake", "CompressionFormat": "GZIP", "Prefix": "events/"}
    config["RoleARN"] = role_arn("delivery")
    config["BufferingHints"] = {"IntervalInSeconds": 900, "SizeInMBs": 1}
    return {
        "name": "delivery",
        "type": "KinesisStreamAsSource",
        "status": "ACTIVE",
        "kinesis_source": {"KinesisStreamARN": RAW, "RoleARN": role_arn("delivery")},
        "destinations": [{"type": "ExtendedS3", "config": config | changes}],
    }


def anything(_: object) -> None:
    """The role of every delivery stream may read its source."""


class FakeS3:
    """Takes objects, after refusing the first so many attempts."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.attempted: list[str] = []
        self.bodies: list[bytes] = []
        self.accounts: list[str] = []

    def put(self, delivered: DeliveryObject) -> None:
        self.attempted.append(delivered.key)
        if len(self.attempted) <= self.refusals:
            raise OSError("no such bucket")
        self.bodies.append(gzip.decompress(delivered.body))
        self.accounts.append(account_id())


@pytest.fixture
def streams() -> Iterator[None]:
    """Room for delivery streams."""
    yield
    firehose.reset()


def test_a_full_buffer_is_delivered_at_once_and_the_rest_waits() -> None:
    s3 = FakeS3()
    deliveries = Delivery(Clock(), s3.put, anything)
    parts = [bytes([letter]) * (MEGABYTE // 2) for letter in b"abc"]
    deliveries.add(_stream(), parts)
    deliveries.deliver(deliveries.wait())
    assert s3.bodies == [parts[0] + parts[1]]


def test_a_buffer_is_delivered_after_its_interval_at_the_clock_s_speed() -> None:
    s3 = FakeS3()
    deliveries = Delivery(Clock(speed=3000), s3.put, anything)
    started = time.monotonic()
    deliveries.add(_stream(), [b"one\n"])
    deliveries.add(_stream() | {"name": "other"}, [b"three\n"])
    deliveries.deliver(deliveries.wait())
    assert 0.3 <= time.monotonic() - started < 90  # and not 900, however slow the machine
    assert b"one\n" in s3.bodies


def test_hints_are_numbers_or_cloudformation_s_texts_of_them() -> None:
    s3 = FakeS3()
    deliveries = Delivery(Clock(speed=9000), s3.put, anything)
    deliveries.add(_stream(BufferingHints={"IntervalInSeconds": "900", "SizeInMBs": "1"}), [b"one\n"])
    deliveries.deliver(deliveries.wait())
    assert s3.bodies == [b"one\n"]


def test_records_of_one_interval_share_an_object_in_order() -> None:
    s3, stream = FakeS3(), _stream()
    deliveries = Delivery(Clock(speed=9000), s3.put, anything)
    deliveries.add(stream, [b"one\n", b"two\n"])
    deliveries.add(stream, [b"three\n"])
    deliveries.deliver(deliveries.wait())
    assert s3.bodies == [b"one\ntwo\nthree\n"]


def test_a_failed_put_is_tried_again_under_the_same_key(
    streams: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "_RETRY_SECONDS", 0.01)
    s3, stream = FakeS3(refusals=2), _stream()
    firehose.streams["delivery"] = stream
    deliveries = Delivery(Clock(speed=9000), s3.put, anything)
    deliveries.add(stream, [b"one\n"])
    for _ in range(3):
        deliveries.deliver(deliveries.wait())
    assert s3.bodies == [b"one\n"]
    assert len(s3.attempted) == 3
    assert len(set(s3.attempted)) == 1
    assert caplog.text.count("will be retried") == 2


def test_what_a_deleted_delivery_stream_leaves_is_tried_once(streams: None, caplog: pytest.LogCaptureFixture) -> None:
    s3, stream = FakeS3(refusals=1), _stream()
    deliveries = Delivery(Clock(speed=9000), s3.put, anything)
    deliveries.add(stream, [b"one\n"])
    with caplog.at_level(logging.WARNING):
        deliveries.deliver(deliveries.wait())
    assert "was deleted with 4 bytes" in caplog.text
    assert not deliveries._closed


def test_a_delivery_stream_made_anew_does_not_inherit_the_old_one_s_buffer() -> None:
    s3 = FakeS3()
    deliveries = Delivery(Clock(speed=9000), s3.put, anything)
    old, new = _stream(Prefix="old/"), _stream(Prefix="new/")
    deliveries.add(old, [b"one\n"])
    deliveries.add(new, [b"two\n"])
    time.sleep(0.2)  # both are due after 0.1 s
    deliveries.deliver(deliveries.wait())
    assert sorted(key.partition("/")[0] for key in s3.attempted) == ["new", "old"]


def test_an_object_is_written_in_the_account_of_its_delivery_stream() -> None:
    s3 = FakeS3()
    deliveries = Delivery(Clock(speed=9000), s3.put, anything)
    with request_scope("111111111111", "us-east-1"):
        deliveries.add(_stream(), [b"one\n"])
    deliveries.deliver(deliveries.wait())
    assert s3.accounts == ["111111111111"]


def _installed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[bytes]]]:
    added: list[tuple[str, list[bytes]]] = []
    monkeypatch.setattr(Delivery, "run", lambda _: None)
    monkeypatch.setattr(Delivery, "add", lambda _, stream, data: added.append((stream["name"], list(data))))
    service.install(Clock())
    return added


def test_aggregates_are_taken_apart_before_they_are_buffered(streams: None, monkeypatch: pytest.MonkeyPatch) -> None:
    added = _installed(monkeypatch)
    firehose.streams["delivery"] = _stream()
    aggregator = RecordAggregator()
    for part in (b"one\n", b"two\n"):
        aggregator.add_user_record("key", part)
    firehose.ingest_from_kinesis_source(RAW, [("k", aggregator.clear_and_get().get_contents()[2]), ("k", b"three\n")])
    assert added == [("delivery", [b"one\n", b"two\n", b"three\n"])]


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "DirectPut"},
        {"status": "CREATING"},
        {"kinesis_source": {"KinesisStreamARN": f"{RAW}2"}},
        {"destinations": []},
        {"destinations": [{"type": "HttpEndpoint", "config": {}}]},
    ],
)
def test_delivery_streams_of_another_kind_or_source_take_nothing(
    changes: dict[str, Any], streams: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = _installed(monkeypatch)
    firehose.streams["delivery"] = _stream() | changes
    firehose.ingest_from_kinesis_source(RAW, [("k", b"one\n")])
    assert added == []


def test_what_transforms_records_is_left_to_ministack(streams: None, monkeypatch: pytest.MonkeyPatch) -> None:
    added, left = _installed(monkeypatch), []
    processing = {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": []}]}
    firehose.streams["delivery"] = _stream(ProcessingConfiguration=processing)
    monkeypatch.setattr(firehose, "deliver_each_record", lambda *taken: left.append([data for _, data in taken[2]]))
    firehose.ingest_from_kinesis_source(RAW, [("k", b"one\n")])
    assert (added, left) == ([], [[b"one\n"]])
