# SPDX-License-Identifier: Apache-2.0
"""Partitions of the Glue Data Catalog: what MiniStack lacks of them, and what AWS refuses.

Source: AWS Glue Web API Reference, UpdatePartition, BatchDeletePartition and GetPartitions.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.ministack import Request, Response, glue
from localcloud.ministack.server import error_response, json_response

_MOST_DELETED = 25
_NOT_FOUND = "EntityNotFoundException"


def install() -> None:
    """Let the catalog's entrance know these operations."""
    glue.handle_request.replace(_handle_request)


async def _handle_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
) -> Response:
    operation = _OPERATIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
    if operation is None:
        return await glue.handle_request.own(method, path, headers, body, query_params)
    request = json.loads(body)
    key = f"{request.get('DatabaseName')}/{request.get('TableName')}"
    if key not in glue.tables:
        return error_response(_NOT_FOUND, f"Table not found: {request.get('TableName')}")
    return operation(request, key)


def _update(request: Request, key: str) -> Response:
    """UpdatePartition: "The Values property can't be changed." """
    values, given = list(request.get("PartitionValueList") or []), request.get("PartitionInput") or {}
    if given.get("Values", values) != values:
        return error_response("InvalidInputException", "Partition values cannot be changed")
    for partition in glue.partitions.get(key, []):
        if partition["Values"] == values:
            kept = {name: partition[name] for name in ("DatabaseName", "TableName", "CreationTime", "CatalogId")}
            partition.clear()
            partition.update({**given, "Values": values, **kept, "LastAccessTime": int(time.time())})
            return json_response({})
    return error_response(_NOT_FOUND, "Partition not found.")


def _batch_delete(request: Request, key: str) -> Response:
    """BatchDeletePartition: at most 25, and errors of those that are not there."""
    wanted = [list(one.get("Values") or []) for one in request.get("PartitionsToDelete") or []]
    if len(wanted) > _MOST_DELETED:
        return error_response(
            "ValidationException",
            "1 validation error detected: Value at 'partitionsToDelete' failed to satisfy constraint: Member must have "
            f"length less than or equal to {_MOST_DELETED}",
        )
    found = glue.partitions.get(key, [])
    known = [partition["Values"] for partition in found]
    glue.partitions[key] = [partition for partition in found if partition["Values"] not in wanted]
    return json_response({"Errors": [_missing(values) for values in wanted if values not in known]})


def _missing(values: list[str]) -> dict[str, Any]:
    return {
        "PartitionValues": values,
        "ErrorDetail": {"ErrorCode": _NOT_FOUND, "ErrorMessage": "Partition not found."},
    }


def _get_all(_request: Request, key: str) -> Response:
    """GetPartitions, all at once."""
    return json_response({"Partitions": list(glue.partitions.get(key, []))})


_OPERATIONS: dict[str, Callable[[Request, str], Response]] = {
    "UpdatePartition": _update,
    "BatchDeletePartition": _batch_delete,
    "GetPartitions": _get_all,
}
