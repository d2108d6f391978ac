# SPDX-License-Identifier: Apache-2.0
"""The answer `funnel` from a ledger."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from edgepixel.answers.subject.funnels import DEFAULT
from edgepixel.console.table import Table
from edgepixel.truth.events import Event, Facts, grouped, percent
from edgepixel.truth.sales import of_all_buyers


def expected(facts: Facts, steps: Sequence[str] = DEFAULT) -> Table:
    """Visitors who took each step after the ones before it. A step that begins with / is a page's decoded path."""
    reached = [0] * len(steps)
    for visitor, events in grouped(of_all_buyers(facts.with_sales), lambda event: event.visitor).items():
        for step in range(_steps_taken(events, steps) if visitor is not None else 0):
            reached[step] += 1
    rows = []
    for step, (name, number) in enumerate(zip(steps, reached, strict=True)):
        lost = reached[step - 1] - number if step else None
        share = None if lost is None else percent(lost, reached[step - 1])
        rows.append((step + 1, name, number, lost, share, percent(number, reached[0])))
    return Table(("step", "event", "visitors", "lost", "lost_percent", "reached_percent"), tuple(rows))


def _steps_taken(events: Iterable[Event], steps: Sequence[str]) -> int:
    times = defaultdict(list)
    for event in events:
        times[event.truth.event].append(event.truth.time_ms)
        if event.path:
            times[event.path].append(event.truth.time_ms)
    earliest = 0
    for taken, step in enumerate(steps):
        later = [time_ms for time_ms in times[step] if time_ms >= earliest]
        if not later:
            return taken
        earliest = min(later)
    return len(steps)
