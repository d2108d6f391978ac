# SPDX-License-Identifier: Apache-2.0
"""Reading what the lake keeps of lines that did not get through."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from edgepixel.aws.lake_names import FAILED_BATCHES, QUARANTINE
from edgepixel.errors import UnreadableObjectError
from edgepixel.replay.undelivered_lines import FAILED_BATCH, REASONS, KeptLine, read_lines
from tests.unit.aggregator.raw_stream import ENVIRONMENT
from tests.unit.edgepixel.replay.kept_objects import NOON_MS, failed_batch_body, quarantine_body

OPERATIONS = Path(__file__).resolve().parents[4] / "docs/operations.md"


@pytest.fixture
def aggregator(load_function: Callable[[str], SimpleNamespace], monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The function's modules."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return load_function("aggregator")


def test_the_reasons_are_the_aggregator_s_and_the_failed_batch(aggregator: SimpleNamespace) -> None:
    codes = [reason.value for reason in aggregator.quarantine.Reason]
    assert list(REASONS) == [*codes, FAILED_BATCH]


def test_the_documentation_lists_the_reasons() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    table = text.partition("| reason |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \| \S", table, re.MULTILINE) == list(REASONS)


def test_the_aggregator_s_own_object_is_read(aggregator: SimpleNamespace) -> None:
    line = b"\xff\x00 as it came"
    record = {
        "eventID": "shardId-000000000003:42",
        "kinesis": {"sequenceNumber": "42", "approximateArrivalTimestamp": NOON_MS / 1000 + 0.25},
    }
    rejected = aggregator.quarantine.Rejected(aggregator.quarantine.Reason.NOT_UTF8, "why", line)
    entries = [aggregator.quarantine.quarantined(0, record, rejected)]
    key = aggregator.quarantine.object_key(QUARANTINE, entries)
    assert read_lines(key, aggregator.quarantine.object_body(entries)) == [KeptLine("not_utf8", NOON_MS + 250, line)]


def test_a_failed_batch_is_read_record_by_record() -> None:
    read = read_lines(f"{FAILED_BATCHES}m/s/2026/01/15/x", failed_batch_body(b"one\n", b"two\nthree\n"))
    assert read == [KeptLine("failed_batch", NOON_MS, b"one\n"), KeptLine("failed_batch", NOON_MS, b"two\nthree\n")]


@pytest.mark.parametrize(
    ("key", "body"),
    [
        (f"{QUARANTINE}x", b"not gzip"),
        (f"{QUARANTINE}x", quarantine_body(("timestamp", b"x"))[:-9]),
        (f"{QUARANTINE}x", gzip.compress(b"not json\n", mtime=0)),
        (f"{QUARANTINE}x", gzip.compress(b"[]\n", mtime=0)),
        (f"{QUARANTINE}x", gzip.compress(b'{"reason":"timestamp","arrival_timestamp":1,"line":"?"}\n', mtime=0)),
        (f"{QUARANTINE}x", gzip.compress(b'{"reason":"timestamp","arrival_timestamp":"1","line":""}\n', mtime=0)),
        (f"{FAILED_BATCHES}x", b"\x1f\x8b"),
        (f"{FAILED_BATCHES}x", json.dumps({"KinesisBatchInfo": {}}).encode()),
        (f"{FAILED_BATCHES}x", json.dumps({"payload": "[]"}).encode()),
    ],
)
def test_anything_else_is_refused_with_its_key(key: str, body: bytes) -> None:
    with pytest.raises(UnreadableObjectError, match=re.escape(key)):
        read_lines(key, body)
