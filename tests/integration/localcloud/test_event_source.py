# SPDX-License-Identifier: Apache-2.0
"""Event source mappings and asynchronous invocations of the local cloud, with real functions in a server process."""

import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config

from tests.roles import create_role, role_arn
from tests.waiting import PATIENCE_SECONDS, wait_until, wait_until_ended

ROOT = Path(__file__).resolve().parents[3]
SPEED = 60.0
ROLE = role_arn("test")

# The function notes each invocation in a file. Its records say what it does with them: raise for "poison", report
# "flaky" the first time, take "slow" until it is released. An event without records (EventBridge) fails as often as
# FAILURES says.
FUNCTION = """
import base64, json, os, time

TRACE = os.environ["TRACE"]

def note(stage, lines):
    with open(TRACE, "a") as trace:
        trace.write(json.dumps({"stage": stage, "lines": lines, "time": time.time(), "pid": os.getpid()}) + "\\n")

def noted(stage):
    with open(TRACE) as trace:
        return [entry for entry in map(json.loads, trace) if entry["stage"] == stage]

def lambda_handler(event, context):
    if "Records" not in event:
        note("start", [event["detail"]["name"]])
        if len(noted("start")) <= int(os.environ["FAILURES"]):
            raise RuntimeError("not yet")
        return None
    lines = [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]
    note("start", lines)
    seen = [line for entry in noted("start")[:-1] for line in entry["lines"]]
    if "poison" in lines:
        raise RuntimeError("poisoned")
    while "slow" in lines and not os.path.exists(TRACE + ".released"):
        time.sleep(0.01)
    failures = [
        {"itemIdentifier": record["kinesis"]["sequenceNumber"]}
        for record, line in zip(event["Records"], lines)
        if line.startswith("flaky") and line not in seen
    ]
    note("done", [] if failures else lines)
    return {"batchItemFailures": failures}
"""


class Cloud:
    """A local cloud in its own process, and short ways to set up what a test needs in it."""

    def __init__(self, port: int, folder: Path) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.folder = folder

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )

    def function(self, failures: int = 0) -> "Function":
        name = f"function-{uuid.uuid4().hex[:8]}"
        trace = self.folder / name
        trace.touch()
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", FUNCTION)
        arn = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=ROLE,
            Handler="app.lambda_handler",
            Timeout=900,  # a slow machine shall not be taken for a function that hangs
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": {"TRACE": str(trace), "FAILURES": str(failures)}},
        )["FunctionArn"]
        return Function(name, arn, trace)

    def stream(self) -> tuple[str, str]:
        name = f"stream-{uuid.uuid4().hex[:8]}"
        kinesis = self.client("kinesis")
        kinesis.create_stream(StreamName=name, ShardCount=1)
        return name, kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"]

    def mapping(self, function: "Function", stream_arn: str, **settings: Any) -> str:
        defaults = {
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 100,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }
        return str(
            self.client("lambda").create_event_source_mapping(
                FunctionName=function.name, EventSourceArn=stream_arn, **(defaults | settings)
            )["UUID"]
        )

    def put(self, stream: str, *lines: str) -> list[str]:
        """Put lines in one request; gives their sequence numbers."""
        response = self.client("kinesis").put_records(
            StreamName=stream, Records=[{"Data": line.encode(), "PartitionKey": "key"} for line in lines]
        )
        return [record["SequenceNumber"] for record in response["Records"]]

    def arrivals(self, stream: str) -> list[float]:
        """When each record of the stream arrived, in epoch seconds."""
        kinesis = self.client("kinesis")
        shard = {"ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
        iterator = kinesis.get_shard_iterator(StreamName=stream, **shard)["ShardIterator"]
        records = kinesis.get_records(ShardIterator=iterator)["Records"]
        return [record["ApproximateArrivalTimestamp"].timestamp() for record in records]

    def bucket(self) -> str:
        name = f"bucket-{uuid.uuid4().hex[:8]}"
        self.client("s3").create_bucket(Bucket=name)
        return name

    def queue(self) -> tuple[str, str]:
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=f"queue-{uuid.uuid4().hex[:8]}")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, attributes["Attributes"]["QueueArn"]

    def message(self, queue_url: str) -> dict[str, Any]:
        """The next message of a queue, waited for."""
        sqs = self.client("sqs")
        messages = wait_until(lambda: sqs.receive_message(QueueUrl=queue_url).get("Messages"), "a message comes")
        return dict(json.loads(messages[0]["Body"]))


class Function:
    """A deployed function and what it noted of its invocations."""

    def __init__(self, name: str, arn: str, trace: Path) -> None:
        self.name = name
        self.arn = arn
        self._trace = trace
        self.log_group = f"/aws/lambda/{name}"

    def noted(self, stage: str) -> list[dict[str, Any]]:
        entries = [json.loads(line) for line in self._trace.read_text().splitlines()]
        return [entry for entry in entries if entry["stage"] == stage]

    def invocations(self) -> list[list[str]]:
        return [entry["lines"] for entry in self.noted("start")]

    def done(self) -> list[str]:
        return [line for entry in self.noted("done") for line in entry["lines"]]

    def release(self) -> None:
        """Let what is "slow" end."""
        self._trace.with_name(f"{self._trace.name}.released").touch()

    def wait_for_invocations(self, number: int) -> None:
        """Wait until so many have begun, or more."""
        wait_until(lambda: len(self.invocations()) >= number, f"invocation {number} begins", self.invocations)

    def wait_until_done(self, lines: list[str]) -> None:
        """Wait until it has done just these lines, in this order."""
        wait_until(lambda: self.done() == lines, f"{lines} are done", self.invocations)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("functions")
    command = [sys.executable, "-m", "localcloud", "--port", str(port), "--speed", str(SPEED), "--idle-minutes", "5"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)  # noqa: S603 (our own module)

        def ready() -> bool:
            assert server.poll() is None, (folder / "server.log").read_text()
            try:
                with urlopen(f"http://127.0.0.1:{port}/_localcloud/health", timeout=PATIENCE_SECONDS) as response:
                    return bool(response.status == 200)
            except OSError:
                return False

        try:
            wait_until(ready, "the local cloud answers")
            made = Cloud(port, folder)
            create_role(made.client("iam"), "test", "lambda.amazonaws.com")
            yield made
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)


def test_nothing_is_lost_and_a_poisoned_record_ends_in_the_bucket(cloud: Cloud) -> None:
    function, (stream, stream_arn), bucket = cloud.function(), cloud.stream(), cloud.bucket()
    mapping = cloud.mapping(
        function,
        stream_arn,
        MaximumRetryAttempts=1,
        BisectBatchOnFunctionError=True,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}},
    )
    lines = [f"line {number}" for number in range(30)]
    numbers = cloud.put(stream, *lines[:13], "poison", *lines[13:])
    wait_until(lambda: len(function.done()) >= len(lines), "all lines are done", function.invocations)
    assert function.done() == lines
    assert function.invocations().count(["poison"]) == 2

    s3 = cloud.client("s3")
    (found,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert found["Key"].startswith(f"aws/lambda/{mapping}/shardId-000000000000/2")
    record = json.loads(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["functionArn"] == function.arn
    assert record["KinesisBatchInfo"]["startSequenceNumber"] == numbers[13]
    (kept,) = json.loads(record["payload"])["Records"]
    assert base64.b64decode(kept["kinesis"]["data"]) == b"poison"
    assert kept["eventID"] == f"shardId-000000000000:{numbers[13]}"
    assert kept["eventSourceARN"] == stream_arn


def test_a_reported_batch_is_retried_from_its_lowest_record(cloud: Cloud) -> None:
    function, (stream, stream_arn) = cloud.function(), cloud.stream()
    cloud.put(stream, "a", "b", "flaky 1", "c", "flaky 2", "d")
    cloud.mapping(function, stream_arn)
    wait_until(function.done, "the batch is done")
    assert function.invocations() == [
        ["a", "b", "flaky 1", "c", "flaky 2", "d"],
        ["flaky 1", "c", "flaky 2", "d"],
    ]
    assert len({entry["pid"] for entry in function.noted("start")}) == 1  # the function stayed warm


def test_the_batching_window_gathers_records_at_the_clocks_speed(cloud: Cloud) -> None:
    function, (stream, stream_arn) = cloud.function(), cloud.stream()
    cloud.mapping(function, stream_arn, MaximumBatchingWindowInSeconds=120)
    for line in ("first", "second", "third"):
        cloud.put(stream, line)
    arrivals = cloud.arrivals(stream)
    closes = arrivals[0] + 120 / SPEED
    function.wait_for_invocations(1)
    started = function.noted("start")[0]
    # All three, unless this machine takes longer than the window to put them: then those that it has put by its end.
    gathered = sum(arrival < closes for arrival in arrivals)
    assert started["lines"][:gathered] == ["first", "second", "third"][:gathered]
    assert started["time"] >= closes


def test_a_queue_receives_metadata_of_a_discarded_batch(cloud: Cloud) -> None:
    function, (stream, stream_arn), (queue_url, queue_arn) = cloud.function(), cloud.stream(), cloud.queue()
    numbers = cloud.put(stream, "a", "poison", "b")
    cloud.mapping(
        function,
        stream_arn,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue_arn}},
    )
    record = cloud.message(queue_url)
    assert record["KinesisBatchInfo"]["batchSize"] == 3
    assert record["KinesisBatchInfo"]["endSequenceNumber"] == numbers[2]
    assert "payload" not in record
    cloud.put(stream, "after")
    function.wait_until_done(["after"])


def test_a_slow_function_delays_nobody_else(cloud: Cloud) -> None:
    slow, (slow_stream, slow_arn) = cloud.function(), cloud.stream()
    quick, (quick_stream, quick_arn) = cloud.function(), cloud.stream()
    cloud.mapping(slow, slow_arn)
    cloud.mapping(quick, quick_arn)
    cloud.put(slow_stream, "slow")
    slow.wait_for_invocations(1)
    cloud.put(quick_stream, "quick")
    quick.wait_until_done(["quick"])
    assert slow.done() == []
    slow.release()
    cloud.put(slow_stream, "next")
    slow.wait_until_done(["slow", "next"])


def test_a_batch_is_retried_when_its_functions_process_dies(cloud: Cloud) -> None:
    function, (stream, stream_arn) = cloud.function(), cloud.stream()
    cloud.mapping(function, stream_arn)
    cloud.put(stream, "slow")
    function.wait_for_invocations(1)
    (first,) = function.noted("start")
    os.kill(first["pid"], signal.SIGKILL)
    wait_until_ended(first["pid"])
    function.release()
    cloud.put(stream, "next")
    function.wait_until_done(["slow", "next"])
    assert function.invocations() == [["slow"], ["slow"], ["next"]]
    assert first["pid"] not in {entry["pid"] for entry in function.noted("done")}


def test_a_process_that_dies_at_rest_costs_no_retry(cloud: Cloud) -> None:
    function, (stream, stream_arn), (queue_url, queue_arn) = cloud.function(), cloud.stream(), cloud.queue()
    cloud.mapping(
        function, stream_arn, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue_arn}}
    )
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName=function.log_group)
    cloud.put(stream, "first")
    # What the function notes is written before its result is read. Only then is the process at rest, and its log, which
    # Lambda itself writes, has the report of the invocation.
    report = {"logGroupName": function.log_group, "filterPattern": "REPORT"}
    wait_until(lambda: logs.filter_log_events(**report)["events"], "the first invocation ends", function.invocations)
    process = function.noted("start")[0]["pid"]
    os.kill(process, signal.SIGKILL)
    # Until it is dead, it would be given the next batch, which would die with it and rightly cost its only try.
    wait_until_ended(process)
    cloud.put(stream, "second")
    function.wait_until_done(["first", "second"])
    assert len(function.invocations()) == 2
    assert "Messages" not in cloud.client("sqs").receive_message(QueueUrl=queue_url)


def test_a_disabled_mapping_rests_and_goes_on_from_its_checkpoint(cloud: Cloud) -> None:
    function, (stream, stream_arn) = cloud.function(), cloud.stream()
    client = cloud.client("lambda")
    mapping = cloud.mapping(function, stream_arn)
    cloud.put(stream, "a")
    function.wait_until_done(["a"])
    client.update_event_source_mapping(UUID=mapping, Enabled=False)
    # Another mapping of the same stream shows how far a mapping that is enabled has come. The first pass of the poll
    # thread that knows of it has ended the reading of the disabled one.
    beside = cloud.function()
    cloud.mapping(beside, stream_arn)
    beside.wait_until_done(["a"])
    cloud.put(stream, "b")
    beside.wait_until_done(["a", "b"])
    assert function.done() == ["a"]
    enabled = time.time()
    client.update_event_source_mapping(UUID=mapping, Enabled=True)
    function.wait_until_done(["a", "b"])
    assert function.noted("start")[-1]["time"] >= enabled
    client.delete_event_source_mapping(UUID=mapping)
    beside = cloud.function()
    cloud.mapping(beside, stream_arn)
    beside.wait_until_done(["a", "b"])
    cloud.put(stream, "c")
    beside.wait_until_done(["a", "b", "c"])
    assert function.done() == ["a", "b"]


def target(cloud: Cloud, function: Function) -> Callable[[], None]:
    """Make the function the target of a new rule; gives what sends one matching event."""
    source, events = f"test.{uuid.uuid4().hex[:8]}", cloud.client("events")
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    rule = events.describe_rule(Name=source)["Arn"]
    permission = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": rule}
    cloud.client("lambda").add_permission(FunctionName=function.name, StatementId="rule", **permission)
    events.put_targets(Rule=source, Targets=[{"Id": "function", "Arn": function.arn}])
    entry = {"Source": source, "DetailType": "test", "Detail": json.dumps({"name": "event"})}
    return lambda: events.put_events(Entries=[entry])


def test_a_failed_event_is_retried_after_minutes_of_the_clock(cloud: Cloud) -> None:
    function = cloud.function(failures=2)
    target(cloud, function)()
    function.wait_for_invocations(3)
    first, second, third = (entry["time"] for entry in function.noted("start"))
    assert second - first >= 60 / SPEED
    assert third - second >= 120 / SPEED


def test_an_event_that_keeps_failing_ends_in_the_queue(cloud: Cloud) -> None:
    function, (queue_url, queue_arn) = cloud.function(failures=9), cloud.queue()
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": queue_arn}},
    )
    target(cloud, function)()
    record = cloud.message(queue_url)
    assert record["requestPayload"]["detail"] == {"name": "event"}
    assert len(function.invocations()) == 2


def test_a_stream_with_another_number_of_shards_loses_nothing_and_keeps_the_order_of_a_key(cloud: Cloud) -> None:
    function = cloud.function()
    stream, arn = cloud.stream()
    cloud.mapping(function, arn, BatchSize=3)
    sent: list[str] = []
    for target in (2, 4, 2, 1):
        sent += (lines := [f"ok-{target}-{len(sent) + number}" for number in range(10)])
        cloud.put(stream, *lines)
        cloud.client("kinesis").update_shard_count(
            StreamName=stream, TargetShardCount=target, ScalingType="UNIFORM_SCALING"
        )
    sent.append("ok-last")
    cloud.put(stream, "ok-last")
    function.wait_until_done(sent)
    with pytest.raises(cloud.client("kinesis").exceptions.ClientError, match="LimitExceededException"):
        cloud.client("kinesis").update_shard_count(StreamName=stream, TargetShardCount=3, ScalingType="UNIFORM_SCALING")
