# SPDX-License-Identifier: Apache-2.0
"""What a page needs of several answers, from the one answer that counts all of it in one pass over the lake. Pure."""

from collections.abc import Callable, Iterable, Mapping

from edgepixel.answers.registry import answer
from edgepixel.console.table import Record, Table, Value

NAME = "overview"

_AUDIENCE = ("browser", "campaign", "channel", "country", "device", "language", "os", "source")
_MOST_OF_AUDIENCE = 50  # of each dimension, as in answers/audience/query.sql

type _Lists = Mapping[str, list[Record]]
"""The rows of each dimension, in their order."""


def part(overview: Table, name: str) -> Table:
    """The columns of the answer `name` that panels read, from the rows of `overview`. `name` is one of `PARTS`."""
    lists: dict[str, list[Record]] = {}
    for record in overview.records():
        lists.setdefault(str(record["dimension"]), []).append(record)
    columns, rows = PARTS[name](lists)
    return Table(columns, tuple(rows)[: answer(name).most_rows])


type _Part = tuple[tuple[str, ...], Iterable[tuple[Value, ...]]]


def _audience(lists: _Lists) -> _Part:
    listed = (record for name in _AUDIENCE for record in lists.get(name, [])[:_MOST_OF_AUDIENCE])
    columns = "dimension", "value", "visitors", "events"
    return columns, (tuple(record[column] for column in columns) for record in listed)


def _conversions(lists: _Lists) -> _Part:
    everyone = sum(int(record["visitors"] or 0) for record in lists.get("all", []))

    def percent(visitors: Value) -> float | None:
        return (1000 * int(visitors or 0) + everyone // 2) // everyone / 10 if everyone else None

    return ("event", "events", "visitors", "visitors_percent"), (
        (record["value"], record["events"], record["visitors"], percent(record["visitors"]))
        for record in lists.get("event", [])
    )


def _visitor_count(lists: _Lists) -> _Part:
    listed = (*lists.get("all", []), *lists.get("day", []))
    return ("day", "visitors", "events"), ((one["value"], one["visitors"], one["events"]) for one in listed)


def _one(dimension: str, column: str, *numbers: str) -> Callable[[_Lists], _Part]:
    """The rows of one dimension, whose values are in `column`."""
    return lambda lists: (
        (column, *numbers),
        ((record["value"], *(record[number] for number in numbers)) for record in lists.get(dimension, [])),
    )


PARTS: Mapping[str, Callable[[_Lists], _Part]] = {
    "audience": _audience,
    "conversions": _conversions,
    "events-per-hour": _one("hour", "hour", "events", "visitors"),
    "referrers": _one("referrer", "referrer_host", "events", "visitors"),
    "topics": _one("section", "section", "events", "visitors"),
    "traffic-quality": _one("traffic", "traffic", "events"),
    "visitor-count": _visitor_count,
}
"""The answers of which `overview` has what panels read."""
