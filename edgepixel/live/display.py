# SPDX-License-Identifier: Apache-2.0
"""A picture for a terminal, as one line, and as JSON. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.text import Text

from edgepixel.console.table import Table, printable, to_rich
from edgepixel.live.picture import NOW_SECONDS, Minute, Picture, Row

SPARKS = "▁▂▃▄▅▆▇█"
_FIXED_LINES = 22  # all but the rows of the three rankings
_MOST_ROWS = 10


def as_json(one: Picture) -> str:
    """One line. Characters that would do something to a terminal are escaped: viewers sent some of them."""
    shown = asdict(one)
    for name in ("time", "begin"):
        shown[name] = _iso(shown[name])
    shown["minutes"] = [{**minute, "begin": _iso(minute["begin"])} for minute in shown["minutes"]]
    shown["traffic"] = [{"name": name, **count} for name, count in shown["traffic"]]
    text = json.dumps(shown, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(shown)


def as_line(one: Picture, zone: ZoneInfo) -> str:
    """The most important numbers, and what they lack."""
    return printable(
        f"{clock(one.time, zone)}  people now: {one.now.visitors:,} ({one.now.events:,} events); since "
        f"{clock(one.begin, zone)}: {one.people.visitors:,} ({one.people.events:,} events), machines "
        f"{one.machines.events:,} events; {delay_words(one)}{''.join(f' {remark}' for remark in one.remarks)}"
    )


def as_screen(one: Picture, title: str, zone: ZoneInfo, height: int) -> Group:
    """All of it, in so many lines of a terminal."""
    rows = max(1, min(_MOST_ROWS, (height - _FIXED_LINES - len(one.remarks)) // 3))
    parts: list[RenderableType] = [
        Text(f"{printable(title)}, {clock(one.time, zone)}", style="bold"),
        Text(
            f"{one.now.visitors:,} people in the last {NOW_SECONDS // 60} minutes, {one.now.events:,} events",
            style="bold",
        ),
        Text(
            f"Since {clock(one.begin, zone)}: {one.people.visitors:,} people, {one.people.events:,} events; machines "
            f"{one.machines.events:,} events"
        ),
        Text(
            f"{sparkline([minute.people for minute in one.minutes])}  people's events a minute, at most "
            f"{most(one.minutes):,}"
        ),
        Text(f"{delay_words(one)}", style="dim"),
        *(Text(printable(remark), style="yellow") for remark in one.remarks),
        to_rich(
            Table(("traffic", "visitors", "events"), tuple((name, c.visitors, c.events) for name, c in one.traffic))
        ),
        *(to_rich(_ranked(column, found[:rows])) for column, found in rankings(one)),
    ]
    return Group(*parts)


def rankings(one: Picture) -> Iterator[tuple[str, Sequence[Row]]]:
    """The rankings, each with the name of its column."""
    yield "page", one.pages
    yield "country", one.countries
    yield "channel", one.channels


def sparkline(numbers: Sequence[int]) -> str:
    """One character a number: nothing is a point, the most the highest."""
    highest = max(numbers, default=0)
    return "".join("." if not number else SPARKS[(number * len(SPARKS) - 1) // highest] for number in numbers)


def most(minutes: Sequence[Minute]) -> int:
    """Events of people in the busiest minute."""
    return max((minute.people for minute in minutes), default=0)


def delay_words(one: Picture) -> str:
    """How far behind it is."""
    if one.delay is None or one.longest_delay is None:
        return "Nothing new has come yet." if not one.lines else "No hit of the last minutes came while it looked."
    return f"Hits are here {one.delay:.0f} s after they were made, at most {one.longest_delay:.0f} s."


def clock(seconds: float, zone: ZoneInfo) -> str:
    """The time of day."""
    return f"{datetime.fromtimestamp(seconds, zone):%H:%M:%S}"


def _ranked(column: str, rows: Sequence[Row]) -> Table:
    return Table(
        (column, "visitors", "events", "machines"),
        tuple((row.name, row.visitors, row.events, row.machines) for row in rows),
    )


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
