# SPDX-License-Identifier: Apache-2.0
"""Writes the log files of all deliveries: one for each delivery and each hour in which requests occurred.

A file is written some minutes after its first request ("up to several times an hour", CloudFront Developer Guide,
"Timing of log file delivery"; others measured 169 seconds at the median), so an hour has several. What a bucket's
policy does not allow waits. What waits when its delivery is deleted is lost: AWS promises nothing else.
"""

import contextvars
import gzip
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from localcloud.clock import Clock
from localcloud.cloudfront.log_line import encoded_value
from localcloud.cloudfront.standard_logs.bucket_permission import check_put, destination_bucket
from localcloud.cloudfront.standard_logs.disorder import Disorder
from localcloud.cloudfront.standard_logs.file_format import FORMATS, file_text, record_text
from localcloud.cloudfront.standard_logs.object_key import object_key
from localcloud.cloudfront.standard_logs.record_fields import DEFAULT_FIELDS, record_value
from localcloud.ministack import cloudwatch, s3
from localcloud.ministack.server import account_id, request_scope

_logger = logging.getLogger("localcloud.standard_logs")

REGION = "us-east-1"
PERIOD_SECONDS = 180.0
_RETRY_SECONDS = 5.0  # real ones: the clock's speed would make a broken bucket a busy loop
_PUT_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class FileId:
    """What a file has in common: its delivery as it was configured, and the hour (UTC) of its requests."""

    delivery: str
    distribution: str
    source: str
    destination: str
    output_format: str
    fields: tuple[str, ...]
    delimiter: str
    suffix_path: str
    hive: bool
    hour: datetime


@dataclass
class _File:
    """Records that wait to become one file, or several that are the same.

    `due`: when, by time.monotonic(); `context`: the account.
    """

    due: float
    context: contextvars.Context
    copies: int
    records: list[str] = field(default_factory=list)


class Writer:
    """The files of all deliveries, and what writes them. `put` writes an object (bucket, key, body) or raises."""

    def __init__(self, clock: Clock, put: Callable[[str, str, bytes], None], disorder: Disorder) -> None:
        self._period = clock.real_seconds(PERIOD_SECONDS)
        self._put = put
        self._disorder = disorder
        self._files: dict[FileId, _File] = {}
        self._closed: list[tuple[FileId, _File]] = []
        self._changed = threading.Condition()

    def add(self, distribution: str, values: Mapping[str, str]) -> None:
        """Log one request of a distribution of the current account, by every delivery of it."""
        with request_scope(account_id(), REGION):
            for file_id in _deliveries(distribution, values):
                record = [encoded_value(name, record_value(name, values)) for name in file_id.fields]
                text = record_text(file_id.output_format, file_id.fields, record, file_id.delimiter)
                with self._changed:
                    if file_id not in self._files:
                        due = time.monotonic() + self._period * self._disorder.periods()
                        self._files[file_id] = _File(due, contextvars.copy_context(), self._disorder.copies())
                    self._files[file_id].records.append(text)
                    self._changed.notify()

    def clear(self) -> None:
        """Forget what waits."""
        with self._changed:
            self._files.clear()
            self._closed.clear()

    def run(self) -> None:
        """Write what is due, forever."""
        while True:
            self.write(self.wait())

    def wait(self) -> list[tuple[FileId, _File]]:
        """Wait until files are due, and take them out."""
        with self._changed:
            while not (ready := self._take_due()):
                waiting = [file.due for file in (*self._files.values(), *(file for _, file in self._closed))]
                self._changed.wait(max(0.0, min(waiting) - time.monotonic()) if waiting else None)
            return ready

    def write(self, files: list[tuple[FileId, _File]]) -> None:
        """Write each file. One that fails is tried again, as long as its delivery is there."""
        for file_id, file in files:
            try:
                file.context.run(self._write, file_id, file)
            except Exception as error:  # whatever it is, the other deliveries go on
                _logger.warning("a log file of %s waits, because %s", file_id.distribution, error)
                file.due = time.monotonic() + _RETRY_SECONDS
                with self._changed:
                    self._closed.append((file_id, file))

    def _write(self, file_id: FileId, file: _File) -> None:
        source = cloudwatch.delivery_sources.get(file_id.source)
        destination = cloudwatch.delivery_destinations.get(file_id.destination)
        if source is None or destination is None or file_id.delivery not in cloudwatch.deliveries:
            _logger.warning("%d log records of a delivery that was deleted are lost", len(file.records))
            return
        bucket, prefix = destination_bucket(destination)
        body = gzip.compress(file_text(file_id.output_format, file_id.fields, file.records).encode("ascii"))
        while file.copies:
            key = object_key(
                prefix, file_id.suffix_path, file_id.hive, file_id.distribution, account_id(), file_id.hour
            )
            check_put(source, bucket, key)
            self._put(bucket, key, body)
            file.copies -= 1

    def _take_due(self) -> list[tuple[FileId, _File]]:
        now = time.monotonic()
        ready = [one for one in self._closed if one[1].due <= now]
        self._closed = [one for one in self._closed if one[1].due > now]
        for file_id in [file_id for file_id, file in self._files.items() if file.due <= now]:
            ready.append((file_id, self._files.pop(file_id)))
        return ready


def put(bucket: str, key: str, body: bytes) -> None:
    """Write the object as PutObject does, events included. Blocks; not for the server's own thread.

    Raises OSError for what S3 refuses, TimeoutError if S3 does not respond.
    """
    status, _, response = s3.put_with_events(bucket, key, body, _PUT_TIMEOUT_SECONDS)
    if status >= 300:
        raise OSError(f"S3 responded with {status} for /{bucket}/{key}: {response[:500]!r}")


def _deliveries(distribution: str, values: Mapping[str, str]) -> Iterator[FileId]:
    """The file that a request goes into, of each delivery of the distribution that writes to S3."""
    sources = {
        name
        for name, source in cloudwatch.delivery_sources.items()
        if any(arn.endswith(f":distribution/{distribution}") for arn in source["resourceArns"])
    }
    if not sources:
        return
    hour = datetime.fromtimestamp(float(values["timestamp"]), UTC).replace(minute=0, second=0, microsecond=0)
    for delivery in cloudwatch.deliveries.values():
        name = str(delivery["deliveryDestinationArn"]).rpartition(":")[2]
        destination = cloudwatch.delivery_destinations.get(name)
        if delivery["deliverySourceName"] not in sources or destination is None:
            continue
        if delivery["deliveryDestinationType"] != "S3" or destination["outputFormat"] not in FORMATS:
            continue  # docs/local-cloud.md names what is not written
        configuration = delivery.get("s3DeliveryConfiguration") or {}
        yield FileId(
            delivery["id"],
            distribution,
            delivery["deliverySourceName"],
            name,
            destination["outputFormat"],
            tuple(delivery.get("recordFields") or DEFAULT_FIELDS),
            delivery.get("fieldDelimiter") or "",
            configuration.get("suffixPath") or "",
            bool(configuration.get("enableHiveCompatiblePath")),
            hour,
        )
