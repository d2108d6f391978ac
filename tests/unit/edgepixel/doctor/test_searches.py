# SPDX-License-Identifier: Apache-2.0
"""Marked hits are found in streams and in the lake, with few calls, and what hides them is told."""

import base64
import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_kinesis_agg.aggregator import RecordAggregator

from edgepixel.aws.lake_names import QUARANTINE
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import Refused, is_absent
from edgepixel.doctor.follow.hits import Sent, query
from edgepixel.doctor.follow.lake_search import LakeSearch
from edgepixel.doctor.follow.stream_search import MEGABYTES_A_SHARD, MOST_SHARDS, StreamSearch
from tests.fakes.client import FakeClient
from tests.fakes.s3 import S3
from tests.unit.edgepixel.fake_cloud import fake_stack

SENT = Sent("0a1b2c", 1_769_882_400.0, ())  # 2026-01-31T18:00:00Z
ARRIVED = datetime(2026, 1, 31, 18, 0, 7, tzinfo=UTC)
BUCKET = "lake"


def line(number: int) -> bytes:
    return f"1769882400.1\t/pixel.gif\t{query(SENT.mark, number)}\n".encode()


@dataclass
class Shards:
    """A stream of shards, each a list of pages of records; the iterator says where to go on."""

    pages: dict[str, list[list[bytes]]]
    begun: list[datetime] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)

    def list_shards(self, StreamName: str) -> dict[str, Any]:
        return {"Shards": [{"ShardId": shard} for shard in self.pages]}

    def get_shard_iterator(self, ShardId: str, Timestamp: datetime, **_: Any) -> dict[str, Any]:
        self.begun.append(Timestamp)
        return {"ShardIterator": f"{ShardId}/0"}

    def get_records(self, ShardIterator: str, Limit: int) -> dict[str, Any]:
        self.limits.append(Limit)
        shard, _, number = ShardIterator.partition("/")
        pages = self.pages[shard]
        data = pages[int(number)] if int(number) < len(pages) else []
        records = [
            {"Data": one, "ApproximateArrivalTimestamp": ARRIVED, "SequenceNumber": "1", "PartitionKey": "k"}
            for one in data
        ]
        closed = int(number) + 1 == len(pages) and shard == "closed"
        following = {} if closed else {"NextShardIterator": f"{shard}/{int(number) + 1}"}
        return {"Records": records, **following}


def stream_search(shards: Shards, **options: Any) -> tuple[StreamSearch, FakeClient]:
    client = FakeClient("kinesis", shards)
    calls = AwsCalls(fake_stack(kinesis=client))
    return StreamSearch(calls, "raw", SENT.at, SENT.found_in, **options), client


def test_hits_are_found_in_every_shard_one_read_of_each_at_a_time() -> None:
    shards = Shards({"a": [[line(0), b"other"], [], [line(2)]], "b": [[], [line(1)]]})
    search, client = stream_search(shards)
    assert [search.look_and_count() for _ in range(3)] == [1, 2, 3]
    assert search.found == dict.fromkeys((0, 1, 2), ARRIVED.timestamp())
    assert client.count("get_records") == 6
    assert client.count("get_shard_iterator") == 2
    assert {SENT.at - moment.timestamp() for moment in shards.begun} == {5}
    assert set(shards.limits) == {1000}


def test_a_shard_that_was_split_is_read_to_its_end_and_no_further() -> None:
    search, client = stream_search(Shards({"closed": [[line(0)]]}))
    assert [search.look_and_count() for _ in range(3)] == [1, 1, 1]
    assert client.count("get_records") == 1


def aggregate(*records: bytes) -> bytes:
    packed = RecordAggregator(1_000_000)
    for record in records:
        packed.add_user_record("k", record)
    return bytes(packed.clear_and_get().get_contents()[2])


def test_hits_are_found_in_aggregates() -> None:
    shards = Shards({"a": [[aggregate(line(0) + line(1), line(2)), aggregate(b"other\n")]]})
    search, _ = stream_search(shards, record_bytes=921_600, aggregated=True)
    assert search.look_and_count() == 3
    assert shards.limits == [1]


def test_a_busy_stream_is_read_later_and_a_broken_one_no_more() -> None:
    search, client = stream_search(Shards({"a": [[line(0)]]}))
    client.fail_next["get_records"] = ["ProvisionedThroughputExceededException", None, "AccessDeniedException"]
    assert [search.look_and_count() for _ in range(2)] == [0, 1]
    search.look()
    assert search.why_given_up() == "not looked into: AccessDeniedException"


def test_it_does_not_read_a_busy_stream_for_long() -> None:
    megabyte = [b"x" * 1_000_000]
    search, client = stream_search(Shards({"a": [megabyte] * 200, "b": [megabyte] * 200}))
    for _ in range(150):
        search.look()
    assert client.count("get_records") == 2 * (MEGABYTES_A_SHARD + 1)
    assert "would disturb its readers" in search.why_given_up()


def test_a_quiet_stream_is_read_for_as_long_as_it_takes() -> None:
    search, client = stream_search(Shards({"a": []}))
    for _ in range(400):
        search.look()
    assert client.count("get_records") == 400
    assert search.why_given_up() == ""


def test_a_stream_of_many_shards_is_left_alone() -> None:
    search, client = stream_search(Shards({f"shard-{number}": [] for number in range(MOST_SHARDS + 1)}))
    search.look()
    assert client.count("get_records") == 0
    assert "more than 50 shards" in search.why_given_up()


def test_without_permission_no_stream_is_looked_into() -> None:
    search, client = stream_search(Shards({"a": []}))
    client.fail_next["get_shard_iterator"] = ["AccessDeniedException"]
    search.look()
    assert search.why_given_up() == "not looked into: AccessDeniedException"


@pytest.fixture
def s3() -> S3:
    """The lake, at the time of the hits."""
    return S3({BUCKET: []}, now=ARRIVED)


def lake_search(s3: S3, monkeypatch: pytest.MonkeyPatch) -> tuple[LakeSearch, FakeClient]:
    monkeypatch.setattr(AwsCalls, "now", lambda _: SENT.at + 60)
    client = FakeClient("s3", s3)
    calls = AwsCalls(fake_stack(s3=client))
    return LakeSearch(calls, BUCKET, SENT.at, SENT.at - 900, SENT.found_in), client


def put(s3: S3, key: str, body: bytes) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def test_new_objects_of_the_hits_hours_are_read_once(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    search, client = lake_search(s3, monkeypatch)
    before = "events/dt=2026-01-31/hour=17/first.gz"
    s3.now = datetime(2026, 1, 31, 17, 0, tzinfo=UTC)
    put(s3, "events/dt=2026-01-31/hour=17/old.gz", gzip.compress(line(0)))
    s3.now = ARRIVED
    put(s3, "events/dt=2026-01-31/hour=16/other.gz", gzip.compress(line(0)))
    assert search.look_and_count() == 0
    put(s3, before, gzip.compress(line(0) + line(1)))
    put(s3, "events/dt=2026-01-31/hour=18/second.gz", gzip.compress(line(2)))
    assert [search.look_and_count() for _ in range(2)] == [3, 3]
    assert search.found[0] == (before, ARRIVED.timestamp())
    assert client.count("get_object") == 2


def test_too_many_objects_are_not_read(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    search, client = lake_search(s3, monkeypatch)
    for number in range(205):
        put(s3, f"events/dt=2026-01-31/hour=18/{number:03}.gz", gzip.compress(b"other"))
    search.look()
    assert client.count("get_object") == 200
    assert "too many new objects" in search.why_given_up()


def test_a_rejected_hit_is_found_in_quarantine_with_its_reason(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    search, _ = lake_search(s3, monkeypatch)
    entries = [(line(0), "field_count"), (b"someone else's", "timestamp"), (line(1), "timestamp")]
    text = "\n".join(json.dumps({"line": base64.b64encode(one).decode(), "reason": why}) for one, why in entries)
    put(s3, f"{QUARANTINE}dt=2026-01-31/hour=18/x.jsonl.gz", gzip.compress(text.encode()))
    assert search.quarantined() == ["field_count", "timestamp"]


def test_a_hit_is_found_in_a_failed_batch(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    search, _ = lake_search(s3, monkeypatch)

    def batch(data: bytes) -> bytes:
        event = {"Records": [{"kinesis": {"data": base64.b64encode(data).decode()}}]}
        return json.dumps({"payload": json.dumps(event)}).encode()

    put(s3, "aws/lambda/mapping-1/a", batch(b"other"))
    assert search.failed_batch("mapping-1") is None
    put(s3, "aws/lambda/mapping-1/b", batch(line(0)))
    put(s3, "aws/lambda/mapping-2/c", batch(line(0)))
    assert search.failed_batch("mapping-1") == "aws/lambda/mapping-1/b"


def test_a_new_delivery_error_is_found(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    search, _ = lake_search(s3, monkeypatch)
    assert search.delivery_error() is None
    put(s3, "delivery-errors/processing-failed/x", b"")
    assert search.delivery_error() == "delivery-errors/processing-failed/x"


def test_a_lake_that_nobody_may_list_is_told(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    search, client = lake_search(s3, monkeypatch)
    client.fail_next["list_objects_v2"] = ["AccessDenied"]
    search.look()
    assert search.why_given_up() == "not looked into: AccessDenied"


def test_an_error_of_the_service_is_what_it_said() -> None:
    client = FakeClient("kinesis", Shards({}))
    calls = AwsCalls(fake_stack(kinesis=client))
    client.fail_next["list_shards"] = ["AccessDeniedException", "ResourceNotFoundException"]
    denied, absent = (calls.ask("kinesis", "list_shards", StreamName="raw") for _ in range(2))
    assert isinstance(denied, Refused)
    assert not is_absent(denied)
    assert is_absent(absent)
    assert calls.ask("kinesis", "list_shards", StreamName="raw") == {"Shards": []}
    assert list(calls.unanswered) == ["ListShards"]  # what is not there, is known


@pytest.mark.parametrize(("wrong", "counts"), [(0.5, False), (90.0, True), (-90.0, True)])
def test_times_are_by_the_clock_of_aws(monkeypatch: pytest.MonkeyPatch, wrong: float, counts: bool) -> None:
    told = {"ResponseMetadata": {"HTTPHeaders": {"date": "Sat, 31 Jan 2026 18:00:00 GMT"}}, "Shards": []}
    monkeypatch.setattr(Shards, "list_shards", lambda *_, **__: told)
    calls = AwsCalls(fake_stack(kinesis=FakeClient("kinesis", Shards({}))))
    monkeypatch.setattr("time.time", lambda: SENT.at + wrong)
    assert calls.now() == SENT.at + wrong
    calls.ask("kinesis", "list_shards", StreamName="raw")
    assert calls.now() == (SENT.at if counts else SENT.at + wrong)
