# SPDX-License-Identifier: Apache-2.0
"""What the functions of one viewer request do to it, and what is known of them afterwards.

Documented: a function that fails is a 503 (Developer Guide, "HTTP 503 status code"), one that returns what it may not
is a 502 ("Restrictions on all edge functions"); compilation errors throttle a function ("View CloudFront and edge
function metrics"). Assumed: x-edge-result-type is FunctionExecutionError or FunctionThrottledError, names that readers
of logs know, and Error for a value that is not valid. No function runs for a redirect to HTTPS or a refused method:
documented for Lambda@Edge, and assumed here.
"""

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloudfront.functions import engine, event
from localcloud.cloudfront.functions.engine import FunctionCodeError
from localcloud.cloudfront.functions.returned_value import InvalidValueError, check_value
from localcloud.ministack import cloudfront

_LOG_DATA_FIELDS = {"viewer-request": "viewer-request-log-data", "viewer-response": "viewer-response-log-data"}


@dataclass
class Invocations:
    """The functions that ran for one request.

    `log_data`: log field -> what a function gave to `logCustomData`. `counts`: metric and function's name of what is to
    be counted. `failure`: the status, the text and the x-edge-result-type of a response that a function prevented.
    """

    raw_query: str | None = None
    request_id: str = field(default_factory=lambda: base64.urlsafe_b64encode(os.urandom(40)).decode())
    log_data: dict[str, str] = field(default_factory=dict)
    counts: list[tuple[str, str]] = field(default_factory=list)
    failure: tuple[int, str, str] | None = None
    generated_response: bool = False


_current: ContextVar[Invocations | None] = ContextVar("invocations", default=None)


@contextmanager
def of_request(raw_query: str) -> Iterator[Invocations]:
    """Within it, what functions do is noted as one request's."""
    invocations = Invocations(raw_query or None)
    token = _current.set(invocations)
    try:
        yield invocations
    finally:
        _current.reset(token)


def install() -> None:
    """Let MiniStack run functions here, and use one request id for the event, the log line and the response."""
    cloudfront.run_function.replace(_run_function)
    cloudfront.build_function_event.replace(_build_function_event)
    cloudfront.new_request_id.replace(_request_id)


def _request_id() -> str:
    invocations = _current.get()
    return invocations.request_id if invocations else cloudfront.new_request_id.own()


def _build_function_event(
    event_type: str,
    dist_id: str,
    dist_domain: str,
    request_id: str,
    method: str,
    uri: str,
    query_params: Mapping[str, Any],
    headers: Mapping[str, str],
    client_ip: str,
) -> dict[str, Any]:
    return event.viewer_request(
        address=client_ip,
        headers=headers,
        uri=uri,
        query=query_params,
        method=method,
        request_id=_request_id(),
        distribution_id=dist_id,
        domain_name=dist_domain,
        event_type=event_type,
    )


async def _run_function(function_arn: str, event: Mapping[str, Any]) -> Any:
    """What a function returns. Raises MiniStack's error if the request ends here."""
    invocations = _current.get() or Invocations()
    name = function_arn.rpartition("/")[2]
    code = cloudfront.live_function_code(function_arn)
    if code is None:
        raise _failed(invocations, 503, "The function is not published.", "FunctionExecutionError")
    try:
        run = engine.run(code.decode(), event, invocations.raw_query)
    except FunctionCodeError as error:
        invocations.counts.append(("FunctionThrottles", name))
        raise _failed(invocations, 503, f"The function cannot be run: {error}", "FunctionThrottledError") from error
    invocations.counts.append(("FunctionInvocations", name))
    event_type = event["context"]["eventType"]
    if run.log_data is not None:
        invocations.log_data[_LOG_DATA_FIELDS[event_type]] = run.log_data
    if run.error is not None:
        invocations.counts.append(("FunctionExecutionErrors", name))
        raise _failed(invocations, 503, f"The function failed: {run.error}", "FunctionExecutionError")
    try:
        check_value(run.value, event)
    except InvalidValueError as error:
        invocations.counts.append(("FunctionValidationErrors", name))
        raise _failed(invocations, 502, f"The function returned an invalid value: {error}", "Error") from error
    invocations.generated_response = event_type == "viewer-request" and "statusCode" in run.value
    return run.value


def _failed(invocations: Invocations, status: int, text: str, result_type: str) -> Exception:
    invocations.failure = status, text, result_type
    return cloudfront.FunctionError(text)
