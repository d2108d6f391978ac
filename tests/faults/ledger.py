# SPDX-License-Identifier: Apache-2.0
"""What was put into the raw stream, and what must have become of it."""

import base64
import gzip
import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from edgepixel.traffic.hit import Truth
from edgepixel.traffic.simulation.visit_times import HOUR_MS
from edgepixel.truth.events import Event
from localcloud.firehose.user_records import user_records
from tests.faults.lines import ADDRESSES, PATTERNS, Pattern, number_of

type Kept = tuple[str, str, str, bytes]
"""A bad line: its shard, sequence number, reason, and the line."""


@dataclass(frozen=True)
class Aggregate:
    """An aggregate's text, and the numbers of its lines: from `first` to before `end`."""

    text: bytes
    first: int
    end: int


class Ledger:
    """Every good line of the shards, by its number, and every bad one. A shard's numbers are one range.

    Of a good line only the hash is kept, of 64 bits, from a key that Python draws anew for each process.
    """

    def __init__(self, shards: Sequence[range]) -> None:
        self._starts = {number for numbers in shards for number in (numbers.start, numbers.stop)}
        self._stored = array("q", bytes(8 * max(numbers.stop for numbers in shards)))
        self.bad: set[Kept] = set()
        self.hits: Counter[tuple[int, int, int]] = Counter()  # by hour, number of the pattern, number of the address

    def good(self, number: int, stored: bytes, time_ms: int, pattern: int, address: int) -> None:
        self._stored[number] = hash(stored)
        self.hits[time_ms // HOUR_MS, pattern, address] += 1

    def aggregate(self, data: bytes) -> Aggregate:
        """What is in a Kinesis record. Raises AssertionError unless it is lines that follow each other in a shard."""
        blocks = user_records(data)
        assert blocks != [data], "not an aggregate"
        text = b"".join(blocks)
        lines = text.split(b"\n")
        assert all(block.endswith(b"\n") for block in blocks), "a line was cut"
        lines.pop()  # what is behind the last newline: nothing
        first = number_of(lines[0])
        end = first + len(lines)
        found, expected = array("q", map(hash, lines)), self._stored[first:end]
        if found != expected:
            position = next(i for i, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1])
            raise AssertionError(f"line {position} of {len(lines)} is not line {first + position} of the shards")
        assert self._starts.isdisjoint(range(first + 1, end)), "lines of two shards in one aggregate"
        return Aggregate(text, first, end)

    def events(self, since: datetime) -> list[Event]:
        """The events that the answers count, from a time on, once each. Their request ids and minutes are left out."""
        kinds: Counter[Event] = Counter()
        for (hour, pattern, address), number in self.hits.items():
            if hour * HOUR_MS >= since.timestamp() * 1000:
                kinds[_event(hour, PATTERNS[pattern], ADDRESSES[address][0])] += number
        return list(kinds.elements())


def _event(hour: int, pattern: Pattern, address: bytes) -> Event:
    truth = Truth(
        time_ms=hour * HOUR_MS,
        method="GET",
        event=pattern.event,
        traffic=pattern.traffic,
        traffic_reason="",
        browser="",
        os="",
        device="",
        user_agent=pattern.agent,
        address=address.decode(),
        country=None,
        asn=None,
        page=None,
    )
    network = ip_network(address.decode())
    network = network.supernet(new_prefix=48 if network.version == 6 else 24)
    return Event("", 200, truth, None if pattern.private else (str(network), pattern.agent, pattern.host))


class Arrivals:
    """Which lines arrived, in which order, and how often."""

    def __init__(self, shards: Sequence[range]) -> None:
        last = max(numbers.stop for numbers in shards)
        self._seen, self._held_back = bytearray(last), bytearray(last)
        self._newest = {numbers: numbers.start - 1 for numbers in shards}
        self.repeats = 0

    def hold_back(self, aggregate: Aggregate) -> None:
        """The aggregate was refused: later ones may overtake its lines."""
        self._held_back[aggregate.first : aggregate.end] = b"\1" * (aggregate.end - aggregate.first)

    def arrive(self, aggregate: Aggregate) -> None:
        """Note an aggregate. Raises AssertionError if a line that nobody refused came after a later line."""
        first, end = aggregate.first, aggregate.end
        seen, held_back = self._seen[first:end], self._held_back[first:end]
        self.repeats += sum(seen)
        new = [first + i for i, marks in enumerate(zip(seen, held_back, strict=True)) if marks == (0, 0)]
        self._seen[first:end] = b"\1" * (end - first)
        if new:
            shard = next(numbers for numbers in self._newest if first in numbers)
            assert new[0] > self._newest[shard], f"line {new[0]} came after line {self._newest[shard]}"
            self._newest[shard] = new[-1]

    def missing(self, numbers: range) -> list[int]:
        """The lines of a range that have not arrived."""
        return [number for number in numbers if not self._seen[number]]


def kept(objects: Mapping[str, bytes]) -> Iterable[Kept]:
    """The entries of quarantine objects."""
    for body in objects.values():
        for text in gzip.decompress(body).splitlines():
            entry = json.loads(text)
            yield entry["shard"], entry["sequence_number"], entry["reason"], base64.b64decode(entry["line"])
