# SPDX-License-Identifier: Apache-2.0
"""Trino's casts and arithmetic as DuckDB macros. What would come out differently is an error."""

from localcloud.athena.trino.macros import Macros
from localcloud.athena.trino.time_zones import ZONED

_INTEGER = "[+-]?[0-9]+"
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_DOUBLE = rf"\s*(?:{_NUMBER}|NaN|[+-]?Infinity)\s*"
_COMPARISONS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
# Else both of the comparisons of a time with a moment would do for these.
_TIMES = [
    ("DATE", "DATE"), ("TIMESTAMP", "TIMESTAMP"), ("TIMESTAMPTZ", "TIMESTAMPTZ"),
    ("DATE", "TIMESTAMP"), ("TIMESTAMP", "DATE"), ("DATE", "TIMESTAMPTZ"), ("TIMESTAMPTZ", "DATE"),
]  # fmt: skip


def _no_comparison(sign: str) -> str:
    """An error, or NULL of NULL."""
    values = "CAST(a AS VARCHAR) || ' and ' || CAST(b AS VARCHAR)"
    return f"CAST(CAST('Cannot apply operator {sign} to text and another type: ' || {values} AS INTEGER) AS BOOLEAN)"


def _to_bigint(cast: str) -> str:
    """To bigint. DuckDB would also take '1.5', '1e3', ' 1' and '1_000', and round half to even."""
    return f"""(x) AS CASE
        WHEN typeof(x) = 'VARCHAR' THEN {cast}(CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '{_INTEGER}')
          THEN CAST(x AS VARCHAR) ELSE 'not an integer: ' || CAST(x AS VARCHAR) END AS BIGINT)
        WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN {cast}(round({cast}(x AS DOUBLE)) AS BIGINT)
        ELSE {cast}(x AS BIGINT) END"""


def _to_double(cast: str) -> str:
    return f"""(x) AS CASE
        WHEN typeof(x) = 'VARCHAR' THEN {cast}(CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '{_DOUBLE}')
          THEN CAST(x AS VARCHAR) ELSE 'not a number: ' || CAST(x AS VARCHAR) END AS DOUBLE)
        ELSE {cast}(x AS DOUBLE) END"""


MACROS: Macros = {
    # DuckDB would make a double of an integer.
    **{
        name: ("(x INTEGER) AS x", "(x BIGINT) AS x", "(x HUGEINT) AS x", f"(x) AS {name}(x)")
        for name in ("ceil", "floor")
    },
    "truncate": "(x DOUBLE) AS trunc(x)",
    # Text compares with text only: DuckDB would make a number or a date of it.
    **{
        f"_{name}": (
            f"(a VARCHAR, b VARCHAR) AS a {sign} b",
            f"(a VARCHAR, b) AS {_no_comparison(sign)}",
            f"(a, b VARCHAR) AS {_no_comparison(sign)}",
            # The same moment in two zones is the same.
            f"(a {ZONED}, b {ZONED}) AS a.moment {sign} b.moment",
            f"(a {ZONED}, b TIMESTAMPTZ) AS a.moment {sign} b",
            f"(a TIMESTAMPTZ, b {ZONED}) AS a {sign} b.moment",
            # Trino compares a time with a moment as the time that it is in the session's zone, UTC, so that files are
            # pruned by it (UnwrapCastInComparison). DuckDB would make a moment of each row's time.
            f"(a TIMESTAMP, b TIMESTAMPTZ) AS a {sign} timezone('UTC', b)",
            f"(a TIMESTAMPTZ, b TIMESTAMP) AS timezone('UTC', a) {sign} b",
            *(f"(a {one}, b {other}) AS a {sign} b" for one, other in _TIMES),
            f"(a, b) AS a {sign} b",
        )
        for name, sign in _COMPARISONS.items()
    },
    # Trino divides decimals to decimals, DuckDB to doubles; and doubles by zero to infinity, DuckDB not at all.
    "_divide": """(a, b) AS CASE
        WHEN (typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%') AND 'DOUBLE' NOT IN (typeof(a), typeof(b))
        THEN CAST('dividing decimals is not supported: ' || CAST(a AS VARCHAR) AS INTEGER) ELSE a / b END""",
    "_averaged": """(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%'
        THEN CAST('avg(decimal) is not supported: ' || CAST(x AS VARCHAR) AS INTEGER) ELSE x END""",
    "_bigint": _to_bigint("CAST"),
    "_try_bigint": _to_bigint("TRY_CAST"),
    "_double": _to_double("CAST"),
    "_try_double": _to_double("TRY_CAST"),
    "_decimal_text": f"""(x) AS list_extract([x], CASE WHEN typeof(x) = 'VARCHAR'
        AND NOT regexp_full_match(CAST(x AS VARCHAR), '{_NUMBER}')
        THEN CAST('not a decimal: ' || CAST(x AS VARCHAR) AS INTEGER) ELSE 1 END)""",
    "_try_decimal_text": f"""(x) AS CASE WHEN typeof(x) = 'VARCHAR'
        AND NOT regexp_full_match(CAST(x AS VARCHAR), '{_NUMBER}') THEN NULL ELSE x END""",
    # Trino writes doubles with an exponent (1.0E0). Nobody should want that in a result, so it is refused.
    "_zoned_text": """(x) AS strftime(timezone(x['zone'], CAST(x['moment'] AS TIMESTAMPTZ)), '%Y-%m-%d %H:%M:%S.%g')
        || ' ' || x['zone']""",
    "_varchar": f"""(x) AS CASE
        WHEN typeof(x) = 'TIMESTAMP'
          THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
        WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE'
          THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%g') || ' UTC'
        WHEN typeof(x) = '{ZONED}' THEN trino__zoned_text(TRY_CAST(CAST(x AS VARCHAR) AS {ZONED}))
        WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
          THEN CAST(CAST('CAST(double AS varchar) is not supported, CAST to decimal first: ' || CAST(x AS VARCHAR)
            AS INTEGER) AS VARCHAR)
        ELSE CAST(x AS VARCHAR) END""",
}
