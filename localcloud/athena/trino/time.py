# SPDX-License-Identifier: Apache-2.0
"""Trino's functions on dates and times as DuckDB macros. The session's time zone is UTC.

A macro has one form for each type that Trino's function takes, so that a date stays a date and text is refused. A
moment in UTC is DuckDB's TIMESTAMPTZ. One in another zone is `ZONED`: Trino's values keep their zone, DuckDB's do not.
"""

from localcloud.athena.trino.macros import Macros
from localcloud.athena.trino.time_zones import ZONED

_ADDED = """CASE lower(unit)
    WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_weeks(CAST(n AS INTEGER))
    WHEN 'month' THEN to_months(CAST(n AS INTEGER)) WHEN 'quarter' THEN to_months(3 * CAST(n AS INTEGER))
    WHEN 'year' THEN to_years(CAST(n AS INTEGER)) {times}
    ELSE to_days(CAST('date_add: no unit ' || unit AS INTEGER)) END"""
_TIMES = """WHEN 'hour' THEN to_hours(n) WHEN 'minute' THEN to_minutes(n) WHEN 'second' THEN to_seconds(n)
    WHEN 'millisecond' THEN to_milliseconds(n)"""
_MOMENTS = ("TIMESTAMP", "TIMESTAMPTZ")
_CALENDAR = "unit IN ('day', 'week', 'month', 'quarter', 'year')"  # these follow the clock on the wall, hours do not


def _operator(sign: str, more: str) -> tuple[str, ...]:
    return (
        f"(a DATE, b INTERVAL) AS trino__whole_day(a {sign} b)",
        more,
        f"(a DATE, b BIGINT) AS {_no(f'date {sign} number')}",
        f"(a, b) AS a {sign} b",
    )


def _no(what: str) -> str:
    """An error, or NULL of NULL."""
    return f"CAST('{what} is not supported: ' || CAST(a AS VARCHAR) || CAST(b AS VARCHAR) AS INTEGER)"


MACROS: Macros = {
    "from_unixtime": "(x) AS make_timestamptz(CAST(floor(x * 1e3 + 0.5) AS BIGINT) * 1000)",
    "to_unixtime": "(x) AS epoch_us(x) / 1e6",
    # Timestamps have milliseconds, rounded.
    "_milliseconds": "(x) AS make_timestamp((epoch_us(x) + 500) // 1000 * 1000)",
    "_at_utc": ("(x TIMESTAMPTZ) AS x", "(x TIMESTAMP) AS CAST(x AS TIMESTAMPTZ)", f"(x {ZONED}) AS x.moment"),
    "_zoned": "(m, z) AS CASE WHEN m IS NOT NULL THEN {'moment': m, 'zone': z} END",
    "_at_zone": (
        "(x TIMESTAMPTZ, z) AS trino__zoned(x, z)",
        "(x TIMESTAMP, z) AS trino__zoned(CAST(x AS TIMESTAMPTZ), z)",
        f"(x {ZONED}, z) AS trino__zoned(x.moment, z)",
    ),
    # What the clock on the wall shows.
    "_local": (
        f"(x {ZONED}) AS timezone(x.zone, x.moment)",
        "(x TIMESTAMPTZ) AS timezone('UTC', x)",
        "(x) AS x",
    ),
    # The same of what has just been put into UTC, without making a moment of it on the way.
    "_local_of_utc": (
        f"(x {ZONED}) AS timezone('UTC', x.moment)",
        "(x TIMESTAMPTZ) AS timezone('UTC', x)",
        "(x TIMESTAMP) AS x",
    ),
    # When the clock on the wall shows x. Of two such moments Trino takes the first, DuckDB the second. The offset
    # of the day before is the one before a change.
    "_moment_before_change": """(x, z, m) AS CAST(x - (timezone(z, m - to_days(1)) - timezone('UTC', m - to_days(1)))
        AS TIMESTAMPTZ)""",
    "_first_moment": """(x, z, m) AS CASE WHEN timezone(z, trino__moment_before_change(x, z, m)) = x
        THEN least(m, trino__moment_before_change(x, z, m)) ELSE m END""",
    "_moment": "(x, z) AS trino__first_moment(x, z, timezone(z, x))",
    "_with_zone": "(x TIMESTAMP, z) AS trino__zoned(trino__moment(x, z), z)",
    "_with_utc": "(x TIMESTAMP) AS CAST(x AS TIMESTAMPTZ)",
    "date_trunc": (
        "(unit, x DATE) AS CAST(date_trunc(unit, x) AS DATE)",
        *(f"(unit, x {kind}) AS date_trunc(unit, x)" for kind in _MOMENTS),
        f"""(unit, x {ZONED}) AS trino__zoned(CASE WHEN {_CALENDAR}
          THEN trino__moment(date_trunc(unit, timezone(x.zone, x.moment)), x.zone)
          ELSE x.moment - (timezone(x.zone, x.moment) - date_trunc(unit, timezone(x.zone, x.moment))) END, x.zone)""",
    ),
    "date_add": (
        f"(unit, n, x DATE) AS CAST(x + {_ADDED.format(times='')} AS DATE)",
        *(f"(unit, n, x {kind}) AS x + {_ADDED.format(times=_TIMES)}" for kind in _MOMENTS),
        f"""(unit, n, x {ZONED}) AS trino__zoned(CASE WHEN {_CALENDAR}
          THEN trino__moment(timezone(x.zone, x.moment) + {_ADDED.format(times=_TIMES)}, x.zone)
          ELSE x.moment + {_ADDED.format(times=_TIMES)} END, x.zone)""",
    ),
    # Whole units that have passed; DuckDB's date_diff counts the boundaries between.
    "date_diff": (
        *(f"(unit, x {kind}, y {kind}) AS date_sub(unit, x, y)" for kind in ("DATE", *_MOMENTS)),
        f"""(unit, x {ZONED}, y {ZONED}) AS CASE WHEN {_CALENDAR}
          THEN date_sub(unit, timezone(x.zone, x.moment), timezone(x.zone, y.moment))
          ELSE date_sub(unit, x.moment, y.moment) END""",
    ),
    "date_format": (
        *(f"(x {kind}, format) AS strftime(x, format)" for kind in ("DATE", *_MOMENTS)),
        f"(x {ZONED}, format) AS strftime(timezone(x.zone, x.moment), format)",
    ),
    "date_parse": "(x VARCHAR, format) AS strptime(x, format)",
    "_whole_day": """(x) AS CASE WHEN x = date_trunc('day', x) THEN CAST(x AS DATE)
        ELSE CAST(CAST(CAST('a date cannot be moved by hours: ' || CAST(x AS VARCHAR) AS INTEGER) AS VARCHAR)
          AS DATE) END""",
    # A date moved by an interval stays a date; a date and a number have no sum, two dates no difference.
    "_plus": _operator("+", "(a INTERVAL, b DATE) AS trino__whole_day(a + b)"),
    "_minus": _operator("-", f"(a DATE, b DATE) AS {_no('date - date')}"),
}
