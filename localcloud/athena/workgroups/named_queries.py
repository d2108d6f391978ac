# SPDX-License-Identifier: Apache-2.0
"""Named queries: what MiniStack lacks of them, and the sizes that Athena refuses.

Source: Athena API Reference, CreateNamedQuery, UpdateNamedQuery ("The database or workgroup cannot be updated") and
DeleteNamedQuery; the query's size is in bytes of UTF-8 (Athena user guide, "Service Quotas").
"""

import json
from collections.abc import Mapping
from typing import Any

from localcloud.ministack import Request, Response, athena
from localcloud.ministack.server import error_response, json_response

_MOST_NAME, _MOST_DESCRIPTION, _MOST_QUERY_BYTES = 128, 1024, 262_144


def install() -> None:
    """Let Athena's entrance know these operations."""
    athena.handle_request.replace(_handle_request)


async def _handle_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
) -> Response:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    request = json.loads(body) if operation in ("CreateNamedQuery", "UpdateNamedQuery") else {}
    refusal = _refusal(request) if request else None
    if refusal:
        return error_response("InvalidRequestException", refusal)
    if operation == "UpdateNamedQuery":
        return _update(request)
    return await athena.handle_request.own(method, path, headers, body, query_params)


def _update(request: Request) -> Response:
    query = athena.named_queries.get(str(request.get("NamedQueryId")))
    if query is None:
        return error_response("InvalidRequestException", f"NamedQuery {request.get('NamedQueryId')} was not found")
    query.update({name: request[name] for name in ("Name", "Description", "QueryString") if name in request})
    return json_response({})


def _refusal(request: Request) -> str | None:
    """Why a named query cannot be as it is given; None if it can."""
    name, sql = str(request.get("Name", "")), str(request.get("QueryString", ""))
    if not 1 <= len(name) <= _MOST_NAME:
        return f"1 validation error detected: Value at 'name' must have between 1 and {_MOST_NAME} characters"
    if len(str(request.get("Description", ""))) > _MOST_DESCRIPTION:
        return f"1 validation error detected: Value at 'description' must have at most {_MOST_DESCRIPTION} characters"
    if not 1 <= len(sql.encode()) <= _MOST_QUERY_BYTES:
        return f"1 validation error detected: Value at 'queryString' must have between 1 and {_MOST_QUERY_BYTES} bytes"
    return None
