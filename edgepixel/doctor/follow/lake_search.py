# SPDX-License-Identifier: Apache-2.0
"""Looks for marked hits in the lake: in new objects, in quarantine, in failed batches."""

import base64
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.aws import lake_names
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.follow.stream_search import CLOCK_TOLERANCE_SECONDS, Find

_MOST_OBJECTS, _MOST_BYTES = 200, 1 << 30
_OVERLAP_BYTES = 256  # longer than what is looked for in a line
_GZIP = zlib.MAX_WBITS | 16


@dataclass
class LakeSearch:
    """Reads new objects of the lake, each once.

    `since`: when the hits were sent; `earliest`: when the oldest record of an object with one may have arrived; both in
    epoch seconds. `day_folder`: a day's folder, as strftime writes it.
    `found`: the key and the time of each hit's object. `given_up`: why it looks no further, if so.
    """

    calls: AwsCalls
    bucket: str
    since: float
    earliest: float
    find: Find
    day_folder: str = lake_names.REALTIME_DAY
    found: dict[int, tuple[str, float]] = field(default_factory=dict)
    given_up: str = ""
    _seen: set[str] = field(default_factory=set)
    _bytes: int = 0

    def look(self) -> None:
        """Read the objects that are new since the last look."""
        for item in self._new(hour_folders(self.earliest, self.calls.now(), self.day_folder)):
            self._bytes += item["Size"]
            if len(self._seen) > _MOST_OBJECTS or self._bytes > _MOST_BYTES:
                self.given_up = "not looked into any further, because there are too many new objects"
                return
            for number in find_in_gzip(self.calls.chunks(self.bucket, item["Key"]), self.find):
                self.found.setdefault(number, (item["Key"], item["LastModified"].timestamp()))

    def look_and_count(self) -> int:
        """Look, and tell how many hits have been found so far."""
        self.look()
        return len(self.found)

    def why_given_up(self) -> str:
        return self.given_up

    def quarantined(self) -> list[str]:
        """The reasons of the hits that objects of quarantine hold, which were not read before."""
        return [
            str(entry["reason"])
            for item in self._new(hour_folders(self.earliest, self.calls.now(), f"{lake_names.QUARANTINE}dt=%Y-%m-%d/"))
            for entry in map(json.loads, gzip.decompress(self._content(item)).splitlines())
            if self.find(base64.b64decode(entry["line"]))
        ]

    def failed_batch(self, mapping_id: str) -> str | None:
        """The key of an object of the mapping's failed batches that holds a hit, and was not read before."""
        for item in self._new([f"{lake_names.FAILED_BATCHES}{mapping_id}/"]):
            event = json.loads(json.loads(self._content(item))["payload"])
            if any(self.find(base64.b64decode(record["kinesis"]["data"])) for record in event["Records"]):
                return str(item["Key"])
        return None

    def delivery_error(self) -> str | None:
        """The key of a new object of the delivery's errors."""
        return next((str(item["Key"]) for item in self._new([lake_names.DELIVERY_ERRORS])), None)

    def _new(self, prefixes: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Objects that were written since the hits, and not read before. None if nobody may look."""
        for prefix in prefixes:
            try:
                listed = list(self.calls.listed("s3", "list_objects_v2", "Contents", Bucket=self.bucket, Prefix=prefix))
            except ClientError as error:
                self.given_up = f"not looked into: {error.response['Error']['Code']}"
                return
            for item in listed:
                written = item["LastModified"].timestamp()
                if item["Key"] not in self._seen and written >= self.since - CLOCK_TOLERANCE_SECONDS:
                    self._seen.add(item["Key"])
                    yield item

    def _content(self, item: dict[str, Any]) -> bytes:
        return b"".join(self.calls.chunks(self.bucket, item["Key"]))


def hour_folders(first: float, last: float, day_folder: str) -> list[str]:
    """The folders of hours from one time to another, both in epoch seconds: `events/dt=2026-01-31/hour=18/`.

    `day_folder`: a day's folder, as strftime writes it.
    """
    hour = datetime.fromtimestamp(first, UTC).replace(minute=0, second=0, microsecond=0)
    folders = []
    while hour.timestamp() <= last:
        folders.append(f"{hour:{day_folder}hour=%H/}")
        hour += timedelta(hours=1)
    return folders


def find_in_gzip(chunks: Iterable[bytes], find: Find) -> set[int]:
    """What `find` finds in compressed text of any length, without holding more than a piece of it."""
    found: set[int] = set()
    unpack = zlib.decompressobj(_GZIP)
    kept = b""
    for chunk in chunks:
        kept += unpack.decompress(chunk)
        found |= find(kept)
        kept = kept[-_OVERLAP_BYTES:]
    return found | find(kept + unpack.flush())
