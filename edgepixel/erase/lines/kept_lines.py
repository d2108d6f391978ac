# SPDX-License-Identifier: Apache-2.0
"""What the lake keeps of lines that did not get through, without those that are to go. Pure.

Quarantine holds JSON lines with a log line each; a failed batch is one JSON document with many; a delivery error is a
JSON line with what Firehose could not deliver in `rawData`, which can be many log lines (Amazon Data Firehose developer
guide, "Handle data delivery failures"). The last goes as a whole: nothing reads it any more.
"""

import base64
import json
import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from edgepixel.aws import lake_names
from edgepixel.erase.lines.log_lines import packed_as, unpacked
from edgepixel.errors import UnreadableObjectError

PREFIXES = (lake_names.QUARANTINE, lake_names.DELIVERY_ERRORS, lake_names.FAILED_BATCHES)
_ORDER = re.compile(rb"(?:^|[?&;\s])o=([^&\s]*)")
_DECODINGS = 3  # CloudFront's, the page's, and that of who encoded twice


@dataclass(frozen=True)
class Wanted:
    """Which log lines go: those that hold one of the request ids anywhere, or the order in the parameter `o`.

    Such a line may be broken, so its fields need not be where they should. A visitor cannot be told in it: its address
    is not shortened yet.
    """

    ids: Set[str]
    order: str | None = None

    def __contains__(self, line: bytes) -> bool:
        return any(one.encode() in line for one in self.ids) or (self.order is not None and self._has_order(line))

    def _has_order(self, line: bytes) -> bool:
        for _ in range(_DECODINGS + 1):
            found = _ORDER.findall(line)
            if any(self._is_order(value) for value in found):
                return True
            line = unquote_to_bytes(line)
        return False

    def _is_order(self, value: bytes) -> bool:
        order = (self.order or "").encode()
        return order in (value, unquote_to_bytes(value), unquote_to_bytes(value.replace(b"+", b" ")).strip())


def without(key: str, body: bytes, wanted: Wanted) -> tuple[bytes | None, int]:
    """An object of PREFIXES without the lines, None if nothing is left of it; and how many lines those were.

    Raises UnreadableObjectError.
    """
    try:
        if key.startswith(lake_names.FAILED_BATCHES):
            return _failed_batch(body, wanted)
        entries = unpacked(key, body).splitlines(keepends=True)
        holds = _quarantine_entry_holds if key.startswith(lake_names.QUARANTINE) else _delivery_error_holds
        kept = [entry for entry in entries if not holds(entry, wanted)]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableObjectError(f"{key} ({type(error).__name__}: {error})") from error
    gone = len(entries) - len(kept)
    return (packed_as(body, b"".join(kept)) if kept else None) if gone else body, gone


def _quarantine_entry_holds(entry: bytes, wanted: Wanted) -> bool:
    return base64.b64decode(json.loads(entry)["line"], validate=True) in wanted


def _delivery_error_holds(entry: bytes, wanted: Wanted) -> bool:
    try:
        data = base64.b64decode(json.loads(entry)["rawData"], validate=True)
    except (ValueError, LookupError, TypeError):  # AWS documents no form for every kind of error: then it is plain text
        data = b""
    return data in wanted or entry in wanted


def _failed_batch(body: bytes, wanted: Wanted) -> tuple[bytes | None, int]:
    document: dict[str, Any] = json.loads(body)
    event = json.loads(document["payload"])
    records = event["Records"]
    kept = [one for one in records if base64.b64decode(one["kinesis"]["data"], validate=True) not in wanted]
    gone = len(records) - len(kept)
    if not gone:
        return body, 0
    changed = {**document, "payload": json.dumps({**event, "Records": kept})}
    return (json.dumps(changed).encode() if kept else None), gone
