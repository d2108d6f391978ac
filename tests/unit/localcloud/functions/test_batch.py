# SPDX-License-Identifier: Apache-2.0
"""How a Kinesis event source mapping cuts a shard into batches, and finds its place in the shard."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from localcloud.functions.batch import Batch, Record, fill, next_index
from tests.unit.localcloud.functions.shard_records import invocation_event_record, numbered, stored_record


def event_bytes(records: tuple[Record, ...]) -> int:
    return len(json.dumps({"Records": records}, separators=(",", ":")))


def test_event_record_carries_shard_sequence_number_and_stream() -> None:
    record = invocation_event_record(7, b"\x00\xff")
    assert record["eventID"] == f"shardId-000000000000:{7:030d}"
    assert base64.b64decode(record["kinesis"]["data"]) == b"\x00\xff"
    assert record["eventSourceARN"].endswith(":stream/raw")


def test_batch_closes_at_batch_size() -> None:
    batch, full = fill(Batch(), numbered(5), batch_size=3)
    assert (batch.records, full) == (numbered(3), True)


def test_batch_stays_open_below_its_limits() -> None:
    batch, full = fill(Batch(), numbered(2), batch_size=3)
    assert (batch.records, full) == (numbered(2), False)


def test_batch_closes_before_the_record_that_would_exceed_the_payload() -> None:
    limit = event_bytes(numbered(3)) + 1
    batch, full = fill(Batch(), numbered(5), batch_size=100, payload_limit=limit)
    assert (batch.records, full) == (numbered(3), True)


def test_six_megabytes_of_base64_close_a_batch() -> None:
    records = tuple(invocation_event_record(number, b"x" * 1_000_000) for number in range(6))
    batch, full = fill(Batch(), records, batch_size=10_000)
    assert full
    assert len(batch.records) == 4  # 1.33 MB each in base64; a fifth one makes 6.67 MB


def test_a_record_over_the_limit_travels_alone() -> None:
    batch, full = fill(Batch(), numbered(2), batch_size=100, payload_limit=10)
    assert (batch.records, full) == (numbered(1), True)


@given(
    sizes=st.lists(st.integers(0, 300), max_size=40),
    batch_size=st.integers(1, 12),
    limit=st.integers(200, 3_000),
    cuts=st.lists(st.integers(0, 40), max_size=5),
)
def test_batches_keep_every_record_in_order_within_their_limits(
    sizes: list[int], batch_size: int, limit: int, cuts: list[int]
) -> None:
    records = tuple(invocation_event_record(number, b"x" * size) for number, size in enumerate(sizes, 1))
    batches, batch, taken = [], Batch(), 0
    for end in sorted({*(cut for cut in cuts if cut < len(records)), len(records)}):  # records arrive bit by bit
        full = True
        while full and taken < end:
            fuller, full = fill(batch, records[taken:end], batch_size, limit)
            taken += len(fuller.records) - len(batch.records)
            batch = fuller
            if full:
                batches.append(batch)
                batch = Batch()
    batches.append(batch)
    assert tuple(record for one in batches for record in one.records) == records
    for one in batches:
        assert len(one.records) <= batch_size
        assert one.payload_bytes == event_bytes(one.records)
        assert one.payload_bytes <= limit or len(one.records) == 1


def test_next_index_trusts_a_right_guess_and_corrects_a_wrong_one() -> None:
    stored = [stored_record(number) for number in (3, 5, 9)]
    assert next_index(stored, f"{5:030d}", guess=2) == 2
    assert next_index(stored, f"{5:030d}", guess=0) == 2
    assert next_index(stored, f"{5:030d}", guess=3) == 2


def test_next_index_goes_on_after_a_checkpoint_that_retention_removed() -> None:
    stored = [stored_record(number) for number in (7, 9)]
    assert next_index(stored, f"{5:030d}", guess=4) == 0
    assert next_index(stored, f"{8:030d}", guess=4) == 1
    assert next_index(stored, f"{9:030d}", guess=1) == 2
    assert next_index([], f"{5:030d}", guess=4) == 0


def test_next_index_keeps_a_record_that_was_appended_out_of_order() -> None:
    stored = [stored_record(number) for number in (1, 3, 2)]
    assert next_index(stored, f"{3:030d}", guess=0) == 2
