# SPDX-License-Identifier: Apache-2.0
"""An event, as far as live numbers show it."""

from typing import NamedTuple


class Event(NamedTuple):
    """What is shown of an event. `time`: when the hit was; `arrived`: when the stream got its line; epoch seconds."""

    request_id: str
    time: float
    arrived: float
    visitor: int | None
    traffic: str
    page: str | None
    country: str | None
    channel: str | None
