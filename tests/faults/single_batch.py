# SPDX-License-Identifier: Apache-2.0
"""One batch of equally long lines, handled under a script of faults."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from localcloud.firehose.user_records import user_records
from tests.fakes.kinesis import Record as KinesisRecord
from tests.faults.conftest import Stage
from tests.faults.event_source import Record
from tests.faults.lines import ADDRESSES, PATTERNS, good_line, longer_by
from tests.faults.plan import Fault, Plan

DONE: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
SMALL = {"USER_RECORD_BYTES": "5120", "AGGREGATE_BYTES": "5120"}
PER_AGGREGATE = 10  # lines of `lines` in an aggregate of 5,120 bytes


@dataclass
class Script(Plan):
    """Faults in the order of the calls, then none. `throttle` says which entries of which call are throttled."""

    random: Random = field(default_factory=lambda: Random(0))
    puts: list[Fault] = field(default_factory=list)
    objects: list[Fault] = field(default_factory=list)
    throttle: dict[int, set[int]] = field(default_factory=dict)  # positions in the n-th call that the stream took
    taken: int = -1

    def fault(self, operation: str) -> Fault:
        faults = self.puts if operation == "PutRecords" else self.objects
        return faults.pop(0) if faults else Fault.NONE

    def throttles(self, position: int) -> bool:
        self.taken += position == 0
        return position in self.throttle.get(self.taken, ())


def lines(number: int) -> list[bytes]:
    """Log lines that are stored as they came, each of 500 bytes with its newline."""
    made = [good_line(n, 1_794_600_000_000 + n, PATTERNS[0], (ADDRESSES[0][1],) * 2)[1] for n in range(number)]
    return [longer_by(line, 499 - len(line)) for line in made]


def sequence_number(position: int) -> str:
    return f"4967126854{position:046d}"


def batch(content: Iterable[bytes]) -> list[Record]:
    """A record for each content, as Lambda hands them over."""
    return [
        Record(
            {
                "kinesis": {
                    "partitionKey": "1",
                    "sequenceNumber": sequence_number(position),
                    "data": base64.b64encode(data).decode(),
                    "approximateArrivalTimestamp": 1_794_600_000.0,
                },
                "eventID": f"shardId-000000000000:{sequence_number(position)}",
            },
            position,
            position + 1,
        )
        for position, data in enumerate(content)
    ]


def handle(stage: Stage, content: Iterable[bytes], milliseconds: int = 120_000) -> Any:
    stage.clock.milliseconds = milliseconds
    return stage.handler({"Records": [record.event for record in batch(content)]}, stage.clock)


def failure(position: int) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": sequence_number(position)}]}


def arrived(records: Iterable[KinesisRecord]) -> list[bytes]:
    """The lines in aggregates, in their order."""
    return b"".join(block for record in records for block in user_records(record["Data"])).split(b"\n")[:-1]
