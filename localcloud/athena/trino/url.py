# SPDX-License-Identifier: Apache-2.0
"""Trino's URL functions as DuckDB macros.

url_decode and url_encode are Java's URLDecoder and Guava's form escaper. url_extract_* are java.net.URI: NULL for a
text that is no URI, an empty text for a part that is not there, escapes decoded, and `+` left alone except by
url_extract_parameter, which decodes as url_decode does.
"""

from localcloud.athena.trino.macros import Macros

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
_CHARACTERS = f"(?is)(?:[^%]|%[0-7][0-9A-F]|{_CHARACTER})*"
_PIECE = f"(?i){_CHARACTER}|{_NO_CHARACTER}|%[0-7][0-9A-F]|[^%]+"

# java.net.URI's grammar: RFC 2396, and other characters that are not ASCII, control characters or spaces.
_PLAIN = r"[a-zA-Z0-9\-_.!~*''();:@&=+$,]|%[0-9a-fA-F]{2}|[^\x00-\x7f\x{80}-\x{9f}\pZ]"
_PATH = f"(?:{_PLAIN}|/)*"
_ANY = rf"(?:{_PLAIN}|[/?\[\]])"
_AUTHORITY = rf"(?:{_PLAIN}|[\[\]])"
_TAIL = rf"(?:\?{_ANY}*)?"
_SCHEME = "[a-zA-Z][a-zA-Z0-9+.-]*"
_PLACE = f"//{_AUTHORITY}+(?:/{_PATH})?{_TAIL}|///{_PATH}{_TAIL}|/(?:(?:{_PLAIN}){_PATH})?{_TAIL}"
_NO_COLON = _PLAIN.replace(";:@", ";@")
_URI = (
    f"(?:{_SCHEME}:(?:{_PLACE}|(?:{_PLAIN}|[?]){_ANY}*)|{_PLACE}"
    rf"|(?:{_NO_COLON})*(?:/{_PATH})?{_TAIL})(?:#{_ANY}*)?"
)
# RFC 2396, appendix B: scheme, authority, path, query with its mark, fragment.
_PARTS = r"^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#((?s:.*)))?"
_OPAQUE = "^[^:/?#]+:[^/]"  # mailto:someone: it has neither path nor query
_BYTE = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])"
_LABEL, _LAST_LABEL = (f"[{first}](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?" for first in ("a-zA-Z0-9", "a-zA-Z"))
_HOST = rf"(?:{_BYTE}\.){{3}}{_BYTE}|(?:{_LABEL}\.)+{_LAST_LABEL}\.?|{_LABEL}\.?|\[[0-9a-fA-F:.]+\]"
# Any other authority is one that java.net.URI knows no host and no port of.
_SERVER = rf"^(?:[^@\[\]]*@)?({_HOST})(?::([0-9]*))?$"

# The parts of x, in SQL.
_scheme, _authority, _hierarchy, _arguments, _fragment = (
    f"regexp_extract(x, '{_PARTS}', {group})" for group in range(1, 6)
)
_path, _query = (
    f"CASE WHEN regexp_matches(x, '{_OPAQUE}') THEN '' ELSE {part} END" for part in (_hierarchy, _arguments)
)

MACROS: Macros = {
    # Piece by piece, which takes long, only where DuckDB and Java differ.
    "_decoded": f"""(x) AS CASE WHEN NOT regexp_full_match(x, '{_CHARACTERS}') THEN
        url_decode(array_to_string(list_transform(regexp_extract_all(x, '{_PIECE}'), lambda piece:
          CASE WHEN regexp_full_match(piece, '(?i){_NO_CHARACTER}') AND NOT
            regexp_full_match(piece, '(?i){_CHARACTER}') THEN '%EF%BF%BD' ELSE piece END), ''))
        ELSE url_decode(x) END""",
    "_try_url_decode": f"""(x) AS CASE WHEN regexp_matches(x, '{_MALFORMED}') THEN NULL
        ELSE trino__decoded(replace(x, '+', ' ')) END""",
    # A failing cast raises the errors: DuckDB allows no error() inside TRY.
    "url_decode": f"""(x) AS CASE WHEN regexp_matches(x, '{_MALFORMED}')
        THEN CAST(CAST('url_decode: illegal escape in: ' || x AS INTEGER) AS VARCHAR)
        ELSE trino__decoded(replace(x, '+', ' ')) END""",
    "url_encode": """(x) AS
        replace(replace(replace(url_encode(x), '%20', '+'), '%2A', '*'), '~', '%7E')""",
    "_in_uri": f"(x, part) AS CASE WHEN regexp_full_match(x, '{_URI}') THEN part END",
    "url_extract_protocol": f"(x) AS trino__in_uri(x, {_scheme})",
    "url_extract_host": f"""(x) AS
        trino__in_uri(x, regexp_extract({_authority}, '{_SERVER}', 1))""",
    "url_extract_port": f"""(x) AS
        trino__in_uri(x, TRY_CAST(regexp_extract({_authority}, '{_SERVER}', 2) AS BIGINT))""",
    "url_extract_path": f"(x) AS trino__in_uri(x, trino__decoded({_path}))",
    "url_extract_query": f"(x) AS trino__in_uri(x, trino__decoded(substr({_query}, 2)))",
    "url_extract_fragment": f"(x) AS trino__in_uri(x, trino__decoded({_fragment}))",
    # The first argument of that name; of one without `=` the value is empty.
    "url_extract_parameter": f"""(x, name) AS trino__in_uri(x, trino_url_decode(
        list_transform(
          list_filter(CASE WHEN {_query} = '' THEN [] ELSE string_split(substr({_query}, 2), '&') END,
            lambda argument: split_part(argument, '=', 1) = name),
          lambda argument: substr(argument, length(name) + 2))[1]))""",
}
