# SPDX-License-Identifier: Apache-2.0
"""A lake of generated events, as large as it is asked for: a month of hits, copied under other visitors."""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from edgepixel.template.reader import log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import HOST, lake_objects, rows_of
from edgepixel.traffic.ledger import Header
from localcloud.in_process_lake import fill_lake

DAYS = 30
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
_NOW_MS = round(NOW.timestamp() * 1000)
_HITS = 100_000  # of which all others are copies
_REQUEST = re.compile(rb"\t([0-9a-f]{8}==)\t")
_IPV4 = re.compile(rb"\t[0-9]+(\.[0-9]+\.[0-9]+\.0)\t")


def fill(events: int) -> tuple[int, int]:
    """Make the lake. Returns how many lines it holds, and their bytes before compression."""
    lake = objects(events)
    fill_lake(read_template(), lake)
    return lake.lines, lake.bytes


def objects(events: int) -> "_Copies":
    """The objects of such a lake, by key."""
    header = Header(
        "edgepixel", f"https://{HOST}/pixel.gif", NOW.isoformat(), 1, True, "truncated", honors_privacy_control=True
    )
    sent = rows_of(generate(1, _HITS, _NOW_MS, DAYS * 24))
    month = lake_objects(sent, header, log_fields(), Random(1))  # noqa: S311 (the same in every run)
    return _Copies(month, -(-events // sum(lines.count(b"\n") for lines in month.values())))


class _Copies(dict[str, bytes]):
    """Objects that are made when they are asked for, so that not all of them are in memory uncompressed at once."""

    def __init__(self, month: dict[str, bytes], copies: int) -> None:
        super().__init__(month)
        self._copies = copies
        self.lines = self.bytes = 0

    def items(self) -> Iterator[tuple[str, bytes]]:  # type: ignore[override]
        for key, lines in super().items():
            for copy in range(self._copies):
                made = _copied(lines, copy)
                self.lines += made.count(b"\n")
                self.bytes += len(made)
                yield key.replace("part-", f"part-{copy:03}-"), made


def _copied(lines: bytes, copy: int) -> bytes:
    """The same hits by other visitors, under other request ids, which are as long as CloudFront's: 56 characters."""
    renamed = _REQUEST.sub(lambda found: b"\t%s\t" % _request_id(found[1], copy), lines)
    return _IPV4.sub(rb"\t%d\1\t" % (1 + copy % 200), renamed)


def _request_id(hit: bytes, copy: int) -> bytes:
    digest = hashlib.sha512(b"%s %d" % (hit, copy)).digest()
    return base64.urlsafe_b64encode(digest[:40])
