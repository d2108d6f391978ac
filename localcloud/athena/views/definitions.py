# SPDX-License-Identifier: Apache-2.0
"""Glue views as WITH queries of DuckDB. Their columns must be those that they declare, as Athena insists.

No view is made in DuckDB, because each one costs that its whole text is bound once more.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

import duckdb
from sqlglot import exp

from localcloud.athena import column_check, results
from localcloud.athena.parsed_query import sides_of
from localcloud.athena.relations import LakeTable, LakeView
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
type Uses = Mapping[str, LakeTable | LakeView]
"""What a query names, and what its views do, by relation."""

_MOST_KEPT = 64
_kept: dict[Hashable, _Columns] = {}  # by the texts of a view, and the columns that it reads
_checked: set[Hashable] = set()
_texts: dict[Hashable, str] = {}  # by what a view's query is made of


def is_checked(view: LakeView, uses: Uses) -> bool:
    """Whether a view of this text, which declares and reads these columns, has been found good."""
    return (_key(view, uses), str(view.columns)) in _checked


def check(
    connection: duckdb.DuckDBPyConnection, view: LakeView, uses: Uses, now: datetime, earlier: Sequence[str]
) -> None:
    """Raise QueryError for a view that fails, or is stale. All that it names must be there, or in `earlier` views."""
    try:
        column_check.check(view.query.renamed(view.relations), list(uses.values()))
        columns = _columns(connection, _key(view, uses), with_definitions(earlier, _text(view, now)))
    except (duckdb.BinderException, duckdb.CatalogException, QueryError, ValueError) as error:
        raise QueryError(f"INVALID_VIEW: Failed analyzing stored view '{view.name}': {error}") from error
    reason = _stale(columns, view.columns)
    if reason:
        raise QueryError(f"VIEW_IS_STALE: View '{view.name}' is stale or in invalid state: {reason}")
    if len(_checked) >= _MOST_KEPT:
        _checked.clear()
    _checked.add((_key(view, uses), str(view.columns)))


def definition(
    connection: duckdb.DuckDBPyConnection,
    view: LakeView,
    uses: Uses,
    now: datetime,
    earlier: Sequence[str],
    *,
    left_out: Sequence[bool],
    reads_text: bool = False,
) -> str:
    """A view that was checked as a WITH query behind `earlier` ones.

    `left_out` says of each side of its UNION ALL whether it is not wanted; one is. `reads_text` says that it reads a
    table of text itself.
    """
    text = _text(view, now, left_out)
    columns = _columns(connection, _key(view, uses, left_out), with_definitions(earlier, text))
    shown = ", ".join(
        f'{_shown(name, declared, cast=found != _plain(declared), fixed=reads_text)} AS "{name}"'
        for (_, found), (name, declared) in zip(columns, view.columns, strict=True)
    )
    names = ", ".join(f'"{name}"' for name, _ in view.columns)  # which are those of its first side, left out or not
    return f"{view.relation} AS NOT MATERIALIZED (SELECT {shown} FROM ({text}) AS {view.relation}_rows({names}))"  # noqa: S608 (of the catalog)


def definition_of_nothing(view: LakeView) -> str:
    """The same, without rows and without its text."""
    nothing = ", ".join(f'CAST(NULL AS {_duckdb_type(declared)}) AS "{name}"' for name, declared in view.columns)
    return f"{view.relation} AS NOT MATERIALIZED (SELECT {nothing} WHERE false)"


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


def _text(view: LakeView, now: datetime, left_out: Sequence[bool] = ()) -> str:
    """DuckDB's text of the view, which is the same for every query, unless it asks for the current time."""
    source = view.text, *view.relations, *left_out
    if source not in _texts:
        tree: exp.Expr = view.query.renamed(view.relations)
        if any(left_out):
            wanted = [side for side, out in zip(sides_of(tree), left_out, strict=True) if not out]
            tree = exp.union(*wanted, distinct=False, copy=False) if len(wanted) > 1 else wanted[0]
        text = to_duckdb(tree, now)
        if view.query.asks_for_the_time:
            return text
        if len(_texts) >= _MOST_KEPT:
            _texts.clear()
        _texts[source] = text
        return text
    return _texts[source]


def with_definitions(definitions: Sequence[str], text: str) -> str:
    """DuckDB's query before which WITH queries are put."""
    if not definitions:
        return text
    rest = re.sub(r"^WITH ", ", ", text) if text.startswith("WITH ") else f" {text}"
    return f"WITH {', '.join(definitions)}{rest}"


def _key(view: LakeView, uses: Uses, left_out: Sequence[bool] = ()) -> Hashable:
    """What the names and types of a view's columns depend on."""
    return view.text, str([_declared(uses[relation]) for relation in view.relations]), *left_out


def _declared(use: LakeTable | LakeView) -> object:
    """The columns of a relation: those that the catalog declares. To ask DuckDB would bind it."""
    if isinstance(use, LakeView):
        return use.columns
    return use.table["StorageDescriptor"].get("Columns"), use.table.get("PartitionKeys"), use.reads_path


def _columns(connection: duckdb.DuckDBPyConnection, key: Hashable, text: str) -> _Columns:
    """Names and types of the columns of a text, which are the same for the same key."""
    if key not in _kept:
        found = connection.execute(f"DESCRIBE {text}").fetchall()
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = [(str(name), results.column_type(str(kind))) for name, kind, *_ in found]
    return _kept[key]


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
