# SPDX-License-Identifier: Apache-2.0
"""Trino's functions on text, regular expressions, bytes and JSON as DuckDB macros."""

from localcloud.athena.trino.macros import Macros

# Character.isWhitespace of Java, which trim() removes; DuckDB's removes spaces only.
_WHITESPACE = [*range(9, 14), *range(28, 33), 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B)]
_SPACES = "".join(map(chr, [*_WHITESPACE, 0x2028, 0x2029, 0x205F, 0x3000]))

_EIGHT_BYTES = """CASE WHEN octet_length(x) = 8 THEN x
  ELSE encode(CAST(CAST('expected 8-byte input, but got ' || octet_length(x) AS INTEGER) AS VARCHAR)) END"""

MACROS: Macros = {
    **{name: f"(x) AS {name}(x, '{_SPACES}')" for name in ("trim", "ltrim", "rtrim")},
    # Characters are code points; DuckDB's reverse() keeps grapheme clusters together.
    "_characters": "(x) AS regexp_extract_all(x, '(?s).')",
    "codepoint": """(x) AS CASE WHEN length(x) = 1 THEN unicode(x)
        ELSE CAST('codepoint: not one character: ' || x AS INTEGER) END""",
    "reverse": "(x) AS array_to_string(list_reverse(trino__characters(x)), '')",
    "replace": (
        "(x, search) AS replace(x, search, '')",
        """(x, search, other) AS CASE WHEN search <> '' THEN replace(x, search, other)
          WHEN x = '' THEN other ELSE other || array_to_string(trino__characters(x), other) || other END""",
    ),
    **{
        name: f"""(x, size, padding) AS CASE WHEN size < 0 OR padding = ''
        THEN CAST(CAST('{name}: a negative size, or nothing to pad with: ' || size AS INTEGER) AS VARCHAR)
        ELSE {name}(x, CAST(size AS INTEGER), padding) END"""
        for name in ("lpad", "rpad")
    },
    "substr": "(x, i) AS CASE WHEN i = 0 OR -i > length(x) THEN '' ELSE substr(x, i) END",
    "_substr_n": """(x, i, n) AS CASE WHEN i = 0 OR -i > length(x) OR n <= 0 THEN ''
        ELSE substr(x, i, n) END""",
    "_delimiter": """(x) AS CASE WHEN x = ''
        THEN CAST(CAST('The delimiter may not be the empty string' || x AS INTEGER) AS VARCHAR) ELSE x END""",
    "_cut": """(pieces, delimiter, n) AS CASE WHEN len(pieces) <= n THEN pieces
        ELSE list_append(pieces[1:n - 1], array_to_string(pieces[n:], delimiter)) END""",
    "split": (
        "(x, delimiter) AS string_split(x, trino__delimiter(delimiter))",
        """(x, delimiter, n) AS trino__cut(string_split(x, trino__delimiter(delimiter)), delimiter,
          CASE WHEN n > 0 THEN n ELSE CAST('split: the limit must be positive: ' || n AS INTEGER) END)""",
    ),
    "split_part": """(x, delimiter, i) AS CASE WHEN i > len(string_split(x, delimiter)) THEN NULL
        WHEN i < 1 THEN CAST(CAST('split_part: the index must be positive: ' || i AS INTEGER) AS VARCHAR)
        ELSE split_part(x, delimiter, i) END""",
    # DuckDB's regexp_extract, which is fast, does not tell '' from no match: then the first of all matches.
    "regexp_extract": """(x, pattern, n) AS CASE
        WHEN regexp_extract(x, pattern, n) <> '' THEN regexp_extract(x, pattern, n)
        ELSE regexp_extract_all(x, pattern, n)[1] END""",
    # The same, with x written once: a long x within the x of others would be there a hundred times.
    "_regexp_extract_once": """(x, pattern, n) AS
        list_transform([x], lambda one: trino_regexp_extract(one, pattern, n))[1]""",
    "regexp_extract_all": (
        "(x, pattern) AS regexp_extract_all(x, pattern)",
        "(x, pattern, n) AS regexp_extract_all(x, pattern, n)",
    ),
    "regexp_count": "(x, pattern) AS len(regexp_extract_all(x, pattern))",
    # Bytes. Text where Trino wants bytes is refused, as there.
    **{
        name: (
            f"(x BLOB) AS {body}",
            f"""(x VARCHAR) AS CAST(CAST('{name}(varchar) does not exist, use to_utf8: ' || x AS INTEGER)
              AS {kind})""",
        )
        for name, body, kind in (
            ("md5", "unhex(md5(x))", "BLOB"),
            ("sha256", "unhex(sha256(x))", "BLOB"),
            ("to_hex", "hex(x)", "VARCHAR"),
            ("to_base64", "to_base64(x)", "VARCHAR"),
            ("_eight_bytes", _EIGHT_BYTES, "BLOB"),
            # The bits of a BIGINT are the bytes, the first one the most significant.
            ("from_big_endian_64", "CAST(CAST(trino__eight_bytes(x) AS BIT) AS BIGINT)", "BIGINT"),
            # Bytes that are no UTF-8 become U+FFFD.
            ("from_utf8", "trino__decoded(regexp_replace(hex(x), '(..)', '%\\1', 'g'))", "VARCHAR"),
        )
    },
    "to_utf8": "(x VARCHAR) AS encode(x)",
    "to_big_endian_64": "(x) AS CAST(CAST(CAST(x AS BIGINT) AS BIT) AS BLOB)",
    # substr of bytes.
    "_bytes": """(x, i) AS CASE WHEN i = 0 OR -i > octet_length(x) THEN ''::BLOB
        WHEN i < 0 THEN x[octet_length(x) + i + 1 :] ELSE x[i:] END""",
    "_bytes_n": """(x, i, n) AS CASE WHEN i = 0 OR n <= 0 OR -i > octet_length(x) THEN ''::BLOB
        WHEN i < 0 THEN x[octet_length(x) + i + 1 : octet_length(x) + i + n] ELSE x[i : i + n - 1] END""",
    "from_hex": """(x) AS unhex(CASE WHEN length(x) % 2 = 0 THEN x
        ELSE CAST(CAST('from_hex: an odd number of digits: ' || x AS INTEGER) AS VARCHAR) END)""",
    "from_base64": "(x) AS from_base64(x)",
    # DuckDB writes numbers anew, Trino as they stand: refused where that may differ (1.50, 1e3, many digits).
    "_json_number": r"""(x, number) AS CASE
        WHEN regexp_matches(x, '\.[0-9]*0(?:[^0-9]|$)|[0-9][eE]|[0-9.]{17}')
        THEN CAST(CAST('json_extract_scalar: a number may be written otherwise than ' || number AS INTEGER)
          AS VARCHAR) ELSE number END""",
    # DuckDB looks at malformed JSON even where a condition forbids it.
    "_json": "(x) AS CASE WHEN json_valid(x) THEN x END",
    "json_extract_scalar": """(x, path) AS CASE json_type(trino__json(x), path)
        WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL
        WHEN 'DOUBLE' THEN trino__json_number(x, json_extract_string(trino__json(x), path))
        ELSE json_extract_string(trino__json(x), path) END""",
}
