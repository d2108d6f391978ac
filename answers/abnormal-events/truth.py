# SPDX-License-Identifier: Apache-2.0
"""The answer `abnormal-events` from a ledger."""

from collections import defaultdict
from collections.abc import Iterator
from math import sqrt
from statistics import median

from edgepixel.answers.currencies import exact
from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, Event, Facts, amount, grouped, nulls_last, time_text
from edgepixel.truth.local_time import Hour, clock, hour_of
from edgepixel.truth.sales import is_by_server

_MINUTE_MS = 60_000
_LATEST_MS = 20 * _MINUTE_MS  # after which an hour's events have arrived
_HOURS_BY_DAY = 5 * 24  # from so many on, an hour is compared with the same hour of other days
_HOURS_BY_WEEKDAY = 21 * 24  # and from so many on, of the same weekday
_FEWEST_HOURS = 24
_FEWEST_EVENTS = 10  # in an hour that is called busy
_FEWEST_USUAL = 20  # in an hour whose silence is abnormal
_DEVIATIONS = 6
_AMOUNTS = 20  # of one order that are told
_STORM = 30  # events in a minute that one visitor may send
type _Line = tuple[str, int, str, str | None, str | None, int]  # kind, time, reason, detail, request_id, events


def expected(facts: Facts) -> Table:
    """Storms, hours and events, each kind newest first."""
    found = [*_storms(facts), *_hours(facts), *_single_events(facts), *_conflicting_orders(facts)]
    kinds = ("storm", "hour", "event")
    found.sort(
        key=lambda line: (kinds.index(line[0]), -line[1], line[2], nulls_last(line[3]), -line[5], nulls_last(line[4]))
    )
    columns = ("kind", "event_time", "reason", "detail", "request_id", "events")
    return Table(columns, tuple((line[0], _shown(line, facts), *line[2:]) for line in found[:1000]))


def _shown(line: _Line, facts: Facts) -> str:
    """The time on the clock. An hour's is its beginning, even if a change of the clock left that out."""
    kind, time_ms, *_ = line
    local = hour_of(time_ms, facts.time_zone).shown if kind == "hour" else clock(time_ms, facts.time_zone)
    return time_text(local)


def _hours(facts: Facts) -> list[_Line]:
    events = grouped(facts.events, lambda event: hour_of(event.truth.time_ms, facts.time_zone))
    counts = {hour: len(group) for hour, group in events.items()}
    observed = list(_after(min(counts), facts)) if counts else []
    if len(observed) < _FEWEST_HOURS:
        return []
    slots: dict[str, list[Hour]] = defaultdict(list)
    for hour in observed:
        slots[_slot(hour, len(observed))].append(hour)
    lines: list[_Line] = []
    for hours in slots.values():
        usual = float(median(counts.get(hour, 0) for hour in hours))
        spread = median(abs(counts.get(hour, 0) - usual) for hour in hours)
        for hour in hours:
            reason = _reason(counts.get(hour, 0), usual, spread)
            if reason:
                detail = f"median {usual:.1f} of {len(hours)} hours"
                lines.append(("hour", hour.begin_ms, reason, detail, None, counts.get(hour, 0)))
    return lines


def _after(first: Hour, facts: Facts) -> Iterator[Hour]:
    """Every hour after that one whose events have arrived."""
    hour = hour_of(first.end_ms, facts.time_zone)
    while hour.end_ms <= facts.now_ms - _LATEST_MS:
        yield hour
        hour = hour_of(hour.end_ms, facts.time_zone)


def _slot(hour: Hour, observed: int) -> str:
    """Which hours are compared with each other."""
    if observed >= _HOURS_BY_WEEKDAY:
        return f"{hour.shown:%w %H}"
    return f"{hour.shown:%H}" if observed >= _HOURS_BY_DAY else ""


def _reason(number: int, usual: float, spread: float) -> str | None:
    if number == 0:
        return "silent_hour" if usual >= _FEWEST_USUAL and usual > 3 * spread else None
    far = abs(number - usual) > _DEVIATIONS * max(spread, sqrt(usual), 1)
    if number > usual:
        return "hour_above_baseline" if far and number >= _FEWEST_EVENTS else None
    return "hour_below_baseline" if far else None


def _storms(facts: Facts) -> list[_Line]:
    def sender(event: Event) -> tuple[object, ...]:
        truth = event.truth
        minute = truth.time_ms // _MINUTE_MS
        sale = truth.order_id if is_by_server(event) else None
        return minute, truth.page, truth.event, event.visitor, truth.user_agent, truth.asn, truth.country, sale

    return [
        ("storm", key[0] * _MINUTE_MS, "replay_storm", key[1], min(event.request_id for event in group), len(group))  # type: ignore[operator, misc]
        for key, group in grouped(facts.events, sender).items()
        if len(group) > _STORM
    ]


def _single_events(facts: Facts) -> list[_Line]:
    return [line for event in (*facts.events, *facts.refused) for line in _single(event)]


def _single(event: Event) -> list[_Line]:
    truth = event.truth
    reasons: list[tuple[str, str | None]] = []
    if event.status >= 400:
        reasons.append(("error_status", str(event.status)))
    if truth.method not in ("GET", "HEAD"):
        reasons.append(("unusual_method", truth.method))
    if truth.malformed:
        reasons.append(("malformed_query", truth.page))
    if truth.user_agent is None and not is_by_server(event):
        reasons.append(("no_user_agent", truth.page))
    if truth.malformed_value is not None:
        reasons.append(("malformed_value", truth.malformed_value))
    return [("event", truth.time_ms, reason, detail, event.request_id, 1) for reason, detail in reasons]


def _conflicting_orders(facts: Facts) -> list[_Line]:
    """Orders whose purchases say different amounts; what was paid back is no purchase."""
    purchases = [
        event
        for event in facts.events
        if event.truth.event == "purchase" and event.truth.order_id and event.truth.value and amount(event) >= 0
    ]
    lines: list[_Line] = []
    for (_, order_id), events in grouped(purchases, lambda one: (one.truth.site, one.truth.order_id)).items():
        amounts = {
            f"{exact(amount(event), event.truth.currency)} {event.truth.currency or NOTHING}" for event in events
        }
        if len(amounts) > 1:
            detail = f"{order_id}: {', '.join(sorted(amounts)[:_AMOUNTS])}"
            request_id = min(event.request_id for event in events)
            time_ms = max(event.truth.time_ms for event in events)
            lines.append(("event", time_ms, "conflicting_order", detail, request_id, len(events)))
    return lines
