# SPDX-License-Identifier: Apache-2.0
"""The response to CloudFormation: exactly one, always small enough, sent with retries."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from protocol.outcome import Outcome
from protocol.request import Request

# CloudFormation User Guide, "Custom resource response objects": the total size of the body.
BODY_BYTES = 4096
# Begins the physical id of a resource that a failed Create never made.
NOT_CREATED = "not-created:"

# Together less than deadline.RESPONSE_SECONDS.
ATTEMPT_SECONDS = 3.0
PAUSES_SECONDS = (0.5, 1.5)


class ResponseNotDelivered(Exception):
    """CloudFormation could not be reached. The message never holds the address, which is a credential."""


class Response:
    """The one response to a request. Of several threads, only the first sends it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._lock = threading.Lock()
        self._sent = False

    def succeed(self, outcome: Outcome) -> bool:
        """Send SUCCESS. Returns False when a response was sent before. Raises ResponseNotDelivered."""
        return self._send("SUCCESS", "", outcome.physical_id, outcome.data)

    def fail(self, reason: str) -> bool:
        """Send FAILED. Returns False when a response was sent before. Raises ResponseNotDelivered."""
        physical_id = self._request.physical_id or f"{NOT_CREATED}{self._request.request_id}"
        return self._send("FAILED", reason, physical_id, {})

    def _send(self, status: str, reason: str, physical_id: str, data: Mapping[str, str]) -> bool:
        with self._lock:
            if self._sent:
                return False
            self._sent = True
        put(self._request.response_url, body_of(self._request, status, reason, physical_id, data))
        return True


def body_of(request: Request, status: str, reason: str, physical_id: str, data: Mapping[str, str]) -> bytes:
    """The response as JSON, at most BODY_BYTES long: a reason that is too long ends in an ellipsis."""
    body: dict[str, Any] = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": physical_id,
        "StackId": request.stack_id,
        "RequestId": request.request_id,
        "LogicalResourceId": request.logical_id,
        "Data": dict(data),
    }
    encoded = json.dumps(body).encode()
    while len(encoded) > BODY_BYTES and reason:
        # By tenths, because how many bytes a character takes in JSON depends on the character.
        reason = reason[: len(reason) * 9 // 10]
        encoded = json.dumps(body | {"Reason": f"{reason}..."}).encode()
    return encoded


def put(url: str, body: bytes) -> None:
    """Send the response. Raises ResponseNotDelivered after the last attempt."""
    # A pre-signed address allows no content type, and urllib would add one of its own.
    headers = {"Content-Type": ""}
    failure = ""
    for pause in (0.0, *PAUSES_SECONDS):
        time.sleep(pause)
        try:
            # Request.parse accepts only HTTP addresses.
            message = urllib.request.Request(url, data=body, method="PUT", headers=headers)  # noqa: S310
            with urllib.request.urlopen(message, timeout=ATTEMPT_SECONDS):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            failure = f"HTTP status {error.code}"
            error.close()
        except (OSError, HTTPException, ValueError) as error:
            failure = type(error).__name__  # its text can hold the address
    raise ResponseNotDelivered(f"the response to CloudFormation was not delivered: {failure}")
