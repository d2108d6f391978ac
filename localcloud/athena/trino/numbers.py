# SPDX-License-Identifier: Apache-2.0
"""Trino's casts and arithmetic as DuckDB macros. What would come out differently is an error."""

_INTEGER = "[+-]?[0-9]+"
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_DOUBLE = rf"\s*(?:{_NUMBER}|NaN|[+-]?Infinity)\s*"
_ROUNDED = ("ceil", "floor")
COMPARISONS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def macros() -> list[str]:
    """The statements that define the macros in a DuckDB session."""
    return [
        # DuckDB would make a double of an integer.
        *(
            f"CREATE MACRO trino_{name}(x INTEGER) AS x, (x BIGINT) AS x, (x HUGEINT) AS x, (x) AS {name}(x)"
            for name in _ROUNDED
        ),
        "CREATE MACRO trino_truncate(x DOUBLE) AS trunc(x)",
        # Text compares with text only: DuckDB would make a number or a date of it.
        *(
            f"""CREATE MACRO trino_{name}(a VARCHAR, b VARCHAR) AS a {sign} b, (a VARCHAR, b) AS {_no_comparison(sign)},
            (a, b VARCHAR) AS {_no_comparison(sign)}, (a, b) AS a {sign} b"""
            for name, sign in COMPARISONS.items()
        ),
        # Trino divides decimals to decimals, DuckDB to doubles; and doubles by zero to infinity, DuckDB not at all.
        """CREATE MACRO trino_divide(a, b) AS CASE
            WHEN (typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%') AND 'DOUBLE' NOT IN (typeof(a), typeof(b))
            THEN CAST('dividing decimals is not supported: ' || CAST(a AS VARCHAR) AS INTEGER) ELSE a / b END""",
        """CREATE MACRO trino_averaged(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%'
            THEN CAST('avg(decimal) is not supported: ' || CAST(x AS VARCHAR) AS INTEGER) ELSE x END""",
        *(_number_macro(cast) for cast in ("CAST", "TRY_CAST")),
        *(_double_macro(cast) for cast in ("CAST", "TRY_CAST")),
        f"""CREATE MACRO trino_decimal_text(x) AS list_extract([x], CASE WHEN typeof(x) = 'VARCHAR'
            AND NOT regexp_full_match(CAST(x AS VARCHAR), '{_NUMBER}')
            THEN CAST('not a decimal: ' || CAST(x AS VARCHAR) AS INTEGER) ELSE 1 END)""",
        f"""CREATE MACRO trino_try_decimal_text(x) AS CASE WHEN typeof(x) = 'VARCHAR'
            AND NOT regexp_full_match(CAST(x AS VARCHAR), '{_NUMBER}') THEN NULL ELSE x END""",
        # Trino writes doubles with an exponent (1.0E0). Nobody should want that in an answer, so it is refused.
        """CREATE MACRO trino_varchar(x) AS CASE
            WHEN typeof(x) = 'TIMESTAMP'
              THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
            WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE'
              THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%g') || ' UTC'
            WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
              THEN CAST(CAST('CAST(double AS varchar) is not supported, CAST to decimal first: ' || CAST(x AS VARCHAR)
                AS INTEGER) AS VARCHAR)
            ELSE CAST(x AS VARCHAR) END""",
    ]


def _no_comparison(sign: str) -> str:
    """An error, or NULL of NULL."""
    values = "CAST(a AS VARCHAR) || ' and ' || CAST(b AS VARCHAR)"
    return f"CAST(CAST('Cannot apply operator {sign} to text and another type: ' || {values} AS INTEGER) AS BOOLEAN)"


def _number_macro(cast: str) -> str:
    """To bigint. DuckDB would also take '1.5', '1e3', ' 1' and '1_000', and round half to even."""
    name = "trino_bigint" if cast == "CAST" else "trino_try_bigint"
    return f"""CREATE MACRO {name}(x) AS CASE
        WHEN typeof(x) = 'VARCHAR' THEN {cast}(CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '{_INTEGER}')
          THEN CAST(x AS VARCHAR) ELSE 'not an integer: ' || CAST(x AS VARCHAR) END AS BIGINT)
        WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN {cast}(round({cast}(x AS DOUBLE)) AS BIGINT)
        ELSE {cast}(x AS BIGINT) END"""


def _double_macro(cast: str) -> str:
    name = "trino_double" if cast == "CAST" else "trino_try_double"
    return f"""CREATE MACRO {name}(x) AS CASE
        WHEN typeof(x) = 'VARCHAR' THEN {cast}(CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '{_DOUBLE}')
          THEN CAST(x AS VARCHAR) ELSE 'not a number: ' || CAST(x AS VARCHAR) END AS DOUBLE)
        ELSE {cast}(x AS DOUBLE) END"""
