# SPDX-License-Identifier: Apache-2.0
"""The answer `pages` from a ledger."""

from collections.abc import Sequence
from itertools import pairwise

from edgepixel.console.table import Table
from edgepixel.truth.events import Event, Facts, grouped, nulls_last, percent, visitors

_VISIT_PAUSE_MS = 30 * 60_000


def expected(facts: Facts) -> Table:
    """Views of each page, and the visits that began or ended with it, some of them with no other view."""
    views = [event for event in facts.counted if event.truth.event == "view"]
    entries, exits = _entries_and_exits(views)
    bounces = entries & exits
    table = []
    for (host, path), group in grouped(views, lambda event: (event.truth.page_host, event.path)).items():
        begun = sum(event.request_id in entries for event in group)
        ended = sum(event.request_id in exits for event in group)
        lost = sum(event.request_id in bounces for event in group)
        table.append((host, path, len(group), visitors(group), begun, ended, lost, percent(lost, begun)))
    table.sort(key=lambda line: (-line[2], nulls_last(line[0]), nulls_last(line[1])))
    columns = ("page_host", "page_path", "events", "visitors", "entries", "exits", "bounces", "bounce_percent")
    return Table(columns, tuple(table[:200]))


def _time_and_page(event: Event) -> tuple[int, tuple[bool, str], tuple[bool, str]]:
    return event.truth.time_ms, nulls_last(event.truth.page_host), nulls_last(event.path)


def _entries_and_exits(views: Sequence[Event]) -> tuple[set[str], set[str]]:
    """The request ids of the views that begin and that end a visit. Nobody's views are no visit."""
    entries, exits = set(), set()
    for visitor, group in grouped(views, lambda event: event.visitor).items():
        if visitor is None:
            continue
        # Of views at the same time no one knows which was first: the query takes the page's order, whatever it is.
        group = sorted(group, key=_time_and_page)
        times = [event.truth.time_ms for event in group]
        begins = [True, *(later - earlier > _VISIT_PAUSE_MS for earlier, later in pairwise(times))]
        for event, first, ended in zip(group, begins, [*begins[1:], True], strict=True):
            if first:
                entries.add(event.request_id)
            if ended:
                exits.add(event.request_id)
    return entries, exits
