# SPDX-License-Identifier: Apache-2.0
"""Trino's functions on arrays as DuckDB macros. Those that take a lambda are put together in trino_to_duckdb."""


def macros() -> list[str]:
    """The statements that define the macros in a DuckDB session."""
    return [
        """CREATE MACRO trino_subscript(x, i) AS list_extract(x, CASE WHEN i BETWEEN 1 AND len(x) OR i IS NULL THEN i
            ELSE CAST('array subscript out of bounds: ' || CAST(i AS VARCHAR) AS INTEGER) END)""",
        """CREATE MACRO trino_element_at(x, i) AS list_extract(x, CASE WHEN i <> 0 OR i IS NULL THEN i
            ELSE CAST('SQL array indices start at ' || CAST(i + 1 AS VARCHAR) || '.' AS INTEGER) END)""",
        # NULL among the elements makes "not found" unknown; DuckDB says false.
        "CREATE MACRO trino_has_null(x) AS len(list_filter(x, lambda element: element IS NULL)) > 0",
        """CREATE MACRO trino_contains(x, element) AS CASE WHEN x IS NULL OR element IS NULL THEN NULL
            WHEN list_contains(x, element) THEN true WHEN trino_has_null(x) THEN NULL ELSE false END""",
        """CREATE MACRO trino_any(x) AS CASE WHEN x IS NULL THEN NULL WHEN list_contains(x, true) THEN true
            WHEN trino_has_null(x) THEN NULL ELSE false END""",
        """CREATE MACRO trino_all(x) AS CASE WHEN x IS NULL THEN NULL WHEN list_contains(x, false) THEN false
            WHEN trino_has_null(x) THEN NULL ELSE true END""",
        # Of integers only, and as long as Trino allows.
        """CREATE MACRO trino_sequence(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN abs(b - a) < 10000
            THEN generate_series(CAST(a AS BIGINT), CAST(b AS BIGINT), CASE WHEN a <= b THEN 1 ELSE -1 END)
            ELSE [CAST('result of sequence function must not have more than 10000 entries' AS BIGINT)] END""",
        "CREATE MACRO trino_texts(x) AS list_transform(x, lambda element: trino_varchar(element))",
        """CREATE MACRO trino_array_join
            (x, delimiter) AS array_to_string(trino_texts(x), delimiter),
            (x, delimiter, missing) AS array_to_string(
              list_transform(trino_texts(x), lambda element: coalesce(element, missing)), delimiter)""",
    ]
