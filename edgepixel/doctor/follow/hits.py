# SPDX-License-Identifier: Apache-2.0
"""Sends marked hits to the pixel, so that they can be found again, and so that no answer counts them."""

import math
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException

from edgepixel.answers.subject.conditions import DOCTOR_EVENT
from edgepixel.doctor.stages.edge import Response
from edgepixel.traffic.sender import Pixel

_HITS = 3
_MOST_HITS = 300  # of a stack that logs one in a hundred


@dataclass(frozen=True)
class Sent:
    """Hits with one mark. `at`: when the first was sent, in epoch seconds; `request_ids` in their order."""

    mark: str
    at: float
    responses: tuple[Response, ...]

    @property
    def request_ids(self) -> tuple[str, ...]:
        return tuple(response.request_id for response in self.responses if response.request_id)

    def found_in(self, data: bytes) -> set[int]:
        """The numbers of the hits whose log lines are in these bytes."""
        return {int(number) for number in re.findall(rb"i=%b&n=([0-9]+)" % self.mark.encode(), data)}


def how_many(sampling_rate: int) -> int:
    """How many hits to send so that some are logged."""
    return min(_MOST_HITS, math.ceil(_HITS * 100 / sampling_rate))


def query(mark: str, number: int) -> str:
    """The query of a marked hit, as docs/pixel.md explains its parameters."""
    return f"e={DOCTOR_EVENT}&i={mark}&n={number}"


def send_hits(pixel: Pixel, number: int, clock: Callable[[], float]) -> Sent:
    """Send hits, one after the other. The first without a response ends it: the next would not get one either."""
    mark = secrets.token_hex(8)
    at = clock()
    responses: list[Response] = []
    for place in range(number):
        responses.append(_send(pixel, f"{pixel.path}?{query(mark, place)}"))
        if responses[-1].status is None:
            break
    return Sent(mark, at, tuple(responses))


def _send(pixel: Pixel, target: str) -> Response:
    connection = pixel.connections()["https"]
    try:
        connection.putrequest("GET", target, skip_host=True)
        connection.putheader("Host", pixel.host)
        connection.putheader("User-Agent", DOCTOR_EVENT)  # no browser's: whoever counts people leaves it out
        if pixel.local_port is not None:
            connection.putheader("x-forwarded-proto", "https")  # the local cloud has no TLS
        connection.endheaders()
        response = connection.getresponse()
        response.read()
    except (OSError, HTTPException) as error:
        return Response(None, reason=str(error) or type(error).__name__)
    finally:
        connection.close()
    return Response(response.status, response.getheader("X-Amz-Cf-Id"))
