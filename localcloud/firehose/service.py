# SPDX-License-Identifier: Apache-2.0
"""Firehose that reads a Kinesis stream: de-aggregation, buffering by size and time, GZIP, Firehose's key names.

MiniStack writes one plain object for each record; this takes its place for delivery streams with a Kinesis source and
an S3 destination. As in AWS, delivery starts with what is written after the delivery stream is there, and an object's
prefix has the arrival time of its oldest record. Unlike AWS, there is one buffer for each delivery stream, not for each
shard.

What is buffered when a delivery stream is deleted is still delivered when its time comes (AWS does not promise that),
tried once: its bucket may be gone too. What is buffered when the local cloud stops is lost with everything else in it.
"""

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localcloud.clock import Clock
from localcloud.firehose import destination_check, error_log
from localcloud.firehose.delivery_object import DeliveryObject, delivery_role, put, writes_lines
from localcloud.firehose.user_records import user_records
from localcloud.iam.principals import stream_names
from localcloud.ministack import firehose

_logger = logging.getLogger("localcloud.delivery")

_MEGABYTE = 1 << 20
_DEFAULT_SECONDS, _DEFAULT_MEGABYTES = 300, 5  # BufferingHints' own defaults
_RETRY_SECONDS = 5.0  # real ones: the clock's speed would make a broken bucket a busy loop

type Record = tuple[str, bytes]  # partition key, data
type Put = Callable[[DeliveryObject], None]
type MayRead = Callable[[dict[str, Any]], None]
_READS = ("DescribeStream", "ListShards", "GetShardIterator", "GetRecords")


@dataclass
class _Buffer:
    """What waits to become one object. `due`: when, by time.monotonic(); `context`: the stream's account and Region."""

    stream: dict[str, Any]
    context: contextvars.Context
    due: float
    oldest_arrival: float = field(default_factory=time.time)
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    object: DeliveryObject | None = None  # once made, so that a retry writes the same key


class Delivery:
    """The buffers of all delivery streams, and what empties them.

    `put_object` writes an object or raises; `may_read` raises if a delivery stream may not read its source, whose
    records then wait as they would wait in the source.
    """

    def __init__(self, clock: Clock, put_object: Put, may_read: MayRead) -> None:
        self._clock = clock
        self._put = put_object
        self._may_read = may_read
        self._open: dict[int, _Buffer] = {}  # id() of the delivery stream: one made anew under its name is another one
        self._closed: list[_Buffer] = []  # full, or to be tried again
        self._changed = threading.Condition()

    def add(self, stream: dict[str, Any], data: Sequence[bytes]) -> None:
        """Buffer user records for a delivery stream of the current account and Region."""
        hints = stream["destinations"][0]["config"].get("BufferingHints") or {}
        # CloudFormation hands numbers over as text.
        seconds = self._clock.real_seconds(float(hints.get("IntervalInSeconds", _DEFAULT_SECONDS)))
        limit = int(hints.get("SizeInMBs", _DEFAULT_MEGABYTES)) * _MEGABYTE
        with self._changed:
            for part in data:
                buffer = self._open.get(id(stream))
                if buffer is None:
                    buffer = _Buffer(stream, contextvars.copy_context(), time.monotonic() + seconds)
                    self._open[id(stream)] = buffer
                buffer.parts.append(part)
                buffer.size += len(part)
                if buffer.size >= limit:
                    buffer.due = time.monotonic()
                    self._closed.append(self._open.pop(id(stream)))
            self._changed.notify()

    def run(self) -> None:
        """Deliver what is full or due, forever."""
        while True:
            self.deliver(self.wait())

    def wait(self) -> list[_Buffer]:
        """Wait until buffers are due, and take them out."""
        with self._changed:
            while not (ready := self._take_due()):
                waiting = [buffer.due for buffer in (*self._open.values(), *self._closed)]
                self._changed.wait(max(0.0, min(waiting) - time.monotonic()) if waiting else None)
            return ready

    def deliver(self, buffers: Sequence[_Buffer]) -> None:
        """Write each buffer's object. One that fails is tried again, as long as its delivery stream is there."""
        for buffer in buffers:
            try:
                buffer.context.run(self._deliver, buffer)
            except Exception as error:  # whatever it is, the other delivery streams go on
                self._failed(buffer, error)

    def _deliver(self, buffer: _Buffer) -> None:
        if buffer.object is None:
            buffer.object = DeliveryObject.of(buffer.stream, buffer.parts, buffer.oldest_arrival)
            buffer.parts.clear()
        self._may_read(buffer.stream)
        self._put(buffer.object)

    def _failed(self, buffer: _Buffer, error: Exception) -> None:
        name = buffer.stream["name"]
        if not buffer.context.run(_exists, buffer.stream):
            _logger.warning("%s was deleted with %d bytes that nothing takes: %s", name, buffer.size, error)
            return
        _logger.warning("delivery of %s failed and will be retried in %.0f s: %s", name, _RETRY_SECONDS, error)
        buffer.context.run(error_log.write, buffer.stream, error)
        buffer.due = time.monotonic() + _RETRY_SECONDS
        with self._changed:
            self._closed.append(buffer)

    def _take_due(self) -> list[_Buffer]:
        now = time.monotonic()
        ready = [buffer for buffer in self._closed if buffer.due <= now]
        self._closed = [buffer for buffer in self._closed if buffer.due > now]
        for key in [key for key, buffer in self._open.items() if buffer.due <= now]:
            ready.append(self._open.pop(key))
        return ready


def install(clock: Clock) -> None:
    """Take the place of MiniStack's forwarding from Kinesis to Firehose, and refuse what AWS refuses."""
    destination_check.install()
    delivery = Delivery(clock, put, check_source)
    threading.Thread(target=delivery.run, name="localcloud-delivery", daemon=True).start()

    def ingest_from_kinesis_source(stream_arn: str, records: Sequence[Record]) -> None:
        readers = _readers(stream_arn)
        data = [record for _, raw in records for record in user_records(raw)] if readers else []
        for stream in readers:
            destination = stream["destinations"][0]
            if writes_lines(destination["config"]):
                delivery.add(stream, data)
            else:
                # What needs one object or more for each record (Lambda, dynamic partitions, Parquet) is MiniStack's.
                firehose.deliver_each_record(stream, destination, [(firehose.new_record_id(), part) for part in data])

    firehose.ingest_from_kinesis_source.replace(ingest_from_kinesis_source)


def check_source(stream: Mapping[str, Any]) -> None:
    """Raise AccessDeniedError unless a delivery stream's role may read the Kinesis stream that is its source.

    Actions: Amazon Data Firehose Developer Guide, "Grant Firehose access to a Kinesis stream" (controlling-access).
    """
    source = stream["kinesis_source"]
    role = delivery_role(source["RoleARN"])
    for action in _READS:
        role.check(f"kinesis:{action}", **stream_names(source["KinesisStreamARN"]))


def _readers(stream_arn: str) -> list[dict[str, Any]]:
    """The active delivery streams of the current account and Region that read a stream and write to S3."""
    return [
        stream
        for stream in firehose.streams.values()
        if stream.get("type") == "KinesisStreamAsSource"
        and stream.get("status") == "ACTIVE"
        and (stream.get("kinesis_source") or {}).get("KinesisStreamARN") == stream_arn
        and any(destination["type"] in ("ExtendedS3", "S3") for destination in stream["destinations"][:1])
    ]


def _exists(stream: dict[str, Any]) -> bool:
    return firehose.streams.get(stream["name"]) is stream
