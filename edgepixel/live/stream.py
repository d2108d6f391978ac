# SPDX-License-Identifier: Apache-2.0
"""Reads the raw stream beside its own reader, so slowly that the reader never waits for it.

The limits are those of the Kinesis API Reference, GetRecords and GetShardIterator, and of the Kinesis Developer Guide,
"Quotas and limits": a shard gives all its readers together five responses and 2 MB in a second; a response of 10 MB
shuts it for five seconds; an iterator lives for five minutes.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from edgepixel.errors import LiveError

BYTES_A_SECOND = 500_000
"""Of each shard: half of what it can take in, so that its own reader can have that, and as much again to catch up."""
PAUSE_SECONDS = 2.0
"""From one look at a shard to the next. While there is more to read, a second, which AWS recommends."""
MOST_BEHIND_SECONDS = 10.0
CATCH_UP_SECONDS = 30.0
JUDGE_SECONDS = 5.0
"""How long it reads on before it judges whether it catches up: many hits of one moment say nothing of later ones."""
_LONGEST_PAUSE_SECONDS = 60.0
_MOST_RECORDS = 10_000  # of a response
_USUAL_RECORD_BYTES = 1_000  # until a response tells
# Its reader comes first: later, and less often.
_SLOWER = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "KMSThrottlingException",
        "LimitExceededException",
        "ThrottlingException",
        "InternalFailureException",
        "InternalFailure",
        "ServiceUnavailable",
    }
)
NEEDED = "kinesis:ListShards, kinesis:GetShardIterator and kinesis:GetRecords"


class Record(NamedTuple):
    """A record's data, and when the stream got it, in epoch seconds."""

    data: bytes
    arrived: float


class Skipped(NamedTuple):
    """So many seconds of one shard that were not read, and when that was so, in epoch seconds."""

    at: float
    seconds: float


@dataclass
class _Shard:
    """Where reading goes on, and when, by the clock.

    `catch_up_until`: how long it may be behind; None while it is not. `late_since` and `late_by`: since when it is, or
    since it skipped something, and by how many seconds it was then.
    """

    iterator: str
    due: float
    catch_up_until: float | None = None
    late_since: float = 0.0
    late_by: float = 0.0
    pause: float = PAUSE_SECONDS
    record_bytes: float = _USUAL_RECORD_BYTES


@dataclass
class RawStreamReader:
    """Reads every shard of a stream, also those that come when shards are split or merged.

    `window_seconds`: how far back it begins. `slowed`: why it reads less often at present, if it does. `skipped`: what
    was not read, because a shard has more than its own reader can share. The client must not try again by itself: who
    does that at once takes it from the stream's own reader.
    """

    kinesis: Any
    stream: str
    window_seconds: float
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    read_bytes: int = 0
    calls: int = 0
    slowed: str = ""
    skipped: deque[Skipped] = field(default_factory=lambda: deque(maxlen=10_000))
    _shards: dict[str, _Shard] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _relist_due: float | None = None

    @property
    def shards(self) -> int:
        """How many shards are being read."""
        return len(self._shards)

    def start(self) -> None:
        """Find the shards. Raises LiveError if that is not allowed, and what else AWS raises."""
        try:
            for shard in self._listed():
                self._begin(shard, ShardIteratorType="AT_TIMESTAMP", Timestamp=self._begin_of_window())
        except ClientError as error:
            raise _explained(error, self.stream) from error

    def read(self) -> list[Record]:
        """What the shards have whose turn it is. Raises LiveError if reading is not allowed, or the stream is gone."""
        self.slowed = ""
        records: list[Record] = []
        if self._relist_due is not None and self._relist_due <= self.clock():
            self._guarded(None, self._find_children)
        for name, shard in list(self._shards.items()):
            if shard.due <= self.clock():
                self._guarded(shard, lambda name=name, shard=shard: records.extend(self._read(name, shard)))  # type: ignore[misc]
        return records

    def seconds_to_next(self) -> float:
        """How long there is nothing to do."""
        now = self.clock()
        due = [shard.due for shard in self._shards.values()]
        due += [] if self._relist_due is None else [self._relist_due]
        return max(0.0, min(due, default=now + PAUSE_SECONDS) - now)

    def _begin_of_window(self) -> datetime:
        return _moment(self.now() - self.window_seconds)

    def _guarded(self, shard: _Shard | None, call: Callable[[], object]) -> None:
        try:
            call()
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code not in _SLOWER and status < 500:  # a failure of AWS need not say which
                raise _explained(error, self.stream) from error
            self._slow_down(shard, code)
        except (ConnectionError, HTTPClientError) as error:
            self._slow_down(shard, str(error).rstrip("."))

    def _slow_down(self, shard: _Shard | None, why: str) -> None:
        self.slowed = why
        if shard is None:
            self._relist_due = self.clock() + PAUSE_SECONDS
        else:
            shard.pause = min(shard.pause * 2, _LONGEST_PAUSE_SECONDS)
            shard.due = self.clock() + shard.pause

    def _read(self, name: str, shard: _Shard) -> list[Record]:
        limit = int(min(max(BYTES_A_SECOND / shard.record_bytes, 1), _MOST_RECORDS))
        try:
            self.calls += 1
            response = self.kinesis.get_records(ShardIterator=shard.iterator, Limit=limit)
        except ClientError as error:
            if error.response["Error"].get("Code") != "ExpiredIteratorException":
                raise
            # After minutes without a response, as when the machine slept. What comes twice counts once.
            self._begin(name, ShardIteratorType="AT_TIMESTAMP", Timestamp=self._begin_of_window())
            return []
        records = [Record(one["Data"], one["ApproximateArrivalTimestamp"].timestamp()) for one in response["Records"]]
        size = sum(len(record.data) for record in records)
        self.read_bytes += size
        if records:
            shard.record_bytes = max(1.0, size / len(records))
        following = response.get("NextShardIterator")
        if following is None:  # the shard was split or merged, and has been read to its end
            del self._shards[name]
            self._relist_due = self.clock()
            return records
        shard.iterator = following
        behind = response["MillisBehindLatest"] / 1000
        shard.pause = PAUSE_SECONDS if behind == 0 else 1.0
        shard.due = self.clock() + max(shard.pause, size / BYTES_A_SECOND)
        if behind <= MOST_BEHIND_SECONDS:
            shard.catch_up_until = None
        elif shard.catch_up_until is None:
            shard.catch_up_until = self.clock() + CATCH_UP_SECONDS
            shard.late_since, shard.late_by = self.clock(), behind
        elif len(records) == limit or size > BYTES_A_SECOND / 4 or self.clock() >= shard.catch_up_until:
            self._keep_up(name, shard, behind, records)
        return records

    def _keep_up(self, name: str, shard: _Shard, behind: float, records: list[Record]) -> None:
        """Skip what cannot be read in time, as far as the last seconds tell."""
        now = self.clock()
        left, took = max(0.0, (shard.catch_up_until or now) - now), now - shard.late_since
        if left and took < JUDGE_SECONDS:
            return
        keep = max(left * (shard.late_by - behind) / took if took else 0.0, MOST_BEHIND_SECONDS / 2)
        if behind <= max(keep, MOST_BEHIND_SECONDS):
            return
        if records:  # by the stream's own times: AWS refuses a moment that is in the future of its clock
            moment = _moment(records[-1].arrived + behind - keep)
            self._begin(name, ShardIteratorType="AT_TIMESTAMP", Timestamp=moment)
        else:
            self._begin(name, ShardIteratorType="LATEST")
        following = self._shards[name]
        following.record_bytes = shard.record_bytes
        following.catch_up_until, following.late_since, following.late_by = shard.catch_up_until, now, keep
        self.skipped.append(Skipped(self.now(), behind - keep))

    def _listed(self) -> Iterator[str]:
        arguments: dict[str, Any] = {
            "StreamName": self.stream,
            "ShardFilter": {"Type": "FROM_TIMESTAMP", "Timestamp": self._begin_of_window()},
        }
        while True:
            page = self.kinesis.list_shards(**arguments)
            yield from (shard["ShardId"] for shard in page["Shards"])
            if not page.get("NextToken"):
                return
            arguments = {"NextToken": page["NextToken"]}

    def _find_children(self) -> None:
        for shard in self._listed():
            if shard not in self._known:  # all that a new shard has came after its parents were closed
                self._begin(shard, ShardIteratorType="TRIM_HORIZON")
        self._relist_due = None

    def _begin(self, name: str, **position: Any) -> None:
        response = self.kinesis.get_shard_iterator(StreamName=self.stream, ShardId=name, **position)
        self._known.add(name)
        now = self.clock()
        due = now if name not in self._shards else now + 1.0
        self._shards[name] = _Shard(response["ShardIterator"], due)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _explained(error: ClientError, stream: str) -> LiveError:
    code, message = (error.response["Error"].get(name, "") for name in ("Code", "Message"))
    if code == "ResourceNotFoundException":
        return LiveError(
            f"the raw stream {stream} is not there (any more): was the stack deleted or changed? {message}"
        )
    if code in ("AccessDeniedException", "KMSAccessDeniedException", "AccessDenied"):
        return LiveError(f"the raw stream {stream} may not be read: live numbers need {NEEDED} on it. {message}")
    return LiveError(f"the raw stream {stream} cannot be read: AWS refused {error.operation_name}: {message or code}")
