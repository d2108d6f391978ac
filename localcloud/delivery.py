# SPDX-License-Identifier: Apache-2.0
"""Firehose that reads a Kinesis stream: de-aggregation, buffering by size and time, GZIP, Firehose's key names.

MiniStack writes one plain object for each record; this takes its place for delivery streams with a Kinesis source. As
in AWS, delivery starts with what is written after the delivery stream is active, an object's prefix has the arrival
time of its oldest record, and no delimiter is added. Unlike AWS, there is one buffer for each delivery stream, not for
each shard.
"""

import contextvars
import gzip
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import firehose, s3

from localcloud.clock import Clock
from localcloud.user_records import user_records

_logger = logging.getLogger("localcloud.delivery")

_MEGABYTE = 1 << 20
_DEFAULT_SECONDS, _DEFAULT_MEGABYTES = 300, 5  # BufferingHints' own defaults
_RETRY_SECONDS = 5.0
_PUT_TIMEOUT_SECONDS = 60.0

type Key = tuple[str, str, str]  # account, Region, delivery stream


@dataclass
class _Buffer:
    """What waits to become one object. `due`: when, by time.monotonic()."""

    stream: dict[str, Any]
    context: contextvars.Context
    due: float
    oldest_arrival: float = field(default_factory=time.time)
    parts: list[bytes] = field(default_factory=list)
    size: int = 0


class Delivery:
    """The buffers of all delivery streams, and the thread that empties them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buffers: dict[Key, _Buffer] = {}
        self._full: list[_Buffer] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="delivery", daemon=True).start()

    def ingest(self, stream_arn: str, records: Sequence[tuple[str, bytes]]) -> None:
        """Take records (partition key, data) that were just written to a stream."""
        for stream in _readers(stream_arn):
            data = [user_record for _, raw in records for user_record in user_records(raw)]
            with self._changed:
                self._add(stream, data)
                self._changed.notify()

    def _add(self, stream: dict[str, Any], data: list[bytes]) -> None:
        hints = _destination(stream).get("BufferingHints") or {}
        seconds = float(hints.get("IntervalInSeconds", _DEFAULT_SECONDS))
        limit = int(hints.get("SizeInMBs", _DEFAULT_MEGABYTES)) * _MEGABYTE
        key = (get_account_id(), get_region(), stream["name"])
        for part in data:
            buffer = self._buffers.get(key)
            if buffer is None:
                due = time.monotonic() + self._clock.real_seconds(seconds)
                buffer = self._buffers[key] = _Buffer(stream, contextvars.copy_context(), due)
            buffer.parts.append(part)
            buffer.size += len(part)
            if buffer.size >= limit:
                self._full.append(self._buffers.pop(key))

    def _run(self) -> None:
        while True:
            for buffer in self._wait():
                self._deliver(buffer)

    def _wait(self) -> list[_Buffer]:
        """Wait until buffers are full or due, and take them out."""
        with self._changed:
            while True:
                now = time.monotonic()
                for key in [key for key, buffer in self._buffers.items() if buffer.due <= now]:
                    self._full.append(self._buffers.pop(key))
                if self._full:
                    ready, self._full = self._full, []
                    return ready
                next_due = min((buffer.due for buffer in self._buffers.values()), default=None)
                self._changed.wait(None if next_due is None else max(0.0, next_due - now))

    def _deliver(self, buffer: _Buffer) -> None:
        """Write the object; a failure is tried again later, like Firehose does while the stream still has the data."""
        try:
            buffer.context.run(_put_object, buffer)
        except Exception:
            _logger.exception("delivery of %s failed and will be retried", buffer.stream["name"])
            buffer.due = time.monotonic() + _RETRY_SECONDS
            with self._changed:
                self._buffers[(new_uuid(), "", "")] = buffer  # under a key of its own, so that it stays one object


def install(clock: Clock) -> None:
    """Take the place of MiniStack's forwarding from Kinesis to Firehose."""
    firehose.ingest_from_kinesis_source = Delivery(clock).ingest


def _readers(stream_arn: str) -> list[dict[str, Any]]:
    """The active delivery streams of the current account that read a stream and write to S3."""
    return [
        stream
        for stream in firehose._streams.values()
        if stream.get("type") == "KinesisStreamAsSource"
        and stream.get("status") == "ACTIVE"
        and (stream.get("kinesis_source") or {}).get("KinesisStreamARN") == stream_arn
        and stream.get("destinations")
    ]


def _destination(stream: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = stream["destinations"][0]["config"]
    return config


def object_key(stream: dict[str, Any], oldest_arrival: float) -> str:
    """The key of an object whose oldest record arrived then (seconds since the epoch), with Firehose's name pattern."""
    config = _destination(stream)
    arrived = time.gmtime(oldest_arrival)
    compressed = config.get("CompressionFormat") == "GZIP"
    extension = config.get("FileExtension") or (".gz" if compressed else "")
    prefix = firehose._evaluate_prefix(config.get("Prefix", ""), arrived)
    moment = time.strftime("%Y-%m-%d-%H-%M-%S", arrived)
    return f"{prefix}{stream['name']}-{stream.get('version', 1)}-{moment}-{new_uuid()}{extension}"


def _put_object(buffer: _Buffer) -> None:
    config = _destination(buffer.stream)
    body = b"".join(buffer.parts)
    if config.get("CompressionFormat") == "GZIP":
        body = gzip.compress(body)
    bucket = config["BucketARN"].rpartition(":")[2]
    key = object_key(buffer.stream, buffer.oldest_arrival)
    headers = {"content-type": "application/octet-stream", "content-length": str(len(body)), "host": "s3.localhost"}

    async def put(method: str, path: str, sent: dict[str, str], data: bytes, query: dict[str, str]) -> Any:
        return await s3.handle_request(method, path, sent, data, query, internal=True)

    status, _, answer = app.call_service_handler_sync(
        put, "PUT", f"/{bucket}/{key}", headers, body, {}, timeout=_PUT_TIMEOUT_SECONDS
    )
    if status >= 300:
        raise OSError(f"S3 answered {status} for {bucket}/{key}: {answer[:500]!r}")
