# SPDX-License-Identifier: Apache-2.0
"""The API of log deliveries: MiniStack's, with what AWS refuses, and UpdateDeliveryConfiguration, which it lacks."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.cloudfront.standard_logs.bucket_permission import check_may_write, destination_bucket
from localcloud.cloudfront.standard_logs.delivery_check import (
    check_configuration,
    check_destination,
    check_source,
    check_unused,
)
from localcloud.ministack import Replaceable, Response, cloudfront, cloudwatch
from localcloud.ministack.server import error_response, json_response, region
from localcloud.refusal import RefusedError

type Request = Mapping[str, Any]

_UPDATE = "UpdateDeliveryConfiguration"
_CHANGEABLE = ("recordFields", "fieldDelimiter", "s3DeliveryConfiguration")


def install() -> None:
    """Check what MiniStack takes, and respond to what it does not know."""
    _check(cloudwatch.put_delivery_source, _check_source)
    _check(cloudwatch.put_delivery_destination, _check_destination)
    _check(cloudwatch.create_delivery, _check_delivery)
    _check(
        cloudwatch.delete_delivery_source, lambda request: _check_unused("deliverySourceName", str(request.get("name")))
    )
    _check(cloudwatch.delete_delivery_destination, _check_deleted_destination)
    cloudwatch.handle_request.replace(_handle_request)


def _check(operation: Replaceable[[Request], Response], check: Callable[[Request], None]) -> None:
    def checked(data: Request) -> Response:
        try:
            check(data)
        except RefusedError as refused:
            return error_response(refused.code, refused.message, status=refused.status)
        return operation.own(data)

    operation.replace(checked)


def _check_source(request: Request) -> None:
    distributions = [str(distribution["Id"]) for distribution in cloudfront.distributions.values()]
    check_source(request, region(), distributions, cloudwatch.delivery_sources.values())


def _check_destination(request: Request) -> None:
    check_destination(request, cloudwatch.delivery_destinations.get(str(request.get("name"))))


def _check_delivery(request: Request) -> None:
    """Before MiniStack looks at what the request names: a source or destination that is not there is its refusal."""
    check_configuration(request)
    name = str(request.get("deliveryDestinationArn") or "").rpartition(":")[2]
    source = cloudwatch.delivery_sources.get(str(request.get("deliverySourceName")))
    destination = cloudwatch.delivery_destinations.get(name)
    if source and destination and destination["deliveryDestinationType"] == "S3":
        check_may_write(source, *destination_bucket(destination))


def _check_deleted_destination(request: Request) -> None:
    destination = cloudwatch.delivery_destinations.get(str(request.get("name")))
    if destination:
        _check_unused("deliveryDestinationArn", destination["arn"])


def _check_unused(key: str, value: str) -> None:
    kind = "delivery source" if key == "deliverySourceName" else "delivery destination"
    check_unused(kind, (one["id"] for one in cloudwatch.deliveries.values() if one[key] == value))


async def _handle_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
) -> Response:
    if headers.get("x-amz-target", "").rpartition(".")[2] != _UPDATE:
        return await cloudwatch.handle_request.own(method, path, headers, body, query_params)
    request = json.loads(body or b"{}")
    delivery = cloudwatch.deliveries.get(str(request.get("id")))
    if delivery is None:
        return error_response("ResourceNotFoundException", f"Delivery does not exist: {request.get('id')}")
    try:
        check_configuration(request)
    except RefusedError as refused:
        return error_response(refused.code, refused.message, status=refused.status)
    delivery.update({name: request[name] for name in _CHANGEABLE if name in request})
    return json_response({})
