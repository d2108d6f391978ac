# SPDX-License-Identifier: Apache-2.0
"""Answers that count events and visitors: by hour, by day, by agent, by name, by referrer; and the newest events."""

from edgepixel.console.table import Table
from edgepixel.truth.events import DAY_MS, HOUR_MS, NOTHING, Event, Facts, grouped, nulls_last, time_text, visitors


def events_per_hour(facts: Facts) -> Table:
    """Events and visitors in each hour."""
    hours = sorted(grouped(facts.counted, lambda event: event.truth.time_ms // HOUR_MS).items())
    table = [(time_text(hour * HOUR_MS), len(group), visitors(group)) for hour, group in hours]
    return Table(("hour", "events", "visitors"), tuple(table))


def visitor_count(facts: Facts) -> Table:
    """Visitors of the whole period (day None) and of each day."""
    days = sorted(grouped(facts.counted, lambda event: event.truth.time_ms // DAY_MS).items())
    table = [(time_text(day * DAY_MS)[:10], visitors(group), len(group)) for day, group in days]
    return Table(("day", "visitors", "events"), ((None, visitors(facts.counted), len(facts.counted)), *table))


def user_agents(facts: Facts) -> Table:
    """The hundred most frequent agents, with the labels of each."""

    def labels(event: Event) -> tuple[str, str, str, str, str | None]:
        truth = event.truth
        return truth.traffic, truth.browser, truth.os, truth.device, truth.user_agent

    table = [(*key, len(group), visitors(group)) for key, group in grouped(facts.events, labels).items()]
    table.sort(key=lambda line: (-line[5], nulls_last(line[4]), line[0]))
    return Table(("traffic", "browser", "os", "device", "user_agent", "events", "visitors"), tuple(table[:100]))


def aggregate_event_count(facts: Facts) -> Table:
    """How many events of each name, by class of traffic."""
    groups = grouped(facts.events, lambda event: (event.truth.event, event.truth.traffic))
    table = [(name, traffic, len(group), visitors(group)) for (name, traffic), group in groups.items()]
    table.sort(key=lambda line: (-line[2], line[0], line[1]))
    return Table(("event", "traffic", "events", "visitors"), tuple(table[:1000]))


def referrers(facts: Facts) -> Table:
    """The hundred hosts that most came from, pages of the same site apart."""
    groups = grouped(facts.counted, _source)
    table = [(host, len(group), visitors(group)) for host, group in groups.items()]
    table.sort(key=lambda line: (-line[1], line[0]))
    return Table(("referrer_host", "events", "visitors"), tuple(table[:100]))


def recent_events(facts: Facts) -> Table:
    """The fifty newest events."""
    newest = sorted(facts.events, key=lambda event: (-event.truth.time_ms, event.request_id))[:50]
    table = [
        (
            time_text(event.truth.time_ms),
            event.truth.event,
            event.truth.page,
            event.truth.referrer_host,
            event.truth.country,
            event.truth.device,
            event.truth.browser,
            event.truth.traffic,
            event.request_id,
        )
        for event in newest
    ]
    columns = ("event_time", "event", "page", "referrer_host", "country", "device", "browser", "traffic", "request_id")
    return Table(columns, tuple(table))


def _source(event: Event) -> str:
    host = event.truth.referrer_host
    if host is None:
        return NOTHING
    return "(same site)" if host == event.truth.page_host else host
