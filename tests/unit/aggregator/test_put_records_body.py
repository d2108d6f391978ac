# SPDX-License-Identifier: Apache-2.0
"""The bodies of PutRecords are those that botocore would have written."""

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ParamValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


class _Body:
    """The raw part of a response that botocore reads."""

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [b'{"FailedRecordCount": 0, "Records": []}']


def client(requests: list[AWSPreparedRequest]) -> Any:
    """A real client whose requests end, signed, just before the network."""

    def respond(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        requests.append(request)
        return AWSResponse(request.url, 200, {}, _Body())  # type: ignore[arg-type]

    session = boto3.Session("key-id", "secret", region_name="eu-central-1")
    kinesis = session.client("kinesis", endpoint_url="https://kinesis.eu-central-1.amazonaws.com")
    kinesis.meta.events.register("before-send.kinesis.PutRecords", respond)
    return kinesis


RECORDS = st.lists(
    st.fixed_dictionaries(
        {"Data": st.binary(max_size=200), "PartitionKey": st.text(min_size=1, max_size=5)},
        optional={"ExplicitHashKey": st.sampled_from(["0", "123"])},
    ),
    min_size=1,
    max_size=4,
)


@given(RECORDS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)
def test_the_request_is_the_one_that_botocore_makes(aggregator: SimpleNamespace, records: list[dict[str, Any]]) -> None:
    requests: list[AWSPreparedRequest] = []
    plain, quick = client(requests), client(requests)
    aggregator.put_records_body.attach(quick)
    plain.put_records(StreamName="aggregated", Records=records)
    quick.put_records(StreamName="aggregated", Records=records)
    expected, written = requests
    assert json.loads(written.body) == json.loads(expected.body)
    assert written.headers["Content-Length"] == str(len(written.body))
    assert {name for name, _ in written.headers.items()} == {name for name, _ in expected.headers.items()}


def test_the_signature_is_made_for_the_body_that_is_sent(
    aggregator: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[bytes] = []
    requests: list[AWSPreparedRequest] = []
    kinesis = client(requests)
    aggregator.put_records_body.attach(kinesis)
    kinesis.meta.events.register("before-sign.kinesis.PutRecords", lambda request, **_: signed.append(request.data))
    kinesis.put_records(StreamName="aggregated", Records=[{"Data": b"line\n", "PartitionKey": "abcd"}])
    assert signed == [requests[0].body]
    assert "Signature=" in str(requests[0].headers["Authorization"])


def test_records_that_a_caller_passed_stay_as_they_are(aggregator: SimpleNamespace) -> None:
    kinesis = client([])
    aggregator.put_records_body.attach(kinesis)
    records = [{"Data": b"line\n", "PartitionKey": "abcd"}]
    kinesis.put_records(StreamName="aggregated", Records=records)
    assert records == [{"Data": b"line\n", "PartitionKey": "abcd"}]


def test_a_request_that_botocore_refuses_is_refused(aggregator: SimpleNamespace) -> None:
    kinesis = client([])
    aggregator.put_records_body.attach(kinesis)
    with pytest.raises(ParamValidationError, match="Records"):
        kinesis.put_records(StreamName="aggregated", Records=[])
