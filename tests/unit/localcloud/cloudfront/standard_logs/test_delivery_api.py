# SPDX-License-Identifier: Apache-2.0
"""The API of log deliveries refuses what AWS refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from localcloud.ministack import cloudwatch
from localcloud.ministack.server import request_scope
from tests.unit.localcloud.cloudfront.standard_logs.conftest import (
    ACCOUNT,
    DELIVERY,
    DESTINATION,
    DISTRIBUTION,
    SOURCE,
    STATEMENT,
    Ask,
)


def test_a_source_is_updated_by_its_name(ask: Ask) -> None:
    assert ask("PutDeliverySource", SOURCE)[0] == 200
    assert ask("PutDeliverySource", SOURCE)[0] == 200
    assert ask("DescribeDeliverySources", {})[1]["deliverySources"][0]["resourceArns"] == [DISTRIBUTION]


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"name": "a" * 61}, "ValidationException", "at most 60"),
        ({"name": "a b"}, "ValidationException", "a b"),
        ({"logType": "WAF_LOGS"}, "ValidationException", "WAF_LOGS is not supported"),
        ({"resourceArn": f"{DISTRIBUTION}2"}, "ResourceNotFoundException", "distribution/E12 does not exist"),
    ],
)
def test_a_source_that_cannot_be_is_refused(ask: Ask, changes: dict[str, str], code: str, message: str) -> None:
    status, body = ask("PutDeliverySource", SOURCE | changes)
    assert (status, body["__type"]) == (400, code)
    assert message in body["message"]


def test_a_distribution_has_one_source(ask: Ask) -> None:
    ask("PutDeliverySource", SOURCE)
    status, body = ask("PutDeliverySource", SOURCE | {"name": "another"})
    assert (status, body["__type"]) == (400, "ConflictException")
    assert body["message"] == "This ResourceId has already been used in another Delivery Source in this account"


def test_sources_of_cloudfront_are_in_us_east_1_only(ask: Ask) -> None:
    status, body = ask("PutDeliverySource", SOURCE, "eu-west-1")
    assert (status, body["__type"]) == (400, "ValidationException")
    assert "not supported for this LogType in region eu-west-1" in body["message"]


def test_a_format_is_for_good(ask: Ask) -> None:
    ask("PutDeliveryDestination", DESTINATION)
    assert ask("PutDeliveryDestination", DESTINATION)[0] == 200
    status, body = ask("PutDeliveryDestination", DESTINATION | {"outputFormat": "json"})
    assert (status, body["__type"]) == (400, "ValidationException")


def test_parquet_goes_to_s3_only(ask: Ask) -> None:
    stream = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/logs"
    changes = {"outputFormat": "parquet", "deliveryDestinationConfiguration": {"destinationResourceArn": stream}}
    status, body = ask("PutDeliveryDestination", DESTINATION | changes)
    assert (status, body["__type"]) == (400, "ValidationException")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recordFields": ["timestamp(ms)", "cs-headers"]}, "ValidationException"),
        ({"recordFields": ["date"] * 129}, "ValidationException"),
        ({"fieldDelimiter": "123456"}, "ValidationException"),
        ({"s3DeliveryConfiguration": {"suffixPath": "dt={yyyy}"}}, "ValidationException"),
        ({"s3DeliveryConfiguration": {"suffixPath": "{year}"}}, "ValidationException"),
        ({"deliverySourceName": "absent"}, "ResourceNotFoundException"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused(ask: Ask, changes: dict[str, Any], code: str) -> None:
    ask("PutDeliverySource", SOURCE)
    ask("PutDeliveryDestination", DESTINATION)
    status, body = ask("CreateDelivery", DELIVERY | changes)
    assert (status, body["__type"]) == (400, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"Resource": "arn:aws:s3:::lake/other/*"},
        {"Principal": {"Service": "firehose.amazonaws.com"}},
        {"Action": "s3:GetObject"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
        {"Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:delivery-source:*"}}},
        {"Effect": "Deny"},
    ],
)
def test_create_delivery_looks_at_the_bucket_s_policy(
    ask: Ask, set_policy: Callable[..., None], changes: dict[str, Any]
) -> None:
    set_policy(STATEMENT | changes)
    ask("PutDeliverySource", SOURCE)
    ask("PutDeliveryDestination", DESTINATION)
    status, body = ask("CreateDelivery", DELIVERY)
    assert (status, body["__type"]) == (400, "AccessDeniedException")


def test_a_bucket_must_be_there(ask: Ask) -> None:
    ask("PutDeliverySource", SOURCE)
    arn = {"destinationResourceArn": "arn:aws:s3:::gone/events"}
    ask("PutDeliveryDestination", DESTINATION | {"deliveryDestinationConfiguration": arn})
    assert ask("CreateDelivery", DELIVERY)[1]["__type"] == "ResourceNotFoundException"


def test_what_a_delivery_uses_stays(ask: Ask, delivery_id: str) -> None:
    for action, name in (("DeleteDeliverySource", "source"), ("DeleteDeliveryDestination", "lake")):
        status, body = ask(action, {"name": name})
        assert (status, body["__type"]) == (400, "ConflictException")
        assert delivery_id in body["message"]
    assert ask("DeleteDelivery", {"id": delivery_id})[0] == 200
    assert ask("DeleteDeliverySource", {"name": "source"})[0] == 200
    assert ask("DeleteDeliveryDestination", {"name": "lake"})[0] == 200
    assert ask("DeleteDeliveryDestination", {"name": "lake"})[1]["__type"] == "ResourceNotFoundException"


def test_fields_and_path_change_in_place(ask: Ask, delivery_id: str) -> None:
    change = {"recordFields": ["date"], "s3DeliveryConfiguration": {"suffixPath": "{yyyy}"}}
    assert ask("UpdateDeliveryConfiguration", {"id": delivery_id, **change}) == (200, {})
    with request_scope(ACCOUNT, "us-east-1"):
        (delivery,) = cloudwatch.deliveries.values()
    assert (delivery["recordFields"], delivery["fieldDelimiter"]) == (["date"], "\t")
    assert delivery["s3DeliveryConfiguration"] == {"suffixPath": "{yyyy}"}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"recordFields": ["x"]}, "ValidationException"), ({"id": "gone"}, "ResourceNotFoundException")],
)
def test_an_update_that_cannot_be_is_refused(ask: Ask, delivery_id: str, change: dict[str, Any], code: str) -> None:
    assert ask("UpdateDeliveryConfiguration", {"id": delivery_id, **change})[1]["__type"] == code
