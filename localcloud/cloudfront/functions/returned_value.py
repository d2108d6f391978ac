# SPDX-License-Identifier: Apache-2.0
"""What a function may return: a request or a response, in the structure of the event. Pure.

Sources: CloudFront Developer Guide, "CloudFront Functions event structure" and "Restrictions on all edge functions".
"""

from collections.abc import Mapping
from typing import Any

from localcloud.cloudfront.functions.event import is_hidden

_READ_ONLY = {
    "viewer-request": ("cdn-loop", "content-length", "host", "transfer-encoding", "via"),
    "viewer-response": ("warning", "via"),
}
_LONGEST_URI = 8191  # "must be less than 8,192 characters", with the query


class InvalidValueError(ValueError):
    """What CloudFront does not take from a function."""


def check_value(value: Any, event: Mapping[str, Any]) -> None:
    """Raise InvalidValueError for what a function may not return for an event."""
    event_type = event["context"]["eventType"]
    if not isinstance(value, dict):
        raise InvalidValueError("it is no object")
    if event_type == "viewer-response" or "statusCode" in value:
        _check_response(value)
        _check_headers(value.get("headers", {}), event.get("response", {}).get("headers", {}), event_type)
        return
    request = event["request"]
    if value.get("method", request["method"]) != request["method"]:
        raise InvalidValueError("the method is read-only")
    uri = value.get("uri", request["uri"])
    if not isinstance(uri, str) or not uri.startswith("/") or len(uri) > _LONGEST_URI:
        raise InvalidValueError("the uri is no path")
    _check_headers(value.get("headers", {}), request["headers"], event_type)


def _check_response(response: Mapping[str, Any]) -> None:
    status = response.get("statusCode")
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise InvalidValueError("the statusCode is no HTTP status")


def _check_headers(headers: Any, before: Mapping[str, Any], event_type: str) -> None:
    if not isinstance(headers, dict):
        raise InvalidValueError("the headers are no object")
    for name, header in headers.items():
        if not isinstance(header, dict) or not isinstance(header.get("value"), str):
            raise InvalidValueError(f"the header {name} has no value")
        if name != name.lower():
            raise InvalidValueError(f"the name of the header {name} is not in lower case")
        if is_hidden(name):
            raise InvalidValueError(f"the header {name} is disallowed")
    for name in _READ_ONLY[event_type]:
        if headers.get(name) != before.get(name):
            raise InvalidValueError(f"the header {name} is read-only")
