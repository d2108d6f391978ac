# SPDX-License-Identifier: Apache-2.0
"""What a query reads, by its tree, which sqlglot makes of a text that `questions.check` has looked at. Pure."""

import logging
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from edgepixel.errors import QuestionError

VIEW = "events"

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it tells of what it does not know, which is refused here

_ALONE = f"a question reads the view `{VIEW}` and its own WITH queries only"


def check_tree(code: str) -> None:
    """Raise QuestionError unless it is one query that reads nothing but the view and its own WITH queries."""
    tree = _parsed(code)
    _check_nodes(tree)
    for table in tree.find_all(exp.Table):
        _check_table(table)


def _parsed(code: str) -> exp.Query:
    try:
        statements = sqlglot.parse(code, read="trino")
    except sqlglot.errors.ParseError as error:
        first = error.errors[0]
        line, column = first.get("line"), first.get("col")
        reason = f"this cannot be understood: {first.get('description')}"
        place = (line, max(1, column - len(first.get("highlight") or "") + 1)) if line and column else None
        raise QuestionError(reason, place) from error
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise QuestionError(f"this cannot be understood: {str(error).splitlines()[0]}") from error
    if len(statements) != 1:
        raise QuestionError("a question is one statement")
    tree = statements[0]
    if not isinstance(tree, exp.Query):
        raise QuestionError("a question is one query, and begins with SELECT or WITH")
    return tree


def _check_nodes(tree: exp.Query) -> None:
    for node in tree.find_all(exp.Into, exp.Command, exp.DDL, exp.DML):
        if not isinstance(node, exp.Query):
            raise QuestionError("a question only reads: INTO and the like cannot be used")
    for cte in tree.find_all(exp.CTE):
        if cte.alias.lower() == VIEW:
            name = cte.args["alias"].this
            raise QuestionError(f"a WITH query must not have the name of the view `{VIEW}`", _place_of(name))
    for identifier in tree.find_all(exp.Identifier):
        if identifier.name.startswith("$"):
            raise QuestionError(
                f"{identifier.name!r} is a hidden column of tables, which the view does not have", _place_of(identifier)
            )


def _check_table(table: exp.Table) -> None:
    name = table.this
    if not isinstance(name, exp.Identifier):
        raise QuestionError(f"table functions cannot be used: {_ALONE}")
    if table.db or table.catalog:
        raise QuestionError(
            f"{table.db or table.catalog}.{table.name} names a database: {_ALONE}", _place_of(table.parts[0])
        )
    if table.name.lower() != VIEW and table.name.lower() not in _with_queries(table):
        raise QuestionError(f"{table.name!r} cannot be read: {_ALONE}", _place_of(name))


def _with_queries(table: exp.Table) -> Iterator[str]:
    """The names of the WITH queries that can be seen where a table is named, in small letters.

    Those of each query around it; of siblings only the ones before it, or itself too if it is recursive.
    """
    node: exp.Expr = table
    while node.parent is not None:
        inside, node = node, node.parent
        for with_query in _own_with_queries(node, inside):
            yield with_query.alias.lower()


def _own_with_queries(query: exp.Expr, inside: exp.Expr) -> Iterator[exp.CTE]:
    """Those of one query that can be seen from a part of it, which is one of its arguments."""
    if isinstance(query, exp.With):
        for one in query.expressions:
            if one is inside and not query.recursive:
                return
            yield one
            if one is inside:
                return
        return
    with_ = query.args.get("with_")
    if with_ is not None and with_ is not inside:
        yield from with_.expressions


def _place_of(identifier: exp.Expr) -> tuple[int, int] | None:
    """Where a name begins. sqlglot knows where it ends."""
    line, end = identifier.meta.get("line"), identifier.meta.get("col")
    if line is None or end is None:
        return None
    return line, end - len(identifier.name) - (2 if identifier.args.get("quoted") else 0) + 1
