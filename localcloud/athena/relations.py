# SPDX-License-Identifier: Apache-2.0
"""Names in a query, resolved with the Glue Data Catalog: tables and views become names of relations."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlglot import exp

from localcloud.athena import partition_pruning, table_check
from localcloud.athena.parsed_query import ParsedQuery
from localcloud.athena.trino import parser
from localcloud.athena.trino.errors import QueryError, not_supported
from localcloud.ministack import glue

_VIEW = re.compile(r"/\* Presto View: ([A-Za-z0-9+/=\s]+) \*/")
_CATALOG = "awsdatacatalog"
PATH = "$path"
"""The column that every table of text has and no `*` shows: the S3 URI of the object that a row is in (Trino's hidden
column of the Hive connector; Amazon Athena user guide, "Get the file locations of source data in Amazon S3")."""
_MOST_VIEWS = 20  # views that name each other in a circle end here


@dataclass(frozen=True)
class LakeTable:
    """One use of a Glue table in a query. `filters` hold for every row that the query wants of it.

    `reads_path` says that the query names the column `"$path"`.
    """

    relation: str
    key: str
    table: Mapping[str, Any]
    filters: list[exp.Expr] = field(default_factory=list)
    reads_path: bool = False


@dataclass(frozen=True)
class LakeView:
    """One use of a Glue view in a query. `columns`: the names and Presto types that the view declares.

    `relations` stand for the names in its query, in order; `text` is Trino's.
    """

    relation: str
    key: str
    table: Mapping[str, Any]
    text: str
    query: ParsedQuery
    relations: tuple[str, ...]
    columns: list[tuple[str, str]]

    @property
    def name(self) -> str:
        """As messages have it: awsdatacatalog.database.view."""
        return _full_name(self.key)


type Relations = list[LakeTable | LakeView]


def resolve(query: exp.Query, database: str) -> tuple[exp.Query, Relations]:
    """The query over relations lake_0, lake_1, ..., and what each of them is, a view after those that it reads.

    Raises QueryError for unknown names and invalid views.
    """
    found: Relations = []
    parsed = ParsedQuery(query)
    return parsed.renamed(_resolve(parsed, database, [], found, 0)), found


def _resolve(query: ParsedQuery, database: str, wanted: list[exp.Expr], found: Relations, depth: int) -> list[str]:
    """The relations that stand for the query's names, in order."""
    if depth > _MOST_VIEWS:
        raise QueryError("INVALID_VIEW: the views name each other in a circle")
    filters = partition_pruning.collect(query, wanted)
    relations = []
    for reference in query.references:
        schema, table = _lookup(reference, database)
        key = f"{schema}/{table['Name']}"
        table_check.check(key, table)
        wanted_of_it = filters.get(id(reference), [])
        if table.get("TableType") == "VIRTUAL_VIEW":
            found.append(_view(key, table, schema, wanted_of_it, found, depth + 1))
        else:
            found.append(LakeTable(f"lake_{len(found)}", key, table, wanted_of_it, _reads_path(reference)))
        relations.append(found[-1].relation)
    return relations


def _reads_path(reference: exp.Table) -> bool:
    """Whether the query that a table is read in names its paths. Raises QueryError if it asks for all columns, too.

    Trino's star leaves the paths out; DuckDB's would show them.
    """
    query = reference.find_ancestor(exp.Select)
    if query is None or not any(column.name == PATH for column in query.find_all(exp.Column)):
        return False
    if any(projection.is_star for projection in query.expressions):
        raise not_supported(f'"{PATH}" beside *')
    return True


@lru_cache(maxsize=8)
def _parsed(sql: str) -> ParsedQuery:
    """A view's query. It is the same for every question that is asked of it."""
    return ParsedQuery(parser.parse(sql))


def _view(
    key: str, table: Mapping[str, Any], schema: str, wanted: list[exp.Expr], found: Relations, depth: int
) -> LakeView:
    """One use of a view, after those of what its own query names."""
    view = _definition(key, (table.get("ViewOriginalText") or "").strip())
    text = view["originalSql"]
    try:
        query = _parsed(text)
        relations = tuple(_resolve(query, view.get("schema") or schema, wanted, found, depth))
    except QueryError as error:
        raise QueryError(f"INVALID_VIEW: Failed analyzing stored view '{_full_name(key)}': {error}") from error
    return LakeView(f"lake_{len(found)}", key, table, text, query, relations, _declared(key, view))


def _declared(key: str, view: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        return [(column["name"].lower(), column["type"].lower()) for column in view["columns"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise QueryError(f"INVALID_VIEW: {key} does not declare its columns") from error


def _full_name(key: str) -> str:
    return f"{_CATALOG}.{key.replace('/', '.')}"


def _lookup(reference: exp.Table, database: str) -> tuple[str, Mapping[str, Any]]:
    schema = (reference.db or database).lower()
    name = reference.name.lower()
    first = reference.parts[0]
    where = f"line {first.meta.get('line', 1)}:{first.meta.get('col', 0) - len(first.name) + 1}"
    if reference.catalog and reference.catalog.lower() != _CATALOG:
        raise QueryError(f"CATALOG_NOT_FOUND: {where}: Catalog '{reference.catalog}' does not exist")
    if schema not in glue.databases:
        raise QueryError(f"SCHEMA_NOT_FOUND: {where}: Schema '{schema}' does not exist")
    table = glue.tables.get(f"{schema}/{name}")
    if table is None:
        raise QueryError(f"TABLE_NOT_FOUND: {where}: Table '{_CATALOG}.{schema}.{name}' does not exist")
    return schema, table


@lru_cache(maxsize=8)
def _definition(key: str, original_text: str) -> Mapping[str, Any]:
    match = _VIEW.fullmatch(original_text)
    try:
        view: Mapping[str, Any] = json.loads(base64.b64decode(match[1], validate=True)) if match else {}
    except ValueError as error:  # of base64, of UTF-8 or of JSON
        raise QueryError(f"INVALID_VIEW: Invalid view JSON of {key}: {error}") from error
    if not view.get("originalSql"):
        raise QueryError(f"INVALID_VIEW: {key} is not a Presto view")
    return view
