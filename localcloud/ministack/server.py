# SPDX-License-Identifier: Apache-2.0
"""MiniStack's application, and what all its services share: the current account and Region, JSON responses."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ministack import app as _app
from ministack.core import responses as _responses

from localcloud.ministack import Response, Table

application: Callable[..., Any] = _app.app  # the ASGI application

account_id: Callable[[], str] = _responses.get_account_id  # of the current request
region: Callable[[], str] = _responses.get_region  # of the current request
# Account, Region: within it, they are those of the current request.
request_scope: Callable[[str, str], AbstractContextManager[None]] = _responses.request_scope
json_response: Callable[[dict[str, Any]], Response] = _responses.json_response


def error_response(code: str, message: str, *, status: int = 400, **more: str) -> Response:
    """An error of a service whose protocol is JSON."""
    response: Response = _responses.error_response_json(code, message, status, extra=more or None)
    return response


def account_table() -> Table:
    """An empty table with entries of each account apart."""
    table: Table = _responses.AccountScopedDict()
    return table
