# SPDX-License-Identifier: Apache-2.0
"""Kinesis event source mappings as AWS documents them, in place of MiniStack's poller.

MiniStack's own poller ignores the batching window, the 6 MB payload cap, the function's batch item failures, bisecting,
retry and age limits, and the on-failure destination. `install` replaces it; MiniStack's tables (mappings, streams,
functions), its poll thread and its execution of functions stay in use. Each (mapping, shard) has one reader thread, so
a slow function delays nothing else. The checkpoints are kept as sequence numbers in MiniStack's table of positions, so
that they live and die with the mapping.

Not modelled: ParallelizationFactor and tumbling windows (one batch in flight per shard), AT_TIMESTAMP (taken as LATEST,
because MiniStack does not keep the timestamp). A record's maximum age is counted in real seconds whatever the clock's
speed: a sped-up clock must not make records expire.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from botocore.utils import ArnParser, InvalidArnException

from localcloud.clock import Clock
from localcloud.functions.batch import Record, event_record
from localcloud.functions.failure_destination import DeliveryError, deliver, invocation_record, object_key
from localcloud.functions.retry import Discard, MappingSettings, is_true
from localcloud.functions.shard_reader import Invocation, ShardReader
from localcloud.iam.principals import AccessDeniedError, function_session, stream_names
from localcloud.ministack import functions, kinesis
from localcloud.ministack.functions import SourceMapping
from localcloud.ministack.server import request_scope

logger = logging.getLogger("localcloud.event_source")

_READS = ("DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator", "GetRecords")


class KinesisSource:
    """One shard of one mapping, as MiniStack holds them: what a reader needs (see EventSource)."""

    def __init__(self, account: str, region: str, mapping: dict[str, Any], shard_id: str) -> None:
        self._account = account
        self._region = region
        self._mapping = mapping
        self._shard_id = shard_id

    def settings(self) -> MappingSettings:
        return MappingSettings.of(self._mapping)

    def event_record(self, stored: Mapping[str, Any]) -> Record:
        function, config = self._function()
        return event_record(
            stored,
            shard_id=self._shard_id,
            stream_arn=self._mapping["EventSourceArn"],
            region=self._region,
            role_arn=config.get("Role", "") if function else "",
        )

    def invoke(self, records: tuple[Record, ...]) -> Invocation:
        with request_scope(self._account, self._region):
            matching = functions.filtered(list(records), self._mapping)
            if not matching:
                return Invocation()
            function, _ = self._function()
            if function is None:
                return Invocation(started=False)
            result = functions.execute(function, {"Records": matching})
        if result.get("throttle"):
            return Invocation(started=False)
        failed = bool(result.get("error"))
        self._mapping["LastProcessingResult"] = "PROBLEM: Function call failed" if failed else "OK"
        if failed:
            logger.warning("%s: the function failed, records: %d, error: %s", self, len(records), result.get("body"))
        return Invocation(failed=failed, response=result.get("body"))

    def discard(self, discard: Discard) -> None:
        destination = self.settings().destination
        what = f"{self}: {discard.condition}, records given up: {len(discard.records)}"
        if not destination:
            logger.warning("%s, no on-failure destination", what)
            return
        now = datetime.now(UTC)
        record = invocation_record(
            discard,
            function_arn=self._mapping["FunctionArn"],
            shard_id=self._shard_id,
            stream_arn=self._mapping["EventSourceArn"],
            now=now,
        )
        try:
            with request_scope(self._account, self._region):
                _, config = self._function()
                key = object_key(self._mapping["UUID"], self._shard_id, now)
                deliver(destination, key, record, discard.records, function_session(config))
        except (DeliveryError, AccessDeniedError, InvalidArnException):
            # As on AWS, the shard moves on; the stream still holds the records until its retention ends.
            logger.exception("%s, not delivered to %s", what, destination)
            return
        logger.warning("%s, sent to %s", what, destination)

    def __str__(self) -> str:
        return f"{self._mapping['EventSourceArn']} {self._shard_id} -> {self._mapping['FunctionArn']}"

    def _function(self) -> tuple[functions.Function | None, Mapping[str, Any]]:
        with request_scope(self._account, self._region):
            function, config = functions.by_qualifier(self._mapping["FunctionName"], self._mapping.get("Qualifier"))
        return function, config or {}


class Reading(NamedTuple):
    """A shard to be read: for whom, which one, and the mapping's checkpoints by shard id."""

    source: KinesisSource
    shard: Mapping[str, Any]
    checkpoints: dict[str, str]


class KinesisPoller:
    """Keeps one reader alive for each shard of each enabled mapping."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._readers: dict[tuple[str, str], ShardReader] = {}

    def poll(self) -> bool:
        """Start, stop and notify readers; MiniStack's poll thread calls this whenever a source may have work.

        Always False: the work is done elsewhere, so MiniStack need not hurry to poll again.
        """
        readings = shards_to_read()
        for key, reader in list(self._readers.items()):
            if key not in readings or readings[key].shard is not reader.shard:
                reader.stop()
            if not reader.is_alive():
                del self._readers[key]
        for key, (source, shard, checkpoints) in readings.items():
            # A stopped reader may still have its last batch in flight: its successor waits, to keep the order.
            if key not in self._readers:
                self._readers[key] = ShardReader(source, key[1], shard, checkpoints, self._clock)
                self._readers[key].start()
            self._readers[key].notify()
        return False


def shards_to_read() -> dict[tuple[str, str], Reading]:
    """Every shard that an enabled mapping reads, by mapping id and shard id; new ones get their first checkpoint."""
    readings = {}
    for account, region, mapping in functions.source_mappings():
        stream = _active_stream(mapping)
        if stream is None or not is_true(mapping.get("Enabled", True)):
            continue
        with request_scope(account, region):
            if not _may_read(mapping):
                continue
            checkpoints = functions.positions.setdefault(mapping["UUID"], {})
        from_now = not checkpoints and mapping.get("StartingPosition", "LATEST") != "TRIM_HORIZON"
        for shard_id, shard in list(stream["shards"].items()):
            checkpoints.setdefault(shard_id, starting_checkpoint(shard, from_now))
            if not parents_done(shard, stream["shards"], checkpoints):
                continue
            source = KinesisSource(account, region, mapping, shard_id)
            readings[mapping["UUID"], shard_id] = Reading(source, shard, checkpoints)
    return readings


def parents_done(
    shard: Mapping[str, Any], shards: Mapping[str, Mapping[str, Any]], checkpoints: Mapping[str, str]
) -> bool:
    """Whether the closed shards that a shard follows are read to their end: only then it is its turn.

    Source: the Lambda Developer Guide, "Polling and batching streams" of Kinesis (a shard's records are processed in
    order, and those of parent shards before those of their children).
    """
    parents = [(name, shards[name]["records"]) for name in shard.get("parents", ()) if name in shards]
    return all(not records or checkpoints.get(name) == records[-1]["SequenceNumber"] for name, records in parents)


def _may_read(mapping: SourceMapping) -> bool:
    """Whether the function's role may read the stream of its mapping; if not, the mapping says so, and is asked again.

    Actions: AWS Lambda Developer Guide, "Process Amazon Kinesis Data Streams records with Lambda" (services-kinesis-
    create, execution role permissions), without SubscribeToShard, which is for enhanced fan-out. The text of the
    problem is Lambda's own, as users quote it: functionalone/serverless-iam-roles-per-function#3.
    """
    function, config = functions.by_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if not function or not config:
        return True  # nothing is invoked, and the reader waits for the function
    try:
        role = function_session(config)
        for action in _READS:
            role.check(f"kinesis:{action}", **stream_names(mapping["EventSourceArn"]))
    except AccessDeniedError as error:
        mapping["LastProcessingResult"] = f"PROBLEM: {error}"
        return False
    return True


def _active_stream(mapping: Mapping[str, Any]) -> kinesis.Stream | None:
    try:
        arn = ArnParser().parse_arn(mapping.get("EventSourceArn", ""))
    except InvalidArnException:
        return None  # a mapping of another kind of source, a Kafka cluster's for example
    if arn["service"] != "kinesis":
        return None
    stream = kinesis.stream(arn["account"], arn["region"], arn["resource"].removeprefix("stream/"))
    return stream if stream and stream["StreamStatus"] == "ACTIVE" else None


def starting_checkpoint(shard: Mapping[str, Any], from_now: bool) -> str:
    """The sequence number after which a mapping that has not read this shard yet begins.

    A shard that appears later than the mapping is always read from its beginning, whatever the starting position.
    """
    if from_now and shard["records"]:
        return str(shard["records"][-1]["SequenceNumber"])
    return str(shard["starting_sequence_number"])


def install(clock: Clock) -> None:
    """Replace MiniStack's Kinesis poller."""
    functions.poll_kinesis.replace(KinesisPoller(clock).poll)
