# SPDX-License-Identifier: Apache-2.0
"""The load run's own parts: pacing, what it counts as lost, and its table."""

import gzip
import time
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.load.__main__ import paced
from benchmarks.load.watch import Sample, Watch, lambda_workers, load_table, resident_bytes
from edgepixel.aws.lake_names import EVENTS, QUARANTINE
from tests.fakes.client import FakeClient
from tests.fakes.s3 import S3
from tests.log_lines import log_line
from tests.unit.edgepixel.fake_cloud import fake_cloud


class Lake:
    """The lake bucket, behind a client."""

    def __init__(self) -> None:
        self.client = FakeClient("s3", S3({"lake": []}))

    def put(self, key: str, *request_ids: str) -> None:
        lines = (log_line(x_edge_request_id=one) for one in request_ids)
        self.client.put_object(Bucket="lake", Key=key, Body=gzip.compress(b"".join(lines)))


@pytest.fixture
def lake() -> Lake:
    return Lake()


@pytest.fixture
def watch(lake: Lake) -> Watch:
    stack: Any = SimpleNamespace(lake_bucket="lake")
    return Watch(fake_cloud(s3=lake.client), stack, server=0)


def serve(watch: Watch, *request_ids: str, logged: bool = True) -> None:
    for one in request_ids:
        row: Any = SimpleNamespace(request_id=one, truth=SimpleNamespace(logged=logged))
        watch.served(row)


def test_what_was_served_is_missing_until_its_line_is_in_the_lake(watch: Watch, lake: Lake) -> None:
    serve(watch, "a", "b")
    serve(watch, "page", logged=False)
    lake.put(f"{EVENTS}1.gz", "a")
    assert watch.missing() == {"b"}
    assert not watch.all_is_well()
    assert "2 hits were served, 1 of them lost" in watch.summary()
    lake.put(f"{EVENTS}2.gz", "b", "a")
    assert watch.missing() == set()
    assert watch.all_is_well()
    assert "0 of them lost; 0 lines belong to no hit, 0 in quarantine, 1 are there again" in watch.summary()


@pytest.mark.parametrize("key", [f"{EVENTS}2.gz", f"{QUARANTINE}1.gz"])
def test_a_line_of_no_hit_and_one_in_quarantine_are_no_good_end(watch: Watch, lake: Lake, key: str) -> None:
    serve(watch, "a")
    lake.put(f"{EVENTS}1.gz", "a")
    lake.put(key, "stranger")
    assert watch.missing() == set()
    assert not watch.all_is_well()


def test_the_lag_is_the_age_of_the_oldest_hit_on_its_way(
    watch: Watch, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    serve(watch, "a")
    now[0] += 5
    serve(watch, "b")
    now[0] += 2
    watch.note("something")
    sample = watch.sample()
    assert (sample.served, sample.delivered, sample.lag, sample.happened) == (2, 0, 7.0, "something")
    lake.put(f"{EVENTS}1.gz", "a")
    sample = watch.sample()
    assert (sample.delivered, sample.lag, sample.happened) == (1, 2.0, "")
    lake.put(f"{EVENTS}2.gz", "b")
    assert watch.sample().lag == 0
    assert "7 seconds old at most" in watch.summary()


def test_hits_keep_their_pace_and_who_is_late_catches_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = [100.0], list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: (slept.append(seconds), now.__setitem__(0, now[0] + seconds)))
    hits: Any = ["a", "b", "c", "d"]
    sent = []
    for hit in paced(hits, per_second=2):
        sent.append((hit, now[0]))
        now[0] += 1.2 if hit == "b" else 0
    assert sent == [("a", 100.0), ("b", 100.5), ("c", 101.7), ("d", 101.7)]
    assert slept == [0.5]


def test_the_table_has_a_row_for_each_moment() -> None:
    table = load_table([Sample(10.2, 1500, 1400, 1.04, 200.4, 2, 140.0, "3 workers killed")])
    assert table.splitlines()[2] == "| 10 | 1,500 | 1,400 | 1.0 | 200 | 2 | 140 | 3 workers killed |"


def test_processes_that_have_ended_have_no_memory_and_no_workers() -> None:
    assert resident_bytes([2**22 + 1]) == 0
    assert lambda_workers(2**22 + 1) == []
