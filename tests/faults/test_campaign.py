# SPDX-License-Identifier: Apache-2.0
"""A million log lines through the aggregator while everything around it fails, and the answers to the last digit."""

import gzip
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from edgepixel.ask.in_process import ask_in_process
from edgepixel.template.reader import answer_queries, read_template
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import Event, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.faults.conftest import Stage
from tests.faults.event_source import EventSource, Record, batches
from tests.faults.ledger import Arrivals, Ledger, kept
from tests.faults.plan import Fault, Plan
from tests.faults.shards import Shard
from tests.loaded_once import loaded_once

SEED = 20_261_114
LINES = 1_000_000
SHARDS = 4
NOW = datetime(2026, 11, 14, 10, 30, tzinfo=UTC)
PERIOD = timedelta(hours=40)
OBJECT_BYTES = 32_000_000

PUT_RECORDS = {
    Fault.SERVER_ERROR: 0.05,
    Fault.UNAVAILABLE: 0.05,
    Fault.THROTTLED_CALL: 0.05,
    Fault.LOST_RESPONSE: 0.05,
    Fault.LOST_REQUEST: 0.05,
    Fault.HANG: 0.002,
}
PUT_OBJECT = {Fault.SERVER_ERROR: 0.1, Fault.UNAVAILABLE: 0.1, Fault.LOST_RESPONSE: 0.05, Fault.LOST_REQUEST: 0.05}
# Nine times as many entries that can be refused as the template's default makes.
SMALL = {"USER_RECORD_BYTES": "25600", "AGGREGATE_BYTES": "102400"}
CRASHES = 0.02  # the chance at each PutRecords call, before it and again after it
# What a client waits for a response, instead of 15 s: little when none comes. Where a response takes longer, what
# arrived arrives once more, and everything below still holds.
READ_SECONDS = 2
TIMEOUTS_MILLISECONDS = (120_000, 120_000, 22_000)  # the last one leaves time for a few calls only
CALLS_MILLISECONDS = (200, 200, 200, 15_000)  # the slowest response that a client waits for, as shipped
COUNTS = ("invocations crashed", "batches cut in two", "batches brought again in part", "batches delivered twice")


class Lake:
    """Takes what arrives to objects of the lake, as the delivery does, and holds it to the ledger on the way."""

    def __init__(self, stage: Stage, ledger: Ledger, arrivals: Arrivals) -> None:
        self.stage, self.ledger, self.arrivals = stage, ledger, arrivals
        self.objects: dict[str, bytes] = {}
        self._buffer: list[bytes] = []
        self.aggregates = self._size = 0

    def take(self) -> None:
        """Take what the stream took since the last time."""
        endpoint = self.stage.endpoint
        kinesis = endpoint.kinesis
        with endpoint.lock:
            taken, kinesis.taken = kinesis.taken, []
            refused, kinesis.refused = kinesis.refused, []
        for record in refused:
            self.arrivals.hold_back(self.ledger.aggregate(record["Data"]))
        for record in taken:
            aggregate = self.ledger.aggregate(record["Data"])
            self.arrivals.arrive(aggregate)
            self._buffer.append(aggregate.text)
            self._size += len(aggregate.text)
        self.aggregates += len(taken)
        if self._size > OBJECT_BYTES:
            self.write()

    def write(self) -> None:
        key = f"events/dt={NOW:%Y-%m-%d}/hour={len(self.objects):02}/part.gz"
        self.objects[key] = gzip.compress(b"".join(self._buffer), compresslevel=1)
        self._buffer, self._size = [], 0

    def acknowledged(self, records: Sequence[Record]) -> None:
        """Nothing that has not arrived may be acknowledged."""
        if records:
            missing = self.arrivals.missing(range(records[0].first, records[-1].end))
            assert not missing, f"{len(missing)} lines were acknowledged and are lost, from line {missing[0]} on"


@pytest.mark.filterwarnings("ignore:No application metrics:UserWarning")  # Powertools' word on a crash
def test_a_million_lines_survive_every_fault(stage: Callable[..., Stage], measured: Callable[[str], None]) -> None:
    began, random = time.monotonic(), Random(SEED)
    made = stage(Plan(Random(SEED + 1), PUT_RECORDS, PUT_OBJECT, throttled_entries=0.05), READ_SECONDS, **SMALL)
    crash_random = Random(SEED + 2)
    made.crashes = lambda call, moment: crash_random.random() < CRASHES
    numbers = [range(start, start + LINES // SHARDS) for start in range(0, LINES, LINES // SHARDS)]
    ledger, arrivals = Ledger(numbers), Arrivals(numbers)
    delivery = Lake(made, ledger, arrivals)
    source = EventSource(made.handler, made.clock, random, delivery.acknowledged, delivery.take, duplicates=0.03)
    made.call_milliseconds = lambda: random.choice(CALLS_MILLISECONDS)
    source.timeout_milliseconds = lambda: random.choice(TIMEOUTS_MILLISECONDS)

    shards = [_shard(number, part, ledger, made) for number, part in enumerate(numbers)]
    waiting = [batches(shard.records(), random) for shard in shards]
    while waiting:
        shard = random.choice(waiting)
        batch = next(shard, None)
        if batch is None:
            waiting.remove(shard)
        else:
            source.deliver(batch)
    delivery.write()
    delivered = time.monotonic()

    planned = {f"PutRecords {fault}" for fault in PUT_RECORDS} | {f"PutObject {fault}" for fault in PUT_OBJECT}
    assert planned | {"entry throttled"} == set(made.endpoint.faults)
    assert min(source.counts[name] for name in COUNTS) > 0
    assert source.counts["invocations timed out"] == 0
    assert made.endpoint.violations == []
    assert [number for part in numbers for number in arrivals.missing(part)] == []
    assert set(kept(made.endpoint.objects)) == ledger.bad
    assert {reason for _, _, reason, _ in ledger.bad} == {*made.function.quarantine.Reason}
    events = ledger.events(NOW - timedelta(days=7))
    _check_answers(delivery.objects, events)
    assert len(events) == LINES - SHARDS  # the answers leave out each shard's line of 2020

    summary = {
        "lines": LINES,
        "bad lines": len(ledger.bad),
        "repeated lines": arrivals.repeats,
        "aggregates": delivery.aggregates,
        **dict(sorted(source.counts.items())),
        **made.endpoint.calls,
        **dict(sorted(made.endpoint.faults.items())),
        "seconds to the lake": round(delivered - began, 1),
        "seconds of questions": round(time.monotonic() - delivered, 1),
    }
    for name, value in summary.items():
        measured(f"{value:>12,}  {name}")


def _check_answers(objects: Mapping[str, bytes], events: Sequence[Event]) -> None:
    """What the template's SQL says about everything that was delivered is what the ledger says."""
    columns = (
        "event_time",
        "event",
        "traffic",
        "visitor",
        "request_id",
        "has_request_id",
        "site",
        "status",
        "dt",
        "hour",
    )
    facts = facts_of(events, round(NOW.timestamp() * 1000))
    fill_lake(read_template(), objects, compressed=True)
    try:
        with loaded_once(columns):
            for name in ("events-per-hour", "visitor-count", "aggregate-event-count"):
                answer = ask_in_process(answer_queries()[name], NOW)
                assert differences(answer, TRUTHS[name](facts)) == [], name
    finally:
        empty_lake()


def _shard(number: int, lines: range, ledger: Ledger, stage: Stage) -> Shard:
    function = stage.function
    most = function.packing.LONGEST_LINE_BYTES
    settings = function.app.settings
    edges = (
        most,
        settings.aggregate_bytes,
        settings.user_record_bytes,
        settings.user_record_bytes - function.packing.ENVELOPE_BYTES,
    )
    limits = [edge + more for edge, more in itertools.product(edges, (-1, 0, 1)) if edge + more <= most]
    start_ms = round((NOW - PERIOD).timestamp() * 1000)
    step_ms = PERIOD.total_seconds() * 1000 / len(lines)
    random = Random(SEED + 10 + number)
    return Shard(
        f"shardId-{number:012}", lines, random, ledger, start_ms, step_ms, tuple(limits), (most + 1, most + 30)
    )
