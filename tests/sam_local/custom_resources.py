# SPDX-License-Identifier: Apache-2.0
"""Requests of CloudFormation to the edge setup, and whether it got the response that it must get. Pure."""

from typing import Any


def addressed(request: dict[str, Any], address: str, physical_id: str | None) -> dict[str, Any]:
    """A sample request whose response goes to `address` (host:port), about the resource that the one before made."""
    own = {"ResponseURL": f"http://{address}/response"}
    if physical_id is not None and "PhysicalResourceId" in request:
        own["PhysicalResourceId"] = physical_id
    return request | own


def problem_with(request: dict[str, Any], responses: list[dict[str, Any]]) -> str | None:
    """Why the responses to a request are not exactly one SUCCESS; None if they are."""
    if len(responses) != 1:
        return f"CloudFormation got {len(responses)} responses instead of one"
    (response,) = responses
    if response.get("Status") != "SUCCESS":
        return f"CloudFormation got the response {response.get('Status')}: {response.get('Reason')}"
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        if response.get(name) != request[name]:
            return f"the response's {name} is {response.get(name)!r}, the request's {request[name]!r}"
    return None
