# SPDX-License-Identifier: Apache-2.0
"""PutRecords within its limits, and again for what failed, while there is time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from tests.fakes.client import FakeClient
from tests.fakes.kinesis import Kinesis
from tests.unit.aggregator.raw_stream import AGGREGATED_STREAM

THROTTLED = "ProvisionedThroughputExceededException"


@dataclass
class Invocation:
    """A Lambda invocation's time: only sleeping takes some, and every pause is the longest that jitter may give."""

    milliseconds: float
    pauses: list[float] = field(default_factory=list)

    def remaining(self) -> int:
        return int(self.milliseconds)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.milliseconds -= seconds * 1000


def longest(shortest: float, longest: float) -> float:
    assert shortest == 0
    return longest


def aggregates(aggregator: SimpleNamespace, count: int, size: int = 100) -> list[Any]:
    record = aggregator.packing.UserRecord(b"x" * size, 1, 0)
    return [
        aggregator.packing.Aggregate(b"%06d" % number + b"x" * (size - 6), f"{number:04x}"[:4], (record,))
        for number in range(count)
    ]


@pytest.fixture
def put(aggregator: SimpleNamespace, kinesis: FakeClient) -> Callable[..., Any]:
    def put(items: list[Any], invocation: Invocation) -> Any:
        stream = aggregator.destinations.AggregatedStream(kinesis, "aggregated", invocation.sleep, longest)
        return stream.put(items, invocation.remaining)

    return put


def taken(kinesis: FakeClient) -> list[bytes]:
    return [record["Data"] for record in kinesis.service.taken]


def test_nothing_to_send_makes_no_call(put: Callable[..., Any], kinesis: FakeClient) -> None:
    outcome = put([], Invocation(60_000))
    assert (outcome.unsent, outcome.retries, dict(outcome.errors), kinesis.calls) == ([], 0, {}, [])


@pytest.mark.parametrize(("count", "size", "calls"), [(500, 100, 1), (501, 100, 2), (11, 1_000_000, 2)])
def test_requests_stay_within_the_limits_of_putrecords(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient, count: int, size: int, calls: int
) -> None:
    items = aggregates(aggregator, count, size)
    assert put(items, Invocation(60_000)).unsent == []
    assert taken(kinesis) == [item.data for item in items]
    assert kinesis.count("put_records") == calls
    for _, arguments in kinesis.calls:
        assert len(arguments["Records"]) <= 500
        assert sum(len(r["Data"]) + len(r["PartitionKey"]) for r in arguments["Records"]) <= 10 * 1024 * 1024


def test_only_what_failed_is_sent_again(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient
) -> None:
    kinesis.service = Kinesis(
        AGGREGATED_STREAM, lambda call, position: THROTTLED if call == 0 and position in (1, 3) else None
    )
    items = aggregates(aggregator, 5)
    outcome = put(items, Invocation(60_000))
    assert taken(kinesis) == [items[number].data for number in (0, 2, 4, 1, 3)]
    assert (outcome.unsent, outcome.retries, dict(outcome.errors)) == ([], 2, {THROTTLED: 2})


def test_pauses_grow_to_a_cap_and_end_before_the_deadline(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient
) -> None:
    # The record that always fails is alone, and so the first one, in every request after the first.
    kinesis.service = Kinesis(
        AGGREGATED_STREAM, lambda call, position: "InternalFailure" if call > 0 or position == 1 else None
    )
    invocation = Invocation(aggregator.destinations.CALL_MILLISECONDS + 12_000)
    items = aggregates(aggregator, 3)
    outcome = put(items, invocation)
    assert outcome.unsent == [items[1]]
    assert invocation.pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 3.0]
    assert invocation.milliseconds >= aggregator.destinations.CALL_MILLISECONDS
    assert outcome.retries == len(invocation.pauses)


@pytest.mark.parametrize("code", [THROTTLED, "InternalFailure", "KMSThrottlingException"])
def test_a_call_that_fails_for_a_time_is_made_again(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient, code: str
) -> None:
    kinesis.fail_next = {"put_records": [code, code]}
    items = aggregates(aggregator, 3)
    outcome = put(items, Invocation(60_000))
    assert taken(kinesis) == [item.data for item in items]
    assert (outcome.unsent, outcome.retries, dict(outcome.errors)) == ([], 6, {code: 6})


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://kinesis"),
        ReadTimeoutError(endpoint_url="https://kinesis"),
        ClientError({"Error": {"Code": "Strange"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "PutRecords"),
    ],
)
def test_a_call_that_did_not_get_through_is_made_again(
    aggregator: SimpleNamespace,
    put: Callable[..., Any],
    kinesis: FakeClient,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    service, errors = kinesis.service, [error]

    class Unreachable:
        def put_records(self, **arguments: Any) -> Any:
            if errors:
                raise errors.pop()
            return service.put_records(**arguments)

    kinesis.service = Unreachable()
    outcome = put(aggregates(aggregator, 3), Invocation(60_000))
    assert (outcome.unsent, outcome.retries, len(service.taken)) == ([], 3, 3)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"])
def test_a_call_that_can_never_succeed_is_made_once(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient, code: str
) -> None:
    kinesis.fail_next = {"put_records": [code]}
    items = aggregates(aggregator, 501)
    outcome = put(items, Invocation(60_000))
    assert outcome.unsent == items
    assert kinesis.count("put_records") == 1
    assert dict(outcome.errors) == {code: 500, "NotTried": 1}


def test_an_error_that_is_not_from_kinesis_is_not_hidden(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient
) -> None:
    class NoCredentials:
        def put_records(self, **arguments: Any) -> Any:
            raise NoCredentialsError

    kinesis.service = NoCredentials()
    with pytest.raises(NoCredentialsError):
        put(aggregates(aggregator, 1), Invocation(60_000))


def test_no_call_starts_that_could_not_end(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient
) -> None:
    items = aggregates(aggregator, 3)
    outcome = put(items, Invocation(aggregator.destinations.CALL_MILLISECONDS - 1))
    assert (outcome.unsent, kinesis.calls, dict(outcome.errors)) == (items, [], {"NotTried": 3})


def test_a_short_response_of_kinesis_is_not_taken_for_success(
    aggregator: SimpleNamespace, put: Callable[..., Any], kinesis: FakeClient
) -> None:
    class Short:
        def put_records(self, **arguments: Any) -> Any:
            return {"FailedRecordCount": 0, "Records": []}

    kinesis.service = Short()
    with pytest.raises(ValueError, match="shorter"):
        put(aggregates(aggregator, 1), Invocation(60_000))


def test_clients_give_up_before_the_function_must(aggregator: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    configs = {}

    def client(name: str, config: Any) -> FakeClient:
        configs[name] = config
        return FakeClient(name, None)

    monkeypatch.setattr("boto3.client", client)
    _, quarantine = aggregator.destinations.connect(aggregator.app.settings)
    assert list(configs) == ["kinesis"]
    quarantine._s3()
    for config in configs.values():
        seconds = config.connect_timeout + config.read_timeout
        assert seconds * 1000 < aggregator.destinations.CALL_MILLISECONDS
    assert configs["kinesis"].retries == {"total_max_attempts": 1}
    assert configs["s3"].retries == {"total_max_attempts": 3}
