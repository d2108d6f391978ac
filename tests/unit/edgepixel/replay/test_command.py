# SPDX-License-Identifier: Apache-2.0
"""Replaying: what is sent, what is marked, and what is skipped the next time."""

import dataclasses
import io
import re
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from edgepixel.aws.lake_names import FAILED_BATCHES, QUARANTINE, REPLAYED
from edgepixel.aws.stack import Stack
from edgepixel.errors import ReplayError
from edgepixel.replay import raw_stream
from edgepixel.replay.command import run_replay
from edgepixel.replay.undelivered_lines import Selection
from tests.fakes.client import FakeClient
from tests.unit.edgepixel.fake_cloud import STACK, fake_cloud
from tests.unit.edgepixel.replay.kept_objects import (
    NOON,
    NOON_MS,
    RAW_STREAM,
    Lake,
    failed_batch_body,
    quarantine_body,
    raw_stream_client,
    taken,
)

DISABLED = dataclasses.replace(STACK, outputs={**STACK.outputs, "RawStreamName": RAW_STREAM})
ENABLED = dataclasses.replace(STACK, outputs={**DISABLED.outputs, "AggregatorFunctionName": "edgepixel-aggregator"})
MIXED = f"{QUARANTINE}dt=2026-01-15/hour=12/shardId-000000000000-0-3.jsonl.gz"
BATCH = f"{FAILED_BATCHES}0b1c/shardId-000000000000/2026/01/15/2026-01-15T12.00.00-9f"
MIXED_LINES = [("field_count", b"a"), ("timestamp", b"b"), ("field_count", b"c"), ("not_utf8", b"\xff\x00")]


@pytest.fixture
def lake() -> Lake:
    lake = Lake()
    lake.hold(MIXED, quarantine_body(*MIXED_LINES))
    lake.hold(BATCH, failed_batch_body(b"one\n", b"two\n"))
    return lake


def run(
    lake: Lake,
    kinesis: FakeClient,
    selection: Selection | None = None,
    *,
    dry_run: bool = False,
    stack: Stack = ENABLED,
) -> tuple[str, str]:
    """What a replay prints to the output and as messages."""
    output, messages = io.StringIO(), io.StringIO()
    run_replay(
        dataclasses.replace(stack, cloud=fake_cloud(s3=lake.client, kinesis=kinesis)),
        selection or Selection(),
        dry_run,
        True,
        Console(file=output, width=200),
        Console(file=messages, width=200),
    )
    return output.getvalue(), messages.getvalue()


def rows(output: str) -> dict[str, str]:
    return {words[0]: words[1] for words in map(str.split, output.splitlines()) if len(words) == 2}


def test_everything_is_sent_as_it_came_and_the_next_replay_sends_nothing(lake: Lake) -> None:
    kept = dict(lake.objects)
    kinesis = raw_stream_client()
    output, messages = run(lake, kinesis)
    assert taken(kinesis) == [b"a", b"b", b"c", b"\xff\x00", b"one\n", b"two\n"]
    assert rows(output) == {
        "reason": "lines",
        "failed_batch": "2",
        "field_count": "2",
        "not_utf8": "1",
        "timestamp": "1",
    }
    assert "6 lines of 2 objects" in messages
    assert "replay --dry-run" in messages
    assert {key: lake.objects[key] for key in kept} == kept

    lake.client.calls.clear()
    again = raw_stream_client()
    output, messages = run(lake, again)
    assert (again.calls, output, lake.reads) == ([], "", [])
    assert "Skipped 2 objects" in messages
    assert "Nothing to replay" in messages


def test_a_new_object_is_replayed_beside_the_old_ones(lake: Lake) -> None:
    run(lake, raw_stream_client())
    lake.hold(f"{QUARANTINE}new.jsonl.gz", quarantine_body(("timestamp", b"new")))
    kinesis = raw_stream_client()
    _, messages = run(lake, kinesis)
    assert taken(kinesis) == [b"new"]
    assert "Skipped 2 objects" in messages


def test_a_retry_of_the_aggregator_that_writes_the_object_again_does_not_undo_the_mark(lake: Lake) -> None:
    run(lake, raw_stream_client())
    lake.hold(MIXED, quarantine_body(*MIXED_LINES), NOON + timedelta(hours=1))
    kinesis = raw_stream_client()
    run(lake, kinesis)
    assert taken(kinesis) == []


def test_lines_of_other_reasons_stay_to_be_replayed(lake: Lake) -> None:
    kinesis = raw_stream_client()
    run(lake, kinesis, Selection("field_count"))
    run(lake, kinesis, Selection("field_count"))
    assert taken(kinesis) == [b"a", b"c"]
    run(lake, kinesis, Selection("timestamp"))
    assert taken(kinesis) == [b"a", b"c", b"b"]
    run(lake, kinesis)
    assert taken(kinesis) == [b"a", b"c", b"b", b"\xff\x00", b"one\n", b"two\n"]
    run(lake, kinesis)
    assert len(taken(kinesis)) == 6


def test_an_object_whose_reasons_were_replayed_one_by_one_is_not_read_again(lake: Lake) -> None:
    for reason in ("field_count", "timestamp", "not_utf8", "failed_batch"):
        run(lake, raw_stream_client(), Selection(reason))
    lake.client.calls.clear()
    _, messages = run(lake, raw_stream_client())
    assert lake.reads == []
    assert "Skipped 2 objects" in messages


def test_since_is_about_the_arrival_of_each_line(lake: Lake) -> None:
    kinesis = raw_stream_client()
    since = NOON_MS + 2 * 60_000  # the third line's arrival
    run(lake, kinesis, Selection(since_ms=since))
    assert taken(kinesis) == [b"c", b"\xff\x00"]
    run(lake, kinesis, Selection(since_ms=since - 1))
    run(lake, kinesis, Selection("timestamp", since - 60_000))
    assert taken(kinesis) == [b"c", b"\xff\x00", b"b"]
    run(lake, kinesis)
    assert taken(kinesis) == [b"c", b"\xff\x00", b"b", b"a", b"one\n", b"two\n"]


def test_objects_from_long_before_since_are_not_even_read(lake: Lake) -> None:
    lake.date_all(NOON)
    run(lake, raw_stream_client(), Selection(since_ms=NOON_MS + 3_600_000))
    assert lake.reads == []


def test_a_dry_run_counts_what_a_replay_would_send_and_changes_nothing(lake: Lake) -> None:
    run(lake, raw_stream_client(), Selection("timestamp"))
    lake.client.calls.clear()
    kinesis = raw_stream_client()
    output, messages = run(lake, kinesis, dry_run=True)
    assert rows(output) == {"reason": "lines", "failed_batch": "2", "field_count": "2", "not_utf8": "1"}
    assert "5 lines of 2 objects would be sent" in messages
    assert (kinesis.calls, lake.puts) == ([], [])


def test_an_object_whose_lines_were_not_all_taken_is_not_marked_and_comes_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_stream, "_BACKOFF_BASE_SECONDS", 0.0)
    with pytest.raises(ReplayError, match="keeps refusing"):
        run(lake, raw_stream_client(always=True))
    assert lake.puts == []
    kinesis = raw_stream_client()
    run(lake, kinesis)
    assert len(taken(kinesis)) == 6


def test_a_replay_that_is_stopped_keeps_what_it_marked(lake: Lake) -> None:
    first = raw_stream_client()
    first.fail_next["put_records"] = [None, "AccessDeniedException"]
    with pytest.raises(ClientError, match="AccessDenied"):
        run(lake, first)
    second = raw_stream_client()
    _, messages = run(lake, second)
    assert taken(first) == [line for _, line in MIXED_LINES]
    assert taken(second) == [b"one\n", b"two\n"]
    assert "Skipped 1 objects" in messages


def test_a_stop_between_sending_and_marking_sends_again_and_never_less(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(**_: object) -> None:
        raise KeyboardInterrupt

    kinesis = raw_stream_client()
    with monkeypatch.context() as patch:
        patch.setattr(lake.client, "put_object", stop)
        with pytest.raises(KeyboardInterrupt):
            run(lake, kinesis)
    run(lake, kinesis)
    assert taken(kinesis) == [b"a", b"b", b"c", b"\xff\x00"] * 2 + [b"one\n", b"two\n"]


def test_an_unreadable_object_is_named_and_does_not_hold_up_the_others(lake: Lake) -> None:
    lake.hold(f"{QUARANTINE}broken.jsonl.gz", b"no gzip")
    kinesis = raw_stream_client()
    with pytest.raises(ReplayError, match=rf"^1 objects cannot be read.*{re.escape(QUARANTINE)}broken\.jsonl\.gz"):
        run(lake, kinesis)
    assert len(taken(kinesis)) == 6
    assert not any("broken" in mark for mark in lake.puts)


def test_a_reason_of_another_version_is_replayed_with_the_rest(lake: Lake) -> None:
    lake.hold(MIXED, quarantine_body(("of_tomorrow", b"x")))
    kinesis = raw_stream_client()
    run(lake, kinesis)
    assert b"x" in taken(kinesis)


def test_a_stack_without_aggregator_is_never_sent_unchecked_lines(lake: Lake) -> None:
    kinesis = raw_stream_client()
    with pytest.raises(ReplayError, match="Aggregation=disabled"):
        run(lake, kinesis, stack=DISABLED)
    assert (kinesis.calls, lake.puts) == ([], [])
    assert rows(run(lake, kinesis, dry_run=True, stack=DISABLED)[0])["field_count"] == "2"


@pytest.mark.parametrize("stack", [ENABLED, DISABLED])
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_empty_lake_has_nothing_to_replay(stack: Stack, dry_run: bool) -> None:
    kinesis = raw_stream_client()
    output, messages = run(Lake(), kinesis, dry_run=dry_run, stack=stack)
    assert (output, kinesis.calls) == ("", [])
    assert f"Nothing to replay in {QUARANTINE} and {FAILED_BATCHES} of edgepixel-lake." in messages


def test_what_is_no_mark_marks_nothing(lake: Lake) -> None:
    lake.hold(f"{REPLAYED}notes.txt", b"")
    lake.hold(f"{REPLAYED}{MIXED}/all/from-soon", b"")
    kinesis = raw_stream_client()
    run(lake, kinesis)
    assert len(taken(kinesis)) == 6


def test_an_object_that_seems_a_moment_older_than_its_lines_is_read(lake: Lake) -> None:
    lake.date_all(NOON - timedelta(seconds=30))
    kinesis = raw_stream_client()
    run(lake, kinesis, Selection(since_ms=NOON_MS))
    assert len(taken(kinesis)) == 6
