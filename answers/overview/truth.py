# SPDX-License-Identifier: Apache-2.0
"""The answer `overview` from a ledger."""

from collections.abc import Callable, Hashable

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, UNKNOWN, Event, Facts, grouped, time_text, visitors
from edgepixel.truth.local_time import day_of, hour_of

_MOST_VALUES = 100
_MORE_VALUES = {"event": 1000, "section": 1000}
type _Row = tuple[str | None, int | None, int]
_BY_EVENTS = frozenset({"event", "referrer", "section", "traffic"})
_DIMENSIONS: dict[str, Callable[[Event], str | None]] = {
    "browser": lambda event: event.truth.browser,
    "campaign": lambda event: event.truth.utm_campaign or NOTHING,
    "channel": lambda event: event.truth.channel,
    "country": lambda event: event.truth.country or UNKNOWN,
    "device": lambda event: event.truth.device,
    "event": lambda event: event.truth.event,
    "language": lambda event: event.truth.language or UNKNOWN,
    "os": lambda event: event.truth.os,
    "referrer": lambda event: _referrer(event),
    "section": lambda event: _section(event),
    "source": lambda event: event.truth.utm_source or NOTHING,
}


def expected(facts: Facts) -> Table:
    """One list for each dimension, in the order of their names."""
    lists: dict[str, list[_Row]] = {
        "all": [(None, visitors(facts.counted), len(facts.counted))] if facts.counted else [],
        "day": _in_time(facts, lambda event: day_of(event.truth.time_ms, facts.time_zone), str),
        "hour": _in_time(
            facts, lambda event: hour_of(event.truth.time_ms, facts.time_zone), lambda hour: time_text(hour.shown)
        ),
        "traffic": _ordered(
            [(value, None, len(group)) for value, group in grouped(facts.events, lambda e: e.truth.traffic).items()],
            by_events=True,
        ),
    }
    for name, value_of in _DIMENSIONS.items():
        groups = grouped(facts.counted, value_of)
        counted: list[_Row] = [
            (value, visitors(group), len(group)) for value, group in groups.items() if value is not None
        ]
        lists[name] = _ordered(counted, by_events=name in _BY_EVENTS)[: _MORE_VALUES.get(name, _MOST_VALUES)]
    rows = tuple((name, *row) for name in sorted(lists) for row in lists[name])
    return Table(("dimension", "value", "visitors", "events"), rows)


def _in_time[K: Hashable](facts: Facts, key: Callable[[Event], K], text: Callable[[K], str]) -> list[_Row]:
    """The events are in order of time."""
    return [(text(value), visitors(group), len(group)) for value, group in grouped(facts.counted, key).items()]


def _ordered(rows: list[_Row], *, by_events: bool) -> list[_Row]:
    rows.sort(key=lambda row: (-(row[2] if by_events else row[1] or 0), -row[2], row[0]))
    return rows


def _referrer(event: Event) -> str:
    host = event.truth.referrer_host
    if host is None:
        return NOTHING
    return "(same site)" if event.truth.same_site else host


def _section(event: Event) -> str | None:
    """Of a view."""
    if event.truth.event != "view":
        return None
    return UNKNOWN if event.truth.section is None else event.truth.section or "(front page)"
