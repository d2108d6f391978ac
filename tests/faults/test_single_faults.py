# SPDX-License-Identifier: Apache-2.0
"""One fault at a time: exactly what arrives, what is kept, and from which record on the batch comes again."""

from collections.abc import Callable
from random import Random

import pytest

from tests.fakes.kinesis import REQUEST_BYTES, REQUEST_RECORDS
from tests.faults.conftest import Stage
from tests.faults.event_source import Crash, EventSource, GivenUp, Record
from tests.faults.ledger import kept
from tests.faults.lines import longer_by, number_of
from tests.faults.plan import Fault
from tests.faults.single_batch import (
    DONE,
    PER_AGGREGATE,
    SMALL,
    Script,
    arrived,
    batch,
    failure,
    handle,
    lines,
    sequence_number,
)


def test_an_empty_batch_is_done_without_a_call(stage: Callable[..., Stage]) -> None:
    made = stage()
    assert handle(made, []) == DONE
    assert made.endpoint.calls == {}


def test_without_faults_everything_arrives_once(stage: Callable[..., Stage]) -> None:
    made = stage(**SMALL)
    assert handle(made, lines(200)) == DONE
    assert arrived(made.endpoint.kinesis.taken) == lines(200)
    assert len(made.endpoint.kinesis.taken) == 200 / PER_AGGREGATE


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.THROTTLED_CALL, Fault.LOST_REQUEST])
def test_a_refused_call_is_made_again(stage: Callable[..., Stage], fault: Fault) -> None:
    made = stage(Script(puts=[fault, fault]))
    assert handle(made, lines(200)) == DONE
    assert arrived(made.endpoint.kinesis.taken) == lines(200)
    assert made.endpoint.calls == {"PutRecords": 3}


@pytest.mark.parametrize(("fault", "read_seconds"), [(Fault.LOST_RESPONSE, 15), (Fault.HANG, 3)])
def test_what_arrived_without_a_response_arrives_twice(
    stage: Callable[..., Stage], fault: Fault, read_seconds: float
) -> None:
    # How long the client waits: little for a response that does not come, enough on a busy machine for one that does.
    made = stage(Script(puts=[fault]), read_seconds)
    assert handle(made, lines(200)) == DONE
    assert arrived(made.endpoint.kinesis.taken) == lines(200) * 2
    first, second = made.endpoint.kinesis.taken
    assert first == second


def test_only_throttled_entries_are_sent_again(stage: Callable[..., Stage]) -> None:
    made = stage(Script(throttle={0: {0, 3}, 1: {1}}), **SMALL)
    assert handle(made, lines(5 * PER_AGGREGATE)) == DONE
    firsts = [number_of(arrived([entry])[0]) // PER_AGGREGATE for entry in made.endpoint.kinesis.taken]
    assert firsts == [1, 2, 4, 0, 3]
    assert arrived(made.endpoint.kinesis.refused)[0] == lines(1)[0]


def test_with_slow_responses_it_stops_in_time_and_names_the_first_unsent_record(stage: Callable[..., Stage]) -> None:
    made = stage(Script(throttle={0: {1, 3}} | {call: {0, 1} for call in range(1, 100)}), **SMALL)
    made.call_milliseconds = lambda: 15_000
    assert handle(made, lines(4 * PER_AGGREGATE)) == failure(PER_AGGREGATE)
    first, third = made.endpoint.kinesis.taken
    assert arrived([first]) == lines(PER_AGGREGATE)
    assert arrived([third]) == lines(3 * PER_AGGREGATE)[2 * PER_AGGREGATE :]
    assert made.clock.milliseconds >= 0
    assert made.endpoint.calls["PutRecords"] in (6, 7)  # by how long it slept between them


def test_requests_that_time_does_not_allow_are_not_begun(stage: Callable[..., Stage]) -> None:
    made = stage(**SMALL)
    made.call_milliseconds = lambda: 15_000
    content = lines((REQUEST_RECORDS + 1) * PER_AGGREGATE)
    assert handle(made, content, milliseconds=30_000) == failure(REQUEST_RECORDS * PER_AGGREGATE)
    assert arrived(made.endpoint.kinesis.taken) == content[:-PER_AGGREGATE]


@pytest.mark.parametrize(("moment", "times"), [("before", 1), ("after", 2)])
def test_a_crash_in_the_middle_of_a_batch_only_repeats(stage: Callable[..., Stage], moment: str, times: int) -> None:
    made = stage(**SMALL)
    content = lines((REQUEST_RECORDS + 1) * PER_AGGREGATE)
    made.crashes = lambda call, at: (call, at) == (2, moment)
    with pytest.raises(Crash), pytest.warns(UserWarning, match="No application metrics"):
        handle(made, content)
    assert handle(made, content) == DONE
    found = arrived(made.endpoint.kinesis.taken)
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
    assert arrived(made.endpoint.kinesis.taken) == lines(40)
    assert source.counts == {"invocations": 3, "invocations crashed": 1, "batches cut in two": 1}


def test_a_quarantine_that_fails_twice_is_written_at_the_third_try(stage: Callable[..., Stage]) -> None:
    made = stage(Script(objects=[Fault.SERVER_ERROR, Fault.LOST_RESPONSE]))
    assert handle(made, [lines(1)[0], b"bad"]) == DONE
    assert [(reason, line) for _, _, reason, line in kept(made.endpoint.objects)] == [("field_count", b"bad")]
    assert (made.endpoint.calls["PutObject"], made.endpoint.violations) == (3, [])


def test_an_unwritable_quarantine_brings_the_batch_again_from_the_bad_record_on(stage: Callable[..., Stage]) -> None:
    made = stage(Script(objects=[Fault.UNAVAILABLE] * 3))
    content = [*lines(3), b"bad", *lines(5)[3:]]
    assert handle(made, content) == failure(3)
    assert arrived(made.endpoint.kinesis.taken) == lines(3)
    assert made.endpoint.objects == {}
    assert handle(made, content[3:]) == DONE
    assert arrived(made.endpoint.kinesis.taken) == lines(5)
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
    assert arrived(made.endpoint.kinesis.taken) == content
    assert (made.endpoint.calls["PutRecords"], made.endpoint.violations) == (2, [])


def test_a_stream_that_never_takes_anything_is_given_up_by_the_event_source(stage: Callable[..., Stage]) -> None:
    made = stage(Script(puts=[Fault.UNAVAILABLE] * 10_000))
    acknowledged: list[Record] = []
    source = EventSource(made.handler, made.clock, Random(0), acknowledged.extend)
    with pytest.raises(GivenUp, match="3 records"):
        source.process(batch(lines(3)))
    assert acknowledged == []
