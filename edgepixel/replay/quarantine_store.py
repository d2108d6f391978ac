# SPDX-License-Identifier: Apache-2.0
"""The lake's quarantine and failed batches, and the marks of what was replayed.

A mark is an empty object whose key says it all: `replayed/<key of the object>/<reason or all>/from-<arrival, ms>`.
Compared with moving the object or tagging it,

- a mark is one write that either happened or not, and nothing is ever changed, deleted or copied: who replays needs
  s3:PutObject on `replayed/*`, and no permission to touch what is kept;
- it can stand for a part of an object, so the lines of other reasons in it stay to be replayed;
- listing the marks tells what to skip, without a request for each object;
- an aggregator that writes the same object once more, as its retries do, does not undo it.

A mark is written after the lines are sent. Who is stopped in between sends the object's lines again the next time: at
least once, never less. The answers see through that, because they count each request id once.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.replay.undelivered_lines import (
    EVERYTHING,
    KeptLine,
    Selection,
    read_lines,
)

# An object is written after its lines arrived. Kinesis tells arrivals approximately, hence the tolerance.
_CLOCK_TOLERANCE_MS = 60_000
_ANY_REASON = "all"
_MARK = re.compile(rf"{lake_names.REPLAYED}(?P<key>.+)/(?P<reason>[^/]+)/from-(?P<since>[0-9]+)")


@dataclass(frozen=True, slots=True)
class KeptObject:
    """An object of quarantine or of the failed batches, and what of it was replayed before."""

    key: str
    replayed: tuple[Selection, ...]

    @property
    def done(self) -> bool:
        """Whether all of it was replayed."""
        return EVERYTHING in self.replayed


class QuarantineStore:
    """Reads what a lake keeps of lines that did not get through, and marks what was replayed."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def find(self, selection: Selection) -> list[KeptObject]:
        """The objects that can hold lines of the selection, replayed ones too, in the order of their keys."""
        marks: defaultdict[str, list[Selection]] = defaultdict(list)
        for item in self._list(lake_names.REPLAYED):
            if mark := _MARK.fullmatch(item["Key"]):
                reason = None if mark["reason"] == _ANY_REASON else mark["reason"]
                marks[mark["key"]].append(Selection(reason, int(mark["since"])))
        return [
            KeptObject(item["Key"], tuple(marks.get(item["Key"], ())))
            for prefix in (lake_names.QUARANTINE, lake_names.FAILED_BATCHES)
            for item in self._list(prefix)
            if item["LastModified"].timestamp() * 1000 + _CLOCK_TOLERANCE_MS >= selection.since_ms
        ]

    def read(self, key: str) -> list[KeptLine]:
        """The lines of an object. Raises UnreadableObjectError."""
        return read_lines(key, self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())

    def mark(self, key: str, replayed: Selection) -> None:
        """Remember that the lines of a selection in an object were sent. Doing it twice changes nothing."""
        mark = f"{lake_names.REPLAYED}{key}/{replayed.reason or _ANY_REASON}/from-{replayed.since_ms}"
        self._s3.put_object(Bucket=self._bucket, Key=mark, Body=b"")

    def _list(self, prefix: str) -> Iterator[dict[str, Any]]:
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            yield from page.get("Contents", [])
