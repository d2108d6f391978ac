# SPDX-License-Identifier: Apache-2.0
"""Actions of MiniStack's services with a JSON protocol, called in this process as a client would call them."""

import asyncio
import json
from typing import Any, Protocol

from localcloud.ministack import HandleRequest


class Service(Protocol):
    """A module of `localcloud.ministack` whose service is called."""

    @property
    def handle_request(self) -> HandleRequest: ...


async def response_of(service: Service, action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of an action's response."""
    headers = {"x-amz-target": f"Service.{action}"}
    status, _, body = await service.handle_request("POST", "/", headers, json.dumps(request).encode(), {})
    return status, json.loads(body or b"{}")


def response(service: Service, action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of the response to an action. Not from within an event loop."""
    return asyncio.run(response_of(service, action, request))


def call(service: Service, action: str, request: dict[str, Any]) -> dict[str, Any]:
    """The body of the response to an action that must succeed. Not from within an event loop."""
    status, body = response(service, action, request)
    assert status == 200, body
    return body
