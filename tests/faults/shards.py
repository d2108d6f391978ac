# SPDX-License-Identifier: Apache-2.0
"""Shards of the raw stream, seeded: records of one line or many, of none, of lines at every limit, and of bad ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from pybase64 import b64encode

from tests.faults.event_source import Record
from tests.faults.ledger import Ledger
from tests.faults.lines import ADDRESSES, PATTERNS, POISONS, good_line, longer_by, not_base64

_BAD = 0.014  # of the records that are wholly bad
_BAD_NEIGHBOUR = 0.1  # of the records of many lines that hold a bad one
_MANY = 0.02
_BLANK = 0.002
_LIMITS_MS = (1_577_836_800_000, 4_102_444_799_999)  # the first and the last time that a log line may have


@dataclass
class Shard:
    """One shard. Its lines were logged from `start_ms` on, `step_ms` apart, but for the first, of 2020 and 2099."""

    name: str
    numbers: range
    random: Random
    ledger: Ledger
    start_ms: int
    step_ms: float
    limits: tuple[int, ...]  # lengths of lines, in bytes, that all must get through
    too_long: tuple[int, ...]  # and that must not

    def __post_init__(self) -> None:
        self._next = self.numbers.start
        self._position = 0
        self._lengths = [*self.limits, *self.too_long]
        self._lengths_at = sorted(self.random.sample(self.numbers, len(self._lengths)))

    def records(self) -> Iterator[Record]:
        """All records, in their order. The ledger learns what is in them as they come."""
        random = self.random
        while self._next < self.numbers.stop:
            first, drawn = self._next, random.random()
            data: bytes | str
            if self._lengths and first >= self._lengths_at[-len(self._lengths)]:
                data = self._at_a_limit(self._lengths.pop(0))
            elif drawn < _BAD:
                data = self._bad_record()
            elif drawn < _BAD + _MANY:
                data = self._many(random.randint(2, 60))
            elif drawn < _BAD + _MANY + _BLANK:
                data = random.choice((b"", b"\n", b"\r\n", b"\n\r\n\n"))
            else:
                data = self._good() + b"\n"
            yield Record(self._event(data), first, self._next)

    def _good(self, length: int | None = None) -> bytes:
        """The next good line, of a length if one is asked for."""
        number, random = self._next, self.random
        pattern, address = int(random.random() * len(PATTERNS)), int(random.random() * len(ADDRESSES))
        place = number - self.numbers.start
        time_ms = _LIMITS_MS[place] if place < len(_LIMITS_MS) else self.start_ms + int(place * self.step_ms)
        sent, stored = good_line(number, time_ms, PATTERNS[pattern], ADDRESSES[address])
        if length is not None:
            more = length - len(sent)
            sent, stored = longer_by(sent, more), longer_by(stored, more)
        self.ledger.good(number, stored, time_ms, pattern, address)
        self._next += 1
        return sent

    def _at_a_limit(self, length: int) -> bytes:
        if length in self.too_long:
            line = self._rejected(longer_by(self._template(), length - len(self._template())), "too_long")
            return line + b"\n" * self.random.randint(0, 1)
        return self._good(length) + b"\n"

    def _many(self, number: int) -> bytes:
        number = min(number, self.numbers.stop - self._next)
        lines = [self._good() for _ in range(number)]
        if self.random.random() < _BAD_NEIGHBOUR:
            lines[self.random.randrange(number)] += b"\n" + self._bad()
        end = self.random.choice((b"\n", b"\r\n"))
        return end.join(lines) + self.random.choice((b"", end))

    def _bad_record(self) -> bytes | str:
        if self.random.random() < 0.15:
            data = not_base64(self._template(), self.random)
            self._rejected(data.encode(), "not_base64")
            return data
        return self._bad()

    def _bad(self) -> bytes:
        reason = self.random.choice([*POISONS])
        poison = self.random.choice(POISONS[reason])
        return self._rejected(poison(self._template(), self.random), reason)

    def _rejected(self, line: bytes, reason: str) -> bytes:
        self.ledger.bad.add((self.name, self._sequence_number(), reason, line))
        return line

    def _template(self) -> bytes:
        """A line like the next one, which is not counted."""
        return good_line(self._next, self.start_ms, PATTERNS[0], ADDRESSES[0])[0]

    def _sequence_number(self) -> str:
        return f"4967126854{self._position:046d}"

    def _event(self, data: bytes | str) -> dict[str, Any]:
        sequence_number = self._sequence_number()
        self._position += 1
        return {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": "1",
                "sequenceNumber": sequence_number,
                "data": data if isinstance(data, str) else b64encode(data).decode(),
                "approximateArrivalTimestamp": self.start_ms / 1000 + self._position,
            },
            "eventID": f"{self.name}:{sequence_number}",
            "eventSource": "aws:kinesis",
        }
