# SPDX-License-Identifier: Apache-2.0
"""Trino's SQL as a tree: parses one query, inserts its parameters, refuses functions that are not known."""

import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from localcloud.athena.trino import functions
from localcloud.athena.trino.errors import QueryError

logging.getLogger("sqlglot").setLevel(logging.WARNING)  # it tells of every subscript of an array

# Words that stand before a parenthesis and are no functions.
_SYNTAX = """
all and any array as between by case char cross cube decimal distinct else except exists filter from grouping having in
intersect interval join like not on or over rollup select sets some then timestamp union unnest using values varchar
when where with
"""
_NO_CODE = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Texts, quoted names and comments."""
_LITERAL = (exp.Literal, exp.Neg, exp.Boolean, exp.Null, exp.Cast, exp.DataType, exp.DataTypeParam)


class _Trino(Trino):
    """Trino's dialect with the functions that the local Athena translates: `functions` says which."""

    class Parser(TrinoParser):
        FUNCTIONS = functions.parsed_by_sqlglot(TrinoParser.FUNCTIONS)


def parse(sql: str, parameters: Sequence[str] = ()) -> exp.Query:
    """The tree of one query; each `?` is a parameter, written as an SQL literal. Raises QueryError.

    A query is parsed when it is started and when it runs, so the tree is kept: nobody changes it.
    """
    try:
        return _parsed(_with_parameters(sql, parameters))
    except sqlglot.errors.SqlglotError as error:
        raise QueryError(f"SYNTAX_ERROR: {_first_error(error)}") from error


@lru_cache(maxsize=64)
def _parsed(sql: str) -> exp.Query:
    dialect = _Trino()
    tokens = dialect.tokenize(sql)
    statements = dialect.parser().parse(tokens, sql)
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise QueryError("SYNTAX_ERROR: Only one sql statement is allowed, and it must be a query")
    _check_functions(tokens, statements[0])
    _forget_places(statements[0])
    return statements[0]


def _forget_places(tree: exp.Expr) -> None:
    """Of all names but those of tables, which errors tell: they are a third of what it takes to copy a tree."""
    for node in tree.walk():
        if node.meta_get("line") is not None and not isinstance(node.parent, exp.Table):
            node.meta.clear()


def name_columns(tree: exp.Query) -> None:
    """Give the unnamed columns of the result the names that Trino gives them: _col0, _col1, ..."""
    first: exp.Expr = tree
    while not isinstance(first, exp.Select):
        if not isinstance(first, (exp.SetOperation, exp.Subquery)):
            return
        first = first.this
    for position, column in enumerate(first.expressions):
        if not isinstance(column, (exp.Alias, exp.Column, exp.Star)):
            column.replace(exp.alias_(column.copy(), f"_col{position}"))


def _first_error(error: sqlglot.errors.SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if not details:
        return str(error)
    return f"line {details[0].get('line')}:{details[0].get('col')}: {details[0].get('description')}"


def _with_parameters(sql: str, parameters: Sequence[str]) -> str:
    if not parameters and "?" not in _NO_CODE.sub("", sql):  # patterns have many, and to look at tokens takes long
        return sql
    marks = [token for token in Trino().tokenize(sql) if token.token_type == TokenType.PLACEHOLDER]
    if len(marks) != len(parameters):
        counts = f"expected {len(marks)} but found {len(parameters)}"
        raise QueryError(f"INVALID_PARAMETER_USAGE: Incorrect number of parameters: {counts}")
    for mark, parameter in reversed(list(zip(marks, parameters, strict=True))):
        value = sqlglot.parse_one(parameter, read="trino")
        if not all(isinstance(node, _LITERAL) for node in value.walk()):
            raise QueryError(f"INVALID_PARAMETER_USAGE: a parameter must be a literal, not {parameter}")
        sql = f"{sql[: mark.start]}{value.sql('trino')}{sql[mark.end + 1 :]}"
    return sql


def _check_functions(tokens: Sequence[Token], tree: exp.Expr) -> None:
    """By the tokens, because the tree does not keep the name under which a function was called."""
    aliases = {alias.name.lower() for alias in tree.find_all(exp.TableAlias) if alias.args.get("columns")}
    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    known = functions.KNOWN.union(_SYNTAX.split(), aliases, ctes)
    for token, following in pairwise(tokens):
        name = token.text.lower()
        if (
            following.token_type == TokenType.L_PAREN
            and (name.replace("_", "a").isalnum() and not name[0].isdigit())
            and token.token_type not in (TokenType.STRING, TokenType.NUMBER)
            and name not in known
        ):
            raise QueryError(
                f"FUNCTION_NOT_FOUND: line {token.line}:{token.col - len(token.text) + 1}: Function '{name}' is not "
                "registered, or not known to the local Athena"
            )
