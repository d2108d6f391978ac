# SPDX-License-Identifier: Apache-2.0
"""Trino's functions on arrays as DuckDB macros. Those that take a lambda are rewritten calls."""

from localcloud.athena.trino.macros import Macros

MACROS: Macros = {
    "_subscript": """(x, i) AS list_extract(x, CASE WHEN i BETWEEN 1 AND len(x) OR i IS NULL THEN i
        ELSE CAST('array subscript out of bounds: ' || CAST(i AS VARCHAR) AS INTEGER) END)""",
    "element_at": """(x, i) AS list_extract(x, CASE WHEN i <> 0 OR i IS NULL THEN i
        ELSE CAST('SQL array indices start at ' || CAST(i + 1 AS VARCHAR) || '.' AS INTEGER) END)""",
    # NULL among the elements makes "not found" unknown; DuckDB says false.
    "_has_null": "(x) AS len(list_filter(x, lambda element: element IS NULL)) > 0",
    "contains": """(x, element) AS CASE WHEN x IS NULL OR element IS NULL THEN NULL
        WHEN list_contains(x, element) THEN true WHEN trino__has_null(x) THEN NULL ELSE false END""",
    "_any": """(x) AS CASE WHEN x IS NULL THEN NULL WHEN list_contains(x, true) THEN true
        WHEN trino__has_null(x) THEN NULL ELSE false END""",
    "_all": """(x) AS CASE WHEN x IS NULL THEN NULL WHEN list_contains(x, false) THEN false
        WHEN trino__has_null(x) THEN NULL ELSE true END""",
    "array_position": """(x, element) AS CASE WHEN x IS NULL OR element IS NULL THEN NULL
        ELSE CAST(coalesce(list_position(x, element), 0) AS BIGINT) END""",
    # Of integers only, and as long as Trino allows.
    "sequence": """(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN abs(b - a) < 10000
        THEN generate_series(CAST(a AS BIGINT), CAST(b AS BIGINT), CASE WHEN a <= b THEN 1 ELSE -1 END)
        ELSE [CAST('result of sequence function must not have more than 10000 entries' AS BIGINT)] END""",
    # In the order in which they come first, NULL as any other.
    "array_distinct": """(x) AS list_filter(x, lambda element, place: place = CASE WHEN element IS NULL
        THEN list_position(list_transform(x, lambda one: one IS NULL), true) ELSE list_position(x, element) END)""",
    "slice": """(x, start, length) AS CASE
        WHEN length < 0
          THEN x[CAST('length must be greater than or equal to 0, not ' || CAST(length AS VARCHAR) AS INTEGER) : 1]
        WHEN start = 0 THEN x[CAST('SQL array indices start at ' || CAST(start + 1 AS VARCHAR) AS INTEGER) : 1]
        WHEN start + len(x) < 0 THEN x[2:1]
        WHEN start < 0 THEN x[start + len(x) + 1 : start + len(x) + length]
        ELSE x[start : start + length - 1] END""",
    "_texts": "(x) AS list_transform(x, lambda element: trino__varchar(element))",
    "array_join": (
        "(x, delimiter) AS array_to_string(trino__texts(x), delimiter)",
        """(x, delimiter, missing) AS array_to_string(
          list_transform(trino__texts(x), lambda element: coalesce(element, missing)), delimiter)""",
    ),
}
