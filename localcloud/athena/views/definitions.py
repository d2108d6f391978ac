# SPDX-License-Identifier: Apache-2.0
"""Glue views as WITH queries of DuckDB. Their columns must be those that they declare, as Athena insists.

No view is made in DuckDB, because each one costs that its whole text is bound once more.
"""

import re
from collections.abc import Sequence, Set
from datetime import datetime

import duckdb

from localcloud.athena import column_check, results
from localcloud.athena.relations import LakeTable, LakeView, Relations
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.to_duckdb import to_duckdb

# Presto's scalar types and DuckDB's.
_TYPES = {
    "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT",
    "float": "FLOAT", "double": "DOUBLE", "varchar": "VARCHAR", "varbinary": "BLOB", "date": "DATE",
    "timestamp": "TIMESTAMP", "timestamp with time zone": "TIMESTAMPTZ",
}  # fmt: skip
# What Trino turns into the declared type without being asked.
_WIDER = {
    "tinyint": {"smallint", "integer", "bigint", "double"},
    "smallint": {"integer", "bigint", "double"},
    "integer": {"bigint", "double"},
    "bigint": {"double"},
    "decimal": {"double"},
    "float": {"double"},
    "date": {"timestamp", "timestamp with time zone"},
    "timestamp": {"timestamp with time zone"},
}


type _Columns = list[tuple[str, results.ColumnType]]

_MOST_KEPT = 32
_kept: dict[tuple[str, str], _Columns] = {}  # by the text of a query and what it reads
_texts: dict[tuple[str, ...], str] = {}  # by what a view's query is made of


def definition(
    connection: duckdb.DuckDBPyConnection,
    view: LakeView,
    uses: Relations,
    now: datetime,
    earlier: Sequence[str],
    *,
    is_empty: bool = False,
    reads_text: bool = False,
) -> str:
    """The view as a WITH query behind `earlier` ones. Raises QueryError if it fails, and if it is stale.

    `is_empty` says that it has no rows (`has_no_rows`), `reads_text` that it reads a table of text itself.
    """
    try:
        text = _text(view, now)
        columns = _columns(connection, view, uses, with_definitions(earlier, text))
    except (duckdb.BinderException, duckdb.CatalogException, QueryError, ValueError) as error:
        raise QueryError(f"INVALID_VIEW: Failed analyzing stored view '{view.name}': {error}") from error
    reason = _stale(columns, view.columns)
    if reason:
        raise QueryError(f"VIEW_IS_STALE: View '{view.name}' is stale or in invalid state: {reason}")
    if is_empty:  # not to bind its text once more
        nothing = ", ".join(f'CAST(NULL AS {_duckdb_type(declared)}) AS "{name}"' for name, declared in view.columns)
        return f"{view.relation} AS NOT MATERIALIZED (SELECT {nothing} WHERE false)"
    shown = ", ".join(
        f'{_shown(name, declared, cast=found != _plain(declared), fixed=reads_text)} AS "{name}"'
        for (_, found), (name, declared) in zip(columns, view.columns, strict=True)
    )
    return f"{view.relation} AS NOT MATERIALIZED (SELECT {shown} FROM ({text}))"  # noqa: S608 (of the catalog)


def rows(view: LakeView, definitions: Sequence[str]) -> str:
    """The query of all its rows, by WITH queries of which the last is its own."""
    return with_definitions(definitions, f"SELECT * FROM {view.relation}")  # noqa: S608 (a name of our own)


def of_table(view: LakeView, table: str) -> str:
    """The view as a WITH query, if a table has its rows."""
    return f"{view.relation} AS NOT MATERIALIZED (SELECT * FROM {table})"  # noqa: S608 (a name of our own)


def _shown(name: str, declared: str, *, cast: bool, fixed: bool) -> str:
    """A column of the view's query in the type that the view declares.

    `fixed`: as it comes. DuckDB would put the expressions of what makes fields of a text into a condition on them, and
    into each other, layer by layer, and evaluate them all again. It does not do so with a random number: a question
    takes two thirds of the time, one with many conditions on columns a third.
    """
    column = f'CAST("{name}" AS {_duckdb_type(declared)})' if cast else f'"{name}"'
    return f"CASE WHEN random() < 2 THEN {column} END" if fixed else column


def has_no_rows(view: LakeView, empty: Set[str]) -> bool:
    """Whether it is certain that a view has no rows, because all relations that it reads are in `empty`."""
    return empty >= set(view.relations) and not view.query.makes_rows


def _text(view: LakeView, now: datetime) -> str:
    """DuckDB's text of the view, which is the same for every query, unless it asks for the current time."""
    source = (view.text, *view.relations)
    if source not in _texts:
        text = to_duckdb(view.query.renamed(view.relations), now)
        if view.query.asks_for_the_time:
            return text
        if len(_texts) >= _MOST_KEPT:
            _texts.clear()
        _texts[source] = text
    return _texts[source]


def with_definitions(definitions: Sequence[str], text: str) -> str:
    """DuckDB's query before which WITH queries are put."""
    if not definitions:
        return text
    rest = re.sub(r"^WITH ", ", ", text) if text.startswith("WITH ") else f" {text}"
    return f"WITH {', '.join(definitions)}{rest}"


def _columns(connection: duckdb.DuckDBPyConnection, view: LakeView, uses: Relations, text: str) -> _Columns:
    """Names and types of the view's columns, which are the same as long as it reads the same columns."""
    tables = [use for use in uses if isinstance(use, LakeTable)]
    # What the catalog declares is what the relations have: to ask DuckDB would bind each of them.
    read = str([(use.relation, use.table["StorageDescriptor"].get("Columns"), use.reads_path) for use in tables])
    if (text, read) not in _kept:
        column_check.check(view.query.renamed(view.relations), uses)
        found = connection.execute(f"DESCRIBE {text}").fetchall()
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[text, read] = [(str(name), results.column_type(str(kind))) for name, kind, *_ in found]
    return _kept[text, read]


def _stale(found: Sequence[tuple[str, results.ColumnType]], declared: Sequence[tuple[str, str]]) -> str:
    """Why a view's columns are not those that it declares, or nothing. In Trino's words."""
    if len(found) != len(declared):
        return (
            f"stored view column count ({len(declared)}) does not match column count derived from the view query "
            f"analysis ({len(found)})"
        )
    for position, ((name, kind), (stored, stored_kind)) in enumerate(zip(found, declared, strict=True)):
        column = f"column [{name.lower()}] of type {kind} projected from query view at position {position}"
        if name.lower() != stored:
            return (
                f"{column} has a different name from column [{stored}] of type {stored_kind} stored in view definition"
            )
        if not _becomes(kind, stored_kind):
            return f"{column} cannot be coerced to column [{stored}] of type {stored_kind} stored in view definition"
    return ""


def _becomes(kind: results.ColumnType, declared: str) -> bool:
    plain = _plain(declared)
    if kind == plain == "decimal":
        precision, scale = (int(size) for size in re.findall(r"\d+", declared)[:2])
        return scale >= kind.scale and precision - scale >= kind.precision - kind.scale
    return kind in (plain, "unknown") or plain in _WIDER.get(kind, ())


def _plain(declared: str) -> str:
    """A Presto type as Athena's results name it: without sizes."""
    name = re.sub(r"\s*\(.*\)", "", declared).strip()
    return {"real": "float", "int": "integer"}.get(name, name)


def _duckdb_type(declared: str) -> str:
    plain = _plain(declared)
    return declared.upper() if plain == "decimal" else _TYPES[plain]
