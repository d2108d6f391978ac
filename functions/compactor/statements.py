# SPDX-License-Identifier: Apache-2.0
"""The statements that make a typed day and count it, in Athena's dialect, and their idempotent tokens. Pure.

Amazon Athena user guide, "UNLOAD": the folder must be empty, and each file is sorted, but not the files among
each other.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from settings import Settings

ATTEMPTS = 4
"""How often a day is tried on one calendar day: a statement that keeps failing costs what it reads each time."""

MARGIN = timedelta(hours=1)
"""How far apart the times of two copies of a line may be, for them to be found to be one. They are the same, because
CloudFront writes both; AWS does not say so of a line of real-time and one of standard logs, so this is more than any.
"""

_ALL, _OUTSIDE = ("first_time", "last_time"), ("first_outside", "last_outside")
_DAY = re.compile(r"\bdt = '(\d{4}-\d{2}-\d{2})'", re.ASCII)


@dataclass(frozen=True)
class Span:
    """From when to when (UTC), both included."""

    first: datetime
    last: datetime


@dataclass(frozen=True)
class Times:
    """The times of a source's rows: of `all`, and of those `outside`, whose time is not well within the day.

    None if there is no such row.
    """

    all: Span | None
    outside: Span | None


@dataclass(frozen=True)
class Source:
    """What a statement reads.

    `hours` (00 to 23) of `day`, or all if there are none; `neighbors` are the typed days whose request ids are left
    out, `earlier` the parts of the same day, as values of `v`, whose request ids are left out, too. `times` are those
    of the same source's rows; None if there is nothing to leave out. `with_typed`: the rows of the typed day itself
    are read, because their raw objects are gone.
    """

    day: str
    hours: Sequence[str] = ()
    neighbors: Sequence[str] = ()
    earlier: Sequence[str] = ()
    with_typed: bool = False
    times: Times | None = None


def unload(settings: Settings, columns: Sequence[str], source: Source, folder: str) -> str:
    """Write one row for each request id, with the least value of each column, and all rows without one.

    `columns` are those of `pixel_days`, `folder` is an S3 URI that ends in a slash.
    """
    least = ",\n    ".join(f"min({name}) AS {name}" for name in columns)
    # Rows without an id must not become one: each gets a key that no other row has.
    return (
        f"UNLOAD (\n  SELECT\n    {least}\n  FROM (\n"
        f"    SELECT *, coalesce(request_id, CAST(uuid() AS varchar)) AS once_key\n"
        f"    FROM ({_rows(settings, columns, source)})\n"
        f"    WHERE {_left_out(settings, source)}\n  )\n"
        f"  GROUP BY once_key\n  ORDER BY event_time\n"
        f") TO '{folder}' WITH (format = 'PARQUET', compression = 'ZSTD')"
    )


def count(settings: Settings, source: Source, made: str) -> str:
    """One row: how many rows were `made` (a value of `v`), and how many are `expected` from what was read."""
    return (
        f"SELECT\n  (SELECT count(*) FROM {settings.days_made_table_name} "
        f"WHERE dt = '{source.day}' AND v = '{made}') AS made,\n"
        f"  (SELECT count(DISTINCT request_id) + count(*) FILTER (WHERE request_id IS NULL)\n"
        f"  FROM ({_rows(settings, ['request_id'], source)})\n"
        f"  WHERE {_left_out(settings, source)}) AS expected"
    )


def times(settings: Settings, source: Source) -> str:
    """One row: the first and the last time, as text, of all rows, and of those whose time is not well within the day.

    Of two copies on two days, at least one is on a day that is not that of its time, and both have one time. So of the
    ids of other days and parts, which are most of what is stored, few need to be read.
    """
    midnight = _midnight(source.day)
    begin, end = _literal(midnight + MARGIN), _literal(midnight + timedelta(days=1) - MARGIN)
    outside = f"CASE WHEN event_time < {begin} OR event_time >= {end} THEN event_time END"
    shown = [
        f"CAST({least_or_greatest}({moment}) AS varchar) AS {name}"
        for moment, names in (("event_time", _ALL), (outside, _OUTSIDE))
        for least_or_greatest, name in zip(("min", "max"), names, strict=True)
    ]
    return f"SELECT\n  {',\n  '.join(shown)}\nFROM ({_rows(settings, ['event_time'], source)})"


def times_of(row: Mapping[str, str | None]) -> Times:
    """What the row of `times` says."""

    def span(names: tuple[str, str]) -> Span | None:
        first, last = (row[name] for name in names)
        return Span(datetime.fromisoformat(first), datetime.fromisoformat(last)) if first and last else None

    return Times(span(_ALL), span(_OUTSIDE))


def own_day(settings: Settings, sql: str) -> str | None:
    """The day that a statement of this function is about; None for anybody else's query."""
    writes = f"TO 's3://{settings.lake_bucket}/{settings.typed_prefix}dt="
    own = sql.startswith("UNLOAD (") and writes in sql
    own = own or sql.startswith(f"SELECT\n  (SELECT count(*) FROM {settings.days_made_table_name} ")
    own = own or sql.startswith(f"SELECT\n  CAST(min(event_time) AS varchar) AS {_ALL[0]},\n")
    found = _DAY.search(sql) if own else None
    return found[1] if found else None


def token(*parts: object) -> str:
    """A text of 64 hexadecimal digits that is the same for the same parts (a ClientRequestToken has 32 to 128)."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _rows(settings: Settings, columns: Sequence[str], source: Source) -> str:
    names = ", ".join(columns)
    hours = f" AND hour IN ({_texts(source.hours)})" if source.hours else ""
    rows = f"SELECT {names} FROM {settings.raw_view_name} WHERE dt = '{source.day}'{hours}"
    if source.with_typed:
        rows += f" UNION ALL SELECT {names} FROM {settings.days_table_name} WHERE dt = '{source.day}'{hours}"
    return rows


def _left_out(settings: Settings, source: Source) -> str:
    """The condition on rows that no other typed day, and no earlier part, has."""
    seen = []
    if source.neighbors:
        seen.append(
            f"SELECT request_id FROM {settings.days_table_name} WHERE dt IN ({_texts(source.neighbors)})\n"
            f"      AND ({_of_neighbors(source)})"
        )
    if source.earlier:
        seen.append(
            f"SELECT request_id FROM {settings.days_made_table_name} "
            f"WHERE dt = '{source.day}' AND v IN ({_texts(source.earlier)})\n"
            f"      AND ({_at_times(source.times.all if source.times else None)})"
        )
    if not seen:
        return "true"
    # NOT IN would be NULL for every row if one of the others had no id.
    others = " UNION ALL ".join(f"{one} AND request_id IS NOT NULL" for one in seen)
    return f"(request_id IS NULL OR request_id NOT IN ({others}))"


def _of_neighbors(source: Source) -> str:
    """Which rows of the neighbors can be copies of the source's: their files are sorted by time, so few are read."""
    conditions = [_at_times(source.times.outside if source.times else None)]
    for day in source.neighbors:
        begin, end = _literal(_midnight(day)), _literal(_midnight(day) + timedelta(days=1))
        conditions.append(f"(dt = '{day}' AND (event_time < {begin} OR event_time >= {end}))")
    return "\n        OR ".join(conditions)


def _at_times(span: Span | None) -> str:
    """Which rows can be copies of rows of these times; those without a time can be of others without."""
    if span is None:
        return "event_time IS NULL"
    first, last = _literal(span.first - MARGIN), _literal(span.last + MARGIN)
    return f"event_time IS NULL OR event_time BETWEEN {first} AND {last}"


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time())


def _literal(moment: datetime) -> str:
    return f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}'"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)
