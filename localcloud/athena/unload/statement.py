# SPDX-License-Identifier: Apache-2.0
"""The text of an UNLOAD: its query, its destination and its properties. Pure.

UNLOAD (SELECT ...) TO 's3://bucket/folder/' WITH (format = 'PARQUET', compression = 'ZSTD', compression_level = 4)

Sources: Amazon Athena user guide, "UNLOAD", "Athena compression support" (formats of Parquet) and "Use ZSTD compression
levels" (1 to 22, and 3 if none is given).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.tokenizer_core import Token, TokenType

from localcloud.athena.trino import parser
from localcloud.athena.trino.errors import QueryError, not_supported

_UNLOAD = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*unload\b", re.IGNORECASE | re.DOTALL)
_FORMATS = ("ORC", "PARQUET", "AVRO", "JSON", "TEXTFILE")
_PROPERTIES = ("format", "compression", "compression_level", "field_delimiter", "partitioned_by")
# Athena's compression of Parquet, and DuckDB's name of it.
_COMPRESSIONS = {"GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd", "LZ4": "lz4_raw", "NONE": "uncompressed"}
_ZSTD_LEVELS = range(1, 23)
_USUAL_ZSTD_LEVEL = 3


@dataclass(frozen=True)
class Unload:
    """One statement. `location` begins with s3:// and ends with a slash; `properties` by their names in lower case."""

    query: exp.Query
    location: str
    properties: Mapping[str, str]


def is_unload(sql: str) -> bool:
    """Whether a text begins as an UNLOAD does."""
    return _UNLOAD.match(sql) is not None


def parse(sql: str, parameters: Sequence[str] = ()) -> Unload:
    """The statement; each `?` is a parameter. Raises QueryError for what is no UNLOAD, before anything is run."""
    try:
        tokens = Trino().tokenize(sql)
    except sqlglot.errors.SqlglotError as error:
        raise QueryError(f"SYNTAX_ERROR: {error}") from error
    if tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        tokens.pop()
    if len(tokens) < 2 or tokens[1].token_type != TokenType.L_PAREN:
        raise _unexpected(tokens[1:2], "a query in parentheses")
    end = _closing(tokens, 1)
    query = parser.parse(sql[tokens[1].end + 1 : tokens[end].start], parameters)
    to, place = tokens[end + 1 : end + 2], tokens[end + 2 : end + 3]
    if not to or to[0].text.upper() != "TO":
        raise _unexpected(to, "TO")
    if not place or place[0].token_type != TokenType.STRING:
        raise _unexpected(place, "a location in quotes")
    location = place[0].text
    if not re.fullmatch(r"s3://[^/]+(?:/.*)?", location):
        raise QueryError(
            f"SYNTAX_ERROR: the location of UNLOAD must be a folder of S3 (s3://bucket/folder/): {location}"
        )
    return Unload(query, f"{location.rstrip('/')}/", _properties(tokens[end + 3 :]))


def duckdb_options(properties: Mapping[str, str]) -> dict[str, str | int]:
    """The properties as options of DuckDB's COPY. Raises QueryError for those that AWS or the local Athena refuses."""
    unknown = [name for name in properties if name not in _PROPERTIES]
    if unknown:
        raise QueryError(f"INVALID_TABLE_PROPERTY: UNLOAD has no property '{unknown[0]}'")
    file_format = properties.get("format", "").upper()
    if file_format not in _FORMATS:
        raise QueryError(
            f"INVALID_TABLE_PROPERTY: UNLOAD needs a format, one of {', '.join(_FORMATS)}: '{file_format}'"
        )
    if file_format != "PARQUET":
        raise not_supported(f"UNLOAD in the format {file_format}, only PARQUET")
    if "partitioned_by" in properties:
        raise not_supported("UNLOAD with partitioned_by")
    if "field_delimiter" in properties:
        raise QueryError("INVALID_TABLE_PROPERTY: field_delimiter is for the format TEXTFILE")
    compression = properties.get("compression", "GZIP").upper()
    if compression not in _COMPRESSIONS:
        raise QueryError(f"INVALID_TABLE_PROPERTY: Parquet has no compression '{compression}'")
    options: dict[str, str | int] = {"FORMAT": "parquet", "COMPRESSION": _COMPRESSIONS[compression]}
    level = properties.get("compression_level")
    if level is not None and (compression != "ZSTD" or not level.isdigit() or int(level) not in _ZSTD_LEVELS):
        raise QueryError(f"INVALID_TABLE_PROPERTY: compression_level is 1 to 22, for ZSTD only: {level}")
    return options | ({"COMPRESSION_LEVEL": int(level or _USUAL_ZSTD_LEVEL)} if compression == "ZSTD" else {})


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """The place of the parenthesis that closes one."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(tokens[place].token_type, 0)
        if depth == 0:
            return place
    raise _unexpected([], "a closing parenthesis")


def _properties(tokens: Sequence[Token]) -> dict[str, str]:
    """`WITH (name = value, ...)`. A value is a text or a number; of an array only that it is there."""
    if not tokens or tokens[0].token_type != TokenType.WITH:
        raise _unexpected(tokens[:1], "WITH")
    if len(tokens) < 2 or tokens[1].token_type != TokenType.L_PAREN:
        raise _unexpected(tokens[1:2], "properties in parentheses")
    end = _closing(tokens, 1)
    if tokens[end + 1 :]:
        raise _unexpected(tokens[end + 1 :], "the end of the statement")
    found: dict[str, str] = {}
    rest = list(tokens[2:end])
    while rest:
        if len(rest) < 3 or rest[1].token_type != TokenType.EQ:
            raise _unexpected(rest[1:2], "a property and its value")
        comma = next(
            (i for i in range(2, len(rest)) if rest[i].token_type == TokenType.COMMA and not _in_array(rest, i)),
            len(rest),
        )
        found[rest[0].text.lower()] = "".join(token.text for token in rest[2:comma])
        rest = rest[comma + 1 :]
    return found


def _in_array(tokens: Sequence[Token], place: int) -> bool:
    kinds = [token.token_type for token in tokens[:place]]
    return kinds.count(TokenType.L_BRACKET) > kinds.count(TokenType.R_BRACKET)


def _unexpected(tokens: Sequence[Token], expected: str) -> QueryError:
    if not tokens:
        return QueryError(f"SYNTAX_ERROR: mismatched input '<EOF>'. Expecting: {expected}")
    token = tokens[0]
    column = token.col - len(token.text) + 1
    return QueryError(
        f"SYNTAX_ERROR: line {token.line}:{column}: mismatched input '{token.text}'. Expecting: {expected}"
    )
