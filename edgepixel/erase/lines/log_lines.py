# SPDX-License-Identifier: Apache-2.0
"""Log lines of the lake's raw objects, without those that are to go. Pure."""

import gzip
import io
import re
import zlib
from collections.abc import Callable, Mapping, Sequence, Set
from decimal import Decimal

from edgepixel.errors import UnreadableObjectError

_GZIP = b"\x1f\x8b"
_NO_ID = (b"-", b"")
_FEW = 20  # request ids that are faster searched for one after the other
# As the view reads it (answers/raw_events.sql): seconds with a point, or milliseconds.
_SECONDS = re.compile(rb"[0-9]{1,10}(?:[.][0-9]{1,9})?")
_MILLISECONDS = re.compile(rb"[0-9]{13}")


class LogLines:
    """Takes lines out: those of request ids, and of lines without an id those of an object and a time.

    `fields` are the log fields in their order. `without_id` has, by object, the times (`event_time`, in milliseconds
    since 1970, None where it is NULL) of rows that have no request id. `is_begun` tells whether an id is one that an
    earlier run has found.
    """

    def __init__(
        self,
        fields: Sequence[str],
        ids: Set[str],
        without_id: Mapping[str, Set[int | None]],
        is_begun: Callable[[bytes], bool] | None = None,
    ) -> None:
        self._time = fields.index("timestamp")
        self._id = fields.index("x-edge-request-id")
        self._ids = {one.encode() for one in ids}
        self._is_begun = is_begun
        # The view rounds what has more than three decimals.
        self._without_id = {
            key: {None if one is None else one + off for one in times for off in (-1, 0, 1)}
            for key, times in without_id.items()
        }

    def without(self, key: str, body: bytes) -> tuple[bytes, int]:
        """An object's bytes, compressed as they were, without the lines; and how many lines those were.

        Raises UnreadableObjectError.
        """
        times: Set[int | None] = self._without_id.get(key, frozenset())
        data = unpacked(key, body)
        if not times and self._has_none_of_few(data):
            return body, 0
        kept, gone = [], 0
        for line in io.BytesIO(data):
            if self._goes(line, times):
                gone += 1
            else:
                kept.append(line)
        return (packed_as(body, b"".join(kept)), gone) if gone else (body, 0)

    def _has_none_of_few(self, data: bytes) -> bool:
        """Whether a whole object has no line that goes, if a few searches for texts can tell: that is much faster."""
        return self._is_begun is None and len(self._ids) <= _FEW and not any(one in data for one in self._ids)

    def _goes(self, line: bytes, times: Set[int | None]) -> bool:
        values = line.rstrip(b"\r\n").split(b"\t", self._id + 1)
        request_id = values[self._id] if len(values) > self._id else b""
        if request_id not in _NO_ID:
            return request_id in self._ids or (self._is_begun is not None and self._is_begun(request_id))
        # Standard logs begin with header lines, which are nobody's.
        return bool(times) and not line.startswith(b"#") and _milliseconds(values[self._time]) in times


def unpacked(key: str, body: bytes) -> bytes:
    """The bytes of an object, which may be compressed. Raises UnreadableObjectError."""
    if not body.startswith(_GZIP):
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableObjectError(f"{key} ({type(error).__name__}: {error})") from error


def packed_as(body: bytes, data: bytes) -> bytes:
    """Bytes, compressed if those of the object before were."""
    return gzip.compress(data, mtime=0) if body.startswith(_GZIP) else data


def _milliseconds(text: bytes) -> int | None:
    if _MILLISECONDS.fullmatch(text):
        return int(text)
    return round(Decimal(text.decode()) * 1000) if _SECONDS.fullmatch(text) else None
