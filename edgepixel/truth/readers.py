# SPDX-License-Identifier: Apache-2.0
"""Answers for whoever writes: what is read where and on what, and who the readers are."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, UNKNOWN, Event, Facts, grouped, nulls_last, percent, visitors

_MOST_VALUES = 50
_VISIT_PAUSE_MS = 30 * 60_000
_DIMENSIONS: dict[str, Callable[[Event], str]] = {
    "browser": lambda event: event.truth.browser,
    "campaign": lambda event: event.truth.utm_campaign or NOTHING,
    "country": lambda event: event.truth.country or UNKNOWN,
    "device": lambda event: event.truth.device,
    "os": lambda event: event.truth.os,
    "source": lambda event: event.truth.utm_source or NOTHING,
}


def pages(facts: Facts) -> Table:
    """Views of each page, and the visits that began with it, some of them with no other view."""
    views = [event for event in facts.counted if event.truth.event == "view"]
    entries, bounces = _entries_and_bounces(views)
    table = []
    for (host, path), group in grouped(views, lambda event: (event.truth.page_host, event.truth.page_path)).items():
        begun = sum(event.request_id in entries for event in group)
        lost = sum(event.request_id in bounces for event in group)
        table.append((host, path, len(group), visitors(group), begun, lost, percent(lost, begun)))
    table.sort(key=lambda line: (-line[2], nulls_last(line[0]), nulls_last(line[1])))
    columns = ("page_host", "page_path", "events", "visitors", "entries", "bounces", "bounce_percent")
    return Table(columns, tuple(table[:200]))


def _entries_and_bounces(views: Sequence[Event]) -> tuple[set[str], set[str]]:
    """The request ids of the views that begin a visit, and of those that are all of it. Nobody's views are no visit."""
    entries, bounces = set(), set()
    for visitor, group in grouped(views, lambda event: event.visitor).items():
        if visitor is None:
            continue
        times = [event.truth.time_ms for event in group]
        begins = [True, *(later - earlier > _VISIT_PAUSE_MS for earlier, later in pairwise(times))]
        for event, first, ended in zip(group, begins, [*begins[1:], True], strict=True):
            if first:
                entries.add(event.request_id)
                if ended:
                    bounces.add(event.request_id)
    return entries, bounces


def topics(facts: Facts) -> Table:
    """Views of each section of the site, by country and device."""

    def labels(event: Event) -> tuple[str, str, str]:
        section = UNKNOWN if event.truth.section is None else event.truth.section or "(front page)"
        return section, event.truth.country or UNKNOWN, event.truth.device

    views = [event for event in facts.counted if event.truth.event == "view"]
    table = [(*key, len(group), visitors(group)) for key, group in grouped(views, labels).items()]
    table.sort(key=lambda line: (-line[3], line[:3]))
    return Table(("section", "country", "device", "events", "visitors"), tuple(table[:1000]))


def audience(facts: Facts) -> Table:
    """Visitors by each of several properties, one list after the other."""
    everyone = visitors(facts.counted)
    table = []
    for dimension, value_of in _DIMENSIONS.items():
        lines = [(value, visitors(group), len(group)) for value, group in grouped(facts.counted, value_of).items()]
        lines.sort(key=lambda line: (-line[1], -line[2], line[0]))
        table += [(dimension, value, n, percent(n, everyone), events) for value, n, events in lines[:_MOST_VALUES]]
    return Table(("dimension", "value", "visitors", "visitors_percent", "events"), tuple(table))
