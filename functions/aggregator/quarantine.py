# SPDX-License-Identifier: Apache-2.0
"""What is written of bad lines: one gzip object of JSON lines for each batch that has any. Pure."""

import gzip
import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime

from log_lines import BadLine


def quarantine_key(bad: Sequence[BadLine], prefix: str) -> str:
    """The object's key, from the first bad line alone: a retry of the batch writes the same object again."""
    first = bad[0]
    arrived = datetime.fromtimestamp(first.arrival_timestamp, UTC)
    return f"{prefix}{arrived:dt=%Y-%m-%d/hour=%H}/{first.shard}-{first.sequence_number}.jsonl.gz"


def quarantine_object(bad: Sequence[BadLine]) -> bytes:
    """A JSON object a line: why, where from, and the original bytes in base64, so that they can be sent round again."""
    entries = (
        {
            "reason": line.reason.value,
            "detail": line.detail,
            "shard": line.shard,
            "sequence_number": line.sequence_number,
            "arrival_timestamp": line.arrival_timestamp,
            "line": b64encode(line.line).decode("ascii"),
        }
        for line in bad
    )
    text = "".join(json.dumps(entry) + "\n" for entry in entries)
    return gzip.compress(text.encode("ascii"), mtime=0)
