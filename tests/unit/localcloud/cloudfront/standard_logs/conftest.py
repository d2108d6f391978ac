# SPDX-License-Identifier: Apache-2.0
"""A distribution, a bucket that takes its logs, and the API of log deliveries."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from localcloud.cloudfront.standard_logs import delivery_api
from localcloud.ministack import cloudfront, cloudwatch, s3
from localcloud.ministack.server import request_scope
from tests.ministack_calls import response

ACCOUNT = "000000000000"
DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
SOURCE = {"name": "source", "resourceArn": DISTRIBUTION, "logType": "ACCESS_LOGS"}
DESTINATION = {
    "name": "lake",
    "outputFormat": "w3c",
    "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::lake/events"},
}
DELIVERY = {
    "deliverySourceName": "source",
    "deliveryDestinationArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:lake",
    "recordFields": ["timestamp(ms)", "sc-status"],
    "fieldDelimiter": "\t",
    "s3DeliveryConfiguration": {"suffixPath": "{yyyy}/{MM}/{dd}/{HH}", "enableHiveCompatiblePath": True},
}
STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "delivery.logs.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::lake/events/*",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control"},
        "ArnLike": {"aws:SourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-source:*"},
    },
}

type Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(set_policy: Callable[..., None]) -> Iterator[Ask]:
    """Call an operation: its request, with some changes. Returns status and body."""
    delivery_api.install()
    with request_scope(ACCOUNT, "us-east-1"):
        cloudfront.distributions["E1"] = {"Id": "E1"}
        s3.create_bucket("lake", b"", {})
        set_policy(STATEMENT)

    def ask(action: str, request: dict[str, Any], region: str = "us-east-1") -> tuple[int, dict[str, Any]]:
        with request_scope(ACCOUNT, region):
            return response(cloudwatch, action, request)

    yield ask
    with request_scope(ACCOUNT, "us-east-1"):
        cloudfront.reset()
        s3.reset()
        cloudwatch.reset_logs()


@pytest.fixture
def set_policy() -> Callable[..., None]:
    """Give the bucket a policy of these statements."""

    def set_policy(*statements: dict[str, Any]) -> None:
        with request_scope(ACCOUNT, "us-east-1"):
            s3.bucket_policies["lake"] = json.dumps({"Version": "2012-10-17", "Statement": statements})

    return set_policy


@pytest.fixture
def delivery_id(ask: Ask) -> str:
    """The id of a delivery of the distribution's logs into the bucket."""
    for action, request in (("PutDeliverySource", SOURCE), ("PutDeliveryDestination", DESTINATION)):
        assert ask(action, request)[0] == 200
    status, body = ask("CreateDelivery", DELIVERY)
    assert status == 200, body
    return str(body["delivery"]["id"])
