# SPDX-License-Identifier: Apache-2.0
"""What an API call needs: the IAM actions that authorize it, and the names in the ARNs of its resources.

MiniStack says which action a request is for: JSON services name it, S3 and CloudFront have it by AWS's models of their
APIs. What the request calls by another name than the service authorization reference's ARNs is here. Pure, but for
queries of Athena, whose workgroups are looked up.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

import defusedxml.ElementTree

from localcloud.ministack import athena


@dataclass(frozen=True)
class Need:
    """An action, and the names of the resources on which it must be allowed. `passes`: the role's ARN for PassRole."""

    action: str
    names: Mapping[str, str] = field(default_factory=dict)
    passes: str = ""


def needs(
    action: str, path: str, body: bytes, deliveries: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
) -> list[Need]:
    """What the call of an action needs. `path` is that of the request, as it was decoded once.

    `deliveries` are the log deliveries that there are, by id: who changes one names neither of its ends.
    """
    match action.partition(":")[0]:
        case "s3":
            return list(_s3(action, path, body))
        case "cloudfront":
            return list(_cloudfront(action, path, body))
        case "cloudwatch":  # metrics have no ARN; the body may be CBOR
            return [Need(action)]
        case "athena":
            return list(_athena(action, json.loads(body)))
        case "logs" if "Delivery" in action:
            request = json.loads(body or b"{}")
            return list(_log_deliveries(action, {**deliveries.get(str(request.get("id")), {}), **request}))
        case service:
            return [Need(action, _json_names(service, json.loads(body or b"{}")))]


def deleted_keys(body: bytes) -> list[str]:
    """The keys that a DeleteObjects request names."""
    return [_text(each, "Key") for each in _elements(body, "Object")]


def _s3(action: str, path: str, body: bytes) -> Iterator[Need]:
    """Sources: Amazon S3 API Reference, DeleteObjects and CopyObject; MiniStack's table knows the other operations."""
    bucket, _, key = path.lstrip("/").partition("/")
    if action == "s3:DeleteObject" and not key:
        for each in _elements(body, "Object"):
            names = {"BucketName": bucket, "ObjectName": _text(each, "Key")}
            # "you must always specify the s3:DeleteObject permission", and for a specific version the other, too
            yield Need(action, names)
            if _text(each, "VersionId"):
                yield Need("s3:DeleteObjectVersion", names)
        return
    yield Need(action, {"BucketName": bucket} | ({"ObjectName": key} if key else {}))


def _cloudfront(action: str, path: str, body: bytes) -> Iterator[Need]:
    """By `Id` in the path, or `Name` or `ARN` of a real-time log configuration in the body."""
    names = {}
    parts = path.strip("/").split("/")
    if len(parts) > 2:
        names = {"Id": unquote(parts[2]), "DistributionId": unquote(parts[2])}
    if "RealtimeLogConfig" in action:
        root = next(_elements(body, ""))
        names = {"Name": _text(root, "ARN").rpartition("/")[2] or _text(root, "Name")}
        for role in _elements(body, "RoleARN"):
            yield Need("iam:PassRole", passes=(role.text or "").strip())
    yield Need(action, names)


def _athena(action: str, request: Mapping[str, str]) -> Iterator[Need]:
    """Who reads a query's rows must be allowed to read its result, too (Athena API Reference, GetQueryResults)."""
    yield Need(action, {"WorkGroupName": _workgroup(request)})
    execution = athena.executions.get(request.get("QueryExecutionId", "")) or {}
    place = urlsplit(execution.get("ResultConfiguration", {}).get("OutputLocation", ""))
    if action == "athena:GetQueryResults" and place.netloc:
        yield Need("s3:GetObject", {"BucketName": place.netloc, "ObjectName": place.path.lstrip("/")})


def _workgroup(request: Mapping[str, str]) -> str:
    """The workgroup that a request names, or that its query or saved query is of; none for one that is not there."""
    held = athena.executions.get(request.get("QueryExecutionId", "")) or {}
    held = held or athena.named_queries.get(request.get("NamedQueryId", "")) or {}
    return request.get("WorkGroup") or str(held.get("WorkGroup", ""))


def _log_deliveries(action: str, request: Mapping[str, Any]) -> Iterator[Need]:
    """By name, id or ARN. A delivery that is to be made has no id yet.

    CloudWatch Logs asks CloudFront, too, whether the caller may have a distribution's logs delivered (CloudWatch Logs
    User Guide, "service-specific permissions" of V2). The reference has DeleteDeliverySource on a destination.
    """
    name, arn = request.get("name", "*"), str(request.get("deliveryDestinationArn", "*"))
    distribution = str(request.get("resourceArn", "")).partition(":distribution/")[2]
    if distribution:
        yield Need("cloudfront:AllowVendedLogDeliveryForResource", {"DistributionId": distribution})
    source = request.get("deliverySourceName", name)
    destination = name if arn == "*" else arn.rpartition(":")[2]
    names = {"DeliveryName": request.get("id", "*"), "DeliverySourceName": source}
    yield Need(action, names | {"DeliveryDestinationName": destination})


def _json_names(service: str, request: Mapping[str, Any]) -> dict[str, str]:
    """The names in the body of a JSON request."""
    names = {key: value for key, value in request.items() if isinstance(value, str)}
    match service:
        case "kinesis" if "StreamARN" in names:
            return {"StreamName": names["StreamARN"].rpartition("/")[2]}
        case "glue":
            table = request.get("TableInput") or {}
            named = names.get("Name") or table.get("Name")
            return ({"TableName": named, "CrawlerName": named} if named else {}) | names
        case "sqs":
            return {"QueueName": names.get("QueueUrl", "").rpartition("/")[2]} | names
        case "logs":
            return {key[:1].upper() + key[1:]: value for key, value in names.items()}
        case _:
            return names


def _elements(body: bytes, tag: str) -> Iterator[Any]:
    """The elements of an XML body with this tag, in any namespace; the root for an empty tag."""
    root = defusedxml.ElementTree.fromstring(body)
    return iter([root]) if not tag else (each for each in root.iter() if each.tag.rpartition("}")[2] == tag)


def _text(element: Any, tag: str) -> str:
    """The text of a child with this tag, in any namespace."""
    return next(((child.text or "") for child in element if child.tag.rpartition("}")[2] == tag), "").strip()
