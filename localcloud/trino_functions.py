# SPDX-License-Identifier: Apache-2.0
"""Trino's functions where DuckDB's differ, as DuckDB macros, and the functions that the local Athena vouches for.

The macros are SQL and not Python, so that they stay fast. Whoever adds a function to the list adds its edge cases to
the tests. Sources: the Trino documentation, "Functions and operators"; Java's URLDecoder.
"""

# As they are written in Trino. Every other function fails the query: an error is better than a wrong answer.
_NAMES = """
abs approx_distinct array_agg array_join array_sort avg cardinality cast ceil ceiling coalesce concat contains count
count_if date date_add date_diff date_format date_trunc day dense_rank element_at extract first_value floor
from_unixtime greatest hour if lag last_value lead least length lower ltrim max min minute month now nullif position
rank regexp_extract regexp_like replace reverse round row_number rtrim second sha256 split_part starts_with strpos
substr substring sum to_hex to_unixtime to_utf8 trim try try_cast upper url_decode year
"""
KNOWN = frozenset(_NAMES.split())

# In a text that URLDecoder refuses: a % that two hexadecimal digits do not follow.
_MALFORMED = "%(?:[^0-9a-fA-F]|[0-9a-fA-F][^0-9a-fA-F]|[0-9a-fA-F]?$)"
_NEXT = "%[89AB][0-9A-F]"  # a UTF-8 continuation byte, escaped
_CHARACTER = (
    f"%(?:C[2-9A-F]|D[0-9A-F]){_NEXT}|%E0%[AB][0-9A-F]{_NEXT}|%E[1-9A-CEF]{_NEXT}{_NEXT}|%ED%[89][0-9A-F]{_NEXT}"
    f"|%F0%[9AB][0-9A-F]{_NEXT}{_NEXT}|%F[1-3]{_NEXT}{_NEXT}{_NEXT}|%F4%8[0-9A-F]{_NEXT}{_NEXT}"
)
# Bytes for which Java writes one U+FFFD: a surrogate, the beginning of a character, any other byte.
_NO_CHARACTER = (
    f"%ED%[AB][0-9A-F]{_NEXT}|%E0%[AB][0-9A-F]|%E[1-9A-F]{_NEXT}|%F0%[9AB][0-9A-F](?:{_NEXT})?"
    f"|%F[1-3]{_NEXT}(?:{_NEXT})?|%F4%8[0-9A-F](?:{_NEXT})?|%[89A-F][0-9A-F]"
)
_PIECE = f"(?i){_CHARACTER}|{_NO_CHARACTER}|%[0-7][0-9A-F]|[^%]+"
_INTEGER = "[+-]?[0-9]+"
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_DOUBLE = rf"\s*(?:{_NUMBER}|NaN|[+-]?Infinity)\s*"


def macros() -> list[str]:
    """The statements that define the macros in a DuckDB session."""
    return [
        f"""CREATE MACRO trino_decoded(x) AS CASE WHEN regexp_matches(x, '%[89a-fA-F]') THEN
            url_decode(array_to_string(list_transform(regexp_extract_all(x, '{_PIECE}'), lambda piece:
              CASE WHEN regexp_full_match(piece, '(?i){_NO_CHARACTER}') AND NOT
                regexp_full_match(piece, '(?i){_CHARACTER}') THEN '%EF%BF%BD' ELSE piece END), ''))
            ELSE url_decode(x) END""",
        f"""CREATE MACRO trino_try_url_decode(x) AS CASE WHEN regexp_matches(x, '{_MALFORMED}') THEN NULL
            ELSE trino_decoded(replace(x, '+', ' ')) END""",
        # A failing cast raises the errors: DuckDB allows no error() inside TRY.
        f"""CREATE MACRO trino_url_decode(x) AS CASE WHEN regexp_matches(x, '{_MALFORMED}')
            THEN CAST(CAST('url_decode: illegal escape in: ' || x AS INTEGER) AS VARCHAR)
            ELSE trino_decoded(replace(x, '+', ' ')) END""",
        # Of all matches the first, because DuckDB's regexp_extract does not tell '' from no match.
        "CREATE MACRO trino_regexp_extract(x, pattern, n) AS regexp_extract_all(x, pattern, n)[1]",
        "CREATE MACRO trino_from_unixtime(x) AS make_timestamptz(CAST(floor(x * 1e3 + 0.5) AS BIGINT) * 1000)",
        "CREATE MACRO trino_to_unixtime(x) AS epoch_us(x) / 1e6",
        # Timestamps have milliseconds, rounded.
        "CREATE MACRO trino_milliseconds(x) AS make_timestamp((epoch_us(x) + 500) // 1000 * 1000)",
        """CREATE MACRO trino_subscript(x, i) AS list_extract(x, CASE WHEN i BETWEEN 1 AND len(x) OR i IS NULL THEN i
            ELSE CAST('array subscript out of bounds: ' || CAST(i AS VARCHAR) AS INTEGER) END)""",
        """CREATE MACRO trino_element_at(x, i) AS list_extract(x, CASE WHEN i <> 0 OR i IS NULL THEN i
            ELSE CAST('SQL array indices start at ' || CAST(i + 1 AS VARCHAR) || '.' AS INTEGER) END)""",
        """CREATE MACRO trino_substr(x, i) AS CASE WHEN i = 0 OR -i > length(x) THEN '' ELSE substr(x, i) END""",
        """CREATE MACRO trino_substr_n(x, i, n) AS CASE WHEN i = 0 OR -i > length(x) OR n <= 0 THEN ''
            ELSE substr(x, i, n) END""",
        """CREATE MACRO trino_split_part(x, delimiter, i) AS CASE WHEN i > len(string_split(x, delimiter)) THEN NULL
            ELSE split_part(x, delimiter, i) END""",
        *(
            f"""CREATE MACRO trino_{name}(x) AS CASE WHEN typeof(x) LIKE '%INT%'
            THEN CAST('{name}(bigint) is not supported: ' || CAST(x AS VARCHAR) AS INTEGER) ELSE {name}(x) END"""
            for name in ("ceil", "floor")  # DuckDB makes a double of an integer
        ),
        # Trino divides decimals to decimals, DuckDB to doubles.
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
