# SPDX-License-Identifier: Apache-2.0
"""What an event asks for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

CLEANING_HOUR = 4
"""The run of this hour (UTC) also deletes what nobody points at: one listing of all typed days, once a day."""
_KEYS = {"days", "redo", "unclosed", "objects_removed", "clean"}


class UnknownEventError(ValueError):
    """The event is not one that this function understands."""


@dataclass(frozen=True)
class Request:
    """`days` that somebody names, none for all that there is to do; or the `query_id` of a statement that has ended.

    `redo`: type them again from all of the lake's objects. `objects_removed`: even if there are fewer objects than
    before. `unclosed`: even if their day is not over. `clean`: delete old folders and expired raw objects, too.
    """

    days: tuple[str, ...] = ()
    redo: bool = False
    unclosed: bool = False
    objects_removed: bool = False
    clean: bool = False
    query_id: str = ""


def request_of(event: Mapping[str, Any], now: datetime) -> Request:
    """What EventBridge's scheduled event, Athena's state change, or an event by hand asks for.

    Raises UnknownEventError.
    """
    kind = event.get("detail-type")
    if kind == "Scheduled Event":
        return Request(clean=now.hour == CLEANING_HOUR)
    if kind == "Athena Query State Change":
        return Request(query_id=_query_id(event))
    unknown = sorted(set(event) - _KEYS)
    if kind is not None or unknown:
        raise UnknownEventError(f"unknown event: {kind or ', '.join(unknown)}")
    flags = {name: event.get(name, False) for name in sorted(_KEYS - {"days"})}
    if wrong := [name for name, value in flags.items() if not isinstance(value, bool)]:
        raise UnknownEventError(f"{', '.join(wrong)} must be true or false")
    return Request(days=_days(event.get("days", [])), **flags)


def is_closed(day: str, closed_after: timedelta, now: datetime) -> bool:
    """Whether a day (UTC) is over, and so is the time in which its objects come when nothing is wrong."""
    end = datetime.combine(date.fromisoformat(day), time(tzinfo=UTC)) + timedelta(days=1)
    return end + closed_after <= now


def _query_id(event: Mapping[str, Any]) -> str:
    try:
        return str(event["detail"]["queryExecutionId"])
    except (KeyError, TypeError) as error:
        raise UnknownEventError("the state change has no queryExecutionId") from error


def _days(days: Any) -> tuple[str, ...]:
    if not isinstance(days, list):
        raise UnknownEventError("days must be a list of days such as 2026-11-27")
    try:
        return tuple(sorted({str(date.fromisoformat(day)) for day in days}))
    except (TypeError, ValueError) as error:
        raise UnknownEventError("days must be a list of days such as 2026-11-27") from error
