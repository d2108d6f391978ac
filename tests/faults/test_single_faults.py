# SPDX-License-Identifier: Apache-2.0
"""One fault at a time: exactly what arrives, what is kept, and from which record on the batch comes again."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from localcloud.user_records import user_records
from tests.faults.conftest import Stage
from tests.faults.endpoint import REQUEST_BYTES, REQUEST_RECORDS, Entry, Fault, Plan
from tests.faults.event_source import Clock, Crash, EventSource, Record
from tests.faults.ledger import kept
from tests.faults.lines import ADDRESSES, PATTERNS, good_line, longer_by, number_of

DONE: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
SMALL = {"USER_RECORD_BYTES": "5120", "AGGREGATE_BYTES": "5120"}
PER_AGGREGATE = 10  # lines of `lines` in an aggregate of 5,120 bytes


@dataclass
class Script(Plan):
    """Faults in the order of the calls, then none. `throttle` says which entries of which call are throttled."""

    random: Random = field(default_factory=lambda: Random(0))
    puts: list[Fault] = field(default_factory=list)
    objects: list[Fault] = field(default_factory=list)
    throttle: dict[int, set[int]] = field(default_factory=dict)  # positions in the n-th call that was answered
    answered: int = -1

    def fault(self, operation: str) -> Fault:
        faults = self.puts if operation == "PutRecords" else self.objects
        return faults.pop(0) if faults else Fault.NONE

    def throttles(self, position: int) -> bool:
        self.answered += position == 0
        return position in self.throttle.get(self.answered, ())


def lines(number: int) -> list[bytes]:
    """Log lines that are stored as they came, each of 500 bytes with its newline."""
    made = [good_line(n, 1_794_600_000_000 + n, PATTERNS[0], (ADDRESSES[0][1],) * 2)[0] for n in range(number)]
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


def arrived(entries: Iterable[Entry]) -> list[bytes]:
    """The lines in aggregates, in their order."""
    return b"".join(block for entry in entries for block in user_records(entry.data)).split(b"\n")[:-1]


def test_an_empty_batch_is_done_without_a_call(stage: Callable[..., Stage]) -> None:
    made = stage()
    assert handle(made, []) == DONE
    assert made.endpoint.calls == {}


def test_without_faults_everything_arrives_once(stage: Callable[..., Stage]) -> None:
    made = stage(**SMALL)
    assert handle(made, lines(200)) == DONE
    assert arrived(made.endpoint.accepted) == lines(200)
    assert len(made.endpoint.accepted) == 200 / PER_AGGREGATE


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.THROTTLED_CALL, Fault.LOST_REQUEST])
def test_a_refused_call_is_made_again(stage: Callable[..., Stage], fault: Fault) -> None:
    made = stage(Script(puts=[fault, fault]))
    assert handle(made, lines(200)) == DONE
    assert arrived(made.endpoint.accepted) == lines(200)
    assert made.endpoint.calls == {"PutRecords": 3}


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HANG])
def test_what_arrived_without_an_answer_arrives_twice(stage: Callable[..., Stage], fault: Fault) -> None:
    made = stage(Script(puts=[fault]), read_seconds=1)
    assert handle(made, lines(200)) == DONE
    assert arrived(made.endpoint.accepted) == lines(200) * 2
    first, second = made.endpoint.accepted
    assert first == second


def test_only_throttled_entries_are_sent_again(stage: Callable[..., Stage]) -> None:
    made = stage(Script(throttle={0: {0, 3}, 1: {1}}), **SMALL)
    assert handle(made, lines(5 * PER_AGGREGATE)) == DONE
    firsts = [number_of(arrived([entry])[0]) // PER_AGGREGATE for entry in made.endpoint.accepted]
    assert firsts == [1, 2, 4, 0, 3]
    assert arrived(made.endpoint.refused)[0] == lines(1)[0]


def test_with_slow_answers_it_stops_in_time_and_names_the_first_unsent_record(stage: Callable[..., Stage]) -> None:
    made = stage(Script(throttle={call: {1} if call == 0 else {0} for call in range(100)}), **SMALL)
    made.call_milliseconds = 15_000
    assert handle(made, lines(3 * PER_AGGREGATE)) == failure(PER_AGGREGATE)
    assert arrived(made.endpoint.accepted) == [*lines(PER_AGGREGATE), *lines(3 * PER_AGGREGATE)[2 * PER_AGGREGATE :]]
    assert made.clock.milliseconds >= 0
    assert made.endpoint.calls["PutRecords"] in (6, 7)  # by how long it slept between them


def test_requests_that_time_does_not_allow_are_not_begun(stage: Callable[..., Stage]) -> None:
    made = stage(**SMALL)
    made.call_milliseconds = 15_000
    content = lines((REQUEST_RECORDS + 1) * PER_AGGREGATE)
    assert handle(made, content, milliseconds=30_000) == failure(REQUEST_RECORDS * PER_AGGREGATE)
    assert arrived(made.endpoint.accepted) == content[:-PER_AGGREGATE]


@pytest.mark.parametrize(("moment", "times"), [("before", 1), ("after", 2)])
def test_a_crash_in_the_middle_of_a_batch_only_repeats(stage: Callable[..., Stage], moment: str, times: int) -> None:
    made = stage(**SMALL)
    content = lines((REQUEST_RECORDS + 1) * PER_AGGREGATE)
    made.crashes = lambda call, at: (call, at) == (2, moment)
    with pytest.raises(Crash), pytest.warns(UserWarning, match="No application metrics"):
        handle(made, content)
    assert handle(made, content) == DONE
    found = arrived(made.endpoint.accepted)
    assert [found.count(content[0]), found.count(content[-1])] == [2, times]
    assert set(found) == set(content)


def test_the_event_source_brings_a_crashed_batch_again_in_halves(stage: Callable[..., Stage]) -> None:
    made = stage(**SMALL)
    made.crashes = lambda call, moment: call == 1
    acknowledged: list[str] = []
    source = EventSource(
        made.handler,
        made.clock,
        Random(0),
        lambda records: acknowledged.extend(record.sequence_number for record in records),
    )
    with pytest.warns(UserWarning, match="No application metrics"):
        source.process(batch(lines(40)))
    assert acknowledged == [sequence_number(position) for position in range(40)]
    assert arrived(made.endpoint.accepted) == lines(40)
    assert source.counts == {"invocations": 3, "invocations crashed": 1, "batches cut in two": 1}


def test_a_quarantine_that_fails_twice_is_written_at_the_third_try(stage: Callable[..., Stage]) -> None:
    made = stage(Script(objects=[Fault.SERVER_ERROR, Fault.LOST_ANSWER]))
    assert handle(made, [lines(1)[0], b"bad"]) == DONE
    assert [(reason, line) for _, _, reason, line in kept(made.endpoint.objects)] == [("field_count", b"bad")]
    assert (made.endpoint.calls["PutObject"], made.endpoint.violations) == (3, [])


def test_an_unwritable_quarantine_brings_the_batch_again_from_the_bad_record_on(stage: Callable[..., Stage]) -> None:
    made = stage(Script(objects=[Fault.UNAVAILABLE] * 3))
    content = [*lines(3), b"bad", *lines(5)[3:]]
    assert handle(made, content) == failure(3)
    assert arrived(made.endpoint.accepted) == lines(3)
    assert made.endpoint.objects == {}
    assert handle(made, content[3:]) == DONE
    assert arrived(made.endpoint.accepted) == lines(5)
    assert [line for *_, line in kept(made.endpoint.objects)] == [b"bad"]


def test_a_request_holds_no_more_records_than_the_stream_takes(stage: Callable[..., Stage]) -> None:
    made = stage(**SMALL)
    assert handle(made, lines((2 * REQUEST_RECORDS + 1) * PER_AGGREGATE)) == DONE
    assert (made.endpoint.calls["PutRecords"], made.endpoint.violations) == (3, [])


def test_a_request_holds_no_more_bytes_than_the_stream_takes(stage: Callable[..., Stage]) -> None:
    made = stage()
    longest = made.function.packing.LONGEST_LINE_BYTES
    content = [longer_by(line, longest - len(line)) for line in lines(11)]
    assert sum(map(len, content)) > REQUEST_BYTES
    assert handle(made, content) == DONE
    assert arrived(made.endpoint.accepted) == content
    assert (made.endpoint.calls["PutRecords"], made.endpoint.violations) == (2, [])


def test_a_stream_that_never_takes_anything_is_given_up_by_the_event_source(stage: Callable[..., Stage]) -> None:
    made = stage(Script(puts=[Fault.UNAVAILABLE] * 10_000))
    clock: Clock = made.clock
    acknowledged: list[Record] = []
    source = EventSource(made.handler, clock, Random(0), acknowledged.extend)
    with pytest.raises(AssertionError, match="3 records"):
        source.process(batch(lines(3)))
    assert acknowledged == []
