# SPDX-License-Identifier: Apache-2.0
"""What did not get through the first time reaches the lake by a replay, and counts once."""

import base64
import io
import time

from rich.console import Console

from edgepixel.ask.athena import run_query
from edgepixel.aws import lake_names
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.replay.command import run_replay
from edgepixel.replay.undelivered_lines import Selection
from tests.e2e.conftest import Answered
from tests.e2e.streams import objects, stream_records
from tests.log_lines import log_line
from tests.unit.edgepixel.replay.kept_objects import failed_batch_body, quarantine_body
from tests.waiting import wait_until

POISONED = b"1763888400.000\treplayed\tstill not enough fields"
COUNT = (
    "SELECT count(DISTINCT request_id) AS events, count(*) AS row_count FROM events WHERE request_id LIKE 'replayed-%'"
)


def test_replayed_lines_reach_the_lake_once_and_a_second_replay_sends_none_of_them(
    answered: dict[str, Answered],
) -> None:
    result = answered["enabled"]  # whose answers have been asked, so that these lines do not disturb them
    cloud, stack = result.cloud, result.stack
    arrived = time.time() - 60
    quarantine = f"{lake_names.QUARANTINE}dt=2026-01-01/hour=00/shardId-000000000000-1-3.jsonl.gz"
    # Good lines, as if an aggregator that is fixed by now had refused them, and one that is bad for this one too.
    entries = [("field_count", line("replayed-1")), ("timestamp", line("replayed-2")), ("field_count", POISONED)]
    put(cloud, stack, quarantine, quarantine_body(*entries, arrived=arrived))
    batch = failed_batch_body(line("replayed-3"), line("replayed-4") + b"\n", arrived=arrived)
    put(cloud, stack, f"{lake_names.FAILED_BATCHES}00000000-0000/shardId-000000000000/2026/01/01/batch", batch)

    # Each stage by itself first: the quarantine that other tests leave is none of ours.
    before = len(stream_records(cloud, stack.outputs["RawStreamName"]))
    assert "field_count" in said(stack, Selection("field_count"), dry_run=True)
    assert len(stream_records(cloud, stack.outputs["RawStreamName"])) == before
    said(stack, Selection("timestamp"))
    assert len(stream_records(cloud, stack.outputs["RawStreamName"])) == before + 1
    said(stack, Selection())

    def counts() -> tuple[object, ...]:
        return run_query(stack, COUNT).rows[0]

    wait_until(lambda: counts()[0] == 4, "all replayed lines are events", counts, pause_seconds=0.5)
    assert counts() == (4, 4)

    # Nothing of what was replayed is sent again ...
    raw = stack.outputs["RawStreamName"]
    sent = len(stream_records(cloud, raw))
    again = said(stack, Selection("failed_batch"))
    assert "Skipped" in again
    assert "Nothing to replay" in again
    assert len(stream_records(cloud, raw)) == sent
    assert f"{lake_names.REPLAYED}{quarantine}/all/from-0" in keys(cloud, stack, lake_names.REPLAYED)

    # ... but the line that is still bad came back as a new entry, which goes round when it is asked for.
    poisoned = base64.b64encode(POISONED)
    returned = [key for key, body in objects(cloud, stack, lake_names.QUARANTINE).items() if poisoned in body]
    assert len(returned) == 2
    said(stack, Selection())
    later = [record["Data"] for record in stream_records(cloud, raw)[sent:]]
    assert POISONED in later
    assert not any(b"replayed-" in data for data in later)


def said(stack: Stack, selection: Selection, *, dry_run: bool = False) -> str:
    """What a replay prints."""
    console = Console(file=io.StringIO(), width=200)
    run_replay(stack, selection, dry_run, False, console, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def put(cloud: Cloud, stack: Stack, key: str, body: bytes) -> None:
    cloud.client("s3").put_object(Bucket=stack.lake_bucket, Key=key, Body=body)


def keys(cloud: Cloud, stack: Stack, prefix: str) -> list[str]:
    pages = cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.lake_bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def line(request_id: str) -> bytes:
    """A log line of this moment, without its newline."""
    return log_line(timestamp=f"{time.time():.3f}", x_edge_request_id=request_id).rstrip(b"\n")
