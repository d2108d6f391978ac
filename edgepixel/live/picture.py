# SPDX-License-Identifier: Apache-2.0
"""What is shown at a moment: people and machines of the last minutes. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from edgepixel.answers.countries import country_name
from edgepixel.live.event import Event

NOW_SECONDS = 300
"""How far back it is now: what others call current visitors."""
DEFAULT_MINUTES, MOST_MINUTES = 30, 120
"""How far back the rest is."""
PEOPLE = "human"
UNKNOWN = "(unknown)"
_MOST_ROWS = 100


@dataclass(frozen=True)
class Row:
    """A page, a country or a channel: `visitors` and `events` are people's, `machines` events of everything else.

    `value` is what to filter by, and empty if it is not known; `name` is for people.
    """

    name: str
    value: str
    visitors: int
    events: int
    machines: int


@dataclass(frozen=True)
class Minute:
    """A minute, by its begin in epoch seconds: events of people, and of machines."""

    begin: int
    people: int
    machines: int


@dataclass(frozen=True)
class Count:
    """`visitors` are 0 if the stack stores no addresses, because then nobody can tell them apart."""

    visitors: int
    events: int


@dataclass(frozen=True)
class Picture:
    """`time`: its moment, and `begin`: from when on it counts, in epoch seconds. `now` is about people in NOW_SECONDS.

    `delay` and `longest_delay`: of the last NOW_SECONDS, how many seconds after its hit an event was counted; None
    without one. `quarantined`: lines by the aggregator's reason. `remarks` say what the numbers lack.
    """

    time: float
    begin: float
    now: Count
    people: Count
    machines: Count
    minutes: Sequence[Minute]
    pages: Sequence[Row]
    countries: Sequence[Row]
    channels: Sequence[Row]
    traffic: Sequence[tuple[str, Count]]
    delay: float | None = None
    longest_delay: float | None = None
    lines: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def picture(events: Sequence[Event], begin: float, now: float) -> Picture:
    """Without what only whoever reads the stream knows: delays, lines and remarks."""
    people = [event for event in events if event.traffic == PEOPLE]
    classes: dict[str, list[Event]] = {}
    for event in events:
        classes.setdefault(event.traffic, []).append(event)
    return Picture(
        time=now,
        begin=begin,
        now=_count([event for event in people if event.time >= now - NOW_SECONDS]),
        people=_count(people),
        machines=_count([event for event in events if event.traffic != PEOPLE]),
        minutes=_minutes(events, begin, now),
        pages=_rows(events, lambda event: event.page),
        countries=_rows(events, lambda event: event.country, country_name),
        channels=_rows(events, lambda event: event.channel),
        traffic=sorted(
            ((name, _count(of_it)) for name, of_it in classes.items()), key=lambda pair: (-pair[1].events, pair[0])
        ),
    )


def middle(ascending: Sequence[float]) -> float | None:
    """The median, the greater one of two."""
    return ascending[len(ascending) // 2] if ascending else None


def _count(events: Sequence[Event]) -> Count:
    return Count(_visitors(events), len(events))


def _visitors(events: Iterable[Event]) -> int:
    return len({event.visitor for event in events} - {None})


def _rows(events: Iterable[Event], value: Callable[[Event], str | None], name: Callable[[str], str] = str) -> list[Row]:
    machines: Counter[str] = Counter()
    people: dict[str, list[Event]] = {}
    for event in events:
        of_it = value(event) or ""
        if event.traffic == PEOPLE:
            people.setdefault(of_it, []).append(event)
        else:
            machines[of_it] += 1
    values = sorted(people.keys() | machines.keys(), key=lambda one: (-len(people.get(one, ())), -machines[one], one))
    return [
        Row(name(one) if one else UNKNOWN, one, _visitors(people.get(one, ())), len(people.get(one, ())), machines[one])
        for one in values[:_MOST_ROWS]
    ]


def _minutes(events: Iterable[Event], begin: float, now: float) -> list[Minute]:
    """All of them, from the first to this one, which is not over."""
    people: Counter[int] = Counter()
    machines: Counter[int] = Counter()
    for event in events:
        (people if event.traffic == PEOPLE else machines)[int(event.time // 60)] += 1
    return [
        Minute(minute * 60, people[minute], machines[minute]) for minute in range(int(begin // 60), int(now // 60) + 1)
    ]
