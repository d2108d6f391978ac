# SPDX-License-Identifier: Apache-2.0
"""Trino's SQL in DuckDB: parse it, refuse what the local Athena does not know, translate what differs.

sqlglot translates syntax; meaning that differs goes to the macros of trino_functions. Known deviations, all on the safe
side: dividing a double by zero, writing a double as text and rounding a bigint up or down are errors here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.tokens import Token, TokenType

from localcloud import trino_functions

# Words that stand before a parenthesis and are no functions.
_SYNTAX = frozenset(
    [
        "all",
        "and",
        "any",
        "array",
        "as",
        "between",
        "by",
        "case",
        "char",
        "cross",
        "cube",
        "decimal",
        "distinct",
        "else",
        "except",
        "exists",
        "filter",
        "from",
        "grouping",
        "having",
        "in",
        "intersect",
        "interval",
        "join",
        "like",
        "not",
        "on",
        "or",
        "over",
        "rollup",
        "select",
        "sets",
        "some",
        "then",
        "timestamp",
        "union",
        "unnest",
        "using",
        "values",
        "varchar",
        "when",
        "where",
        "with",
    ]
)
_INTEGERS = {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT}
_DIRECT = {exp.DType.BOOLEAN, exp.DType.DATE, exp.DType.TIMESTAMPTZ, exp.DType.VARBINARY}
_REFUSED = (exp.AtTimeZone, exp.JSONExtract, exp.JSONExtractScalar, exp.Lambda, exp.Placeholder, exp.Parameter)
_NEVER_FAIL = (exp.Column, exp.Identifier, exp.Literal, exp.Replace, exp.Nullif, exp.Coalesce, exp.Lower, exp.Upper)


class QueryError(Exception):
    """A query that Athena, or the local Athena, does not run. The text begins with Trino's name of the error."""


def parse(sql: str, parameters: Sequence[str] = ()) -> exp.Query:
    """The tree of one query; each `?` is a parameter, written as an SQL literal. Raises QueryError."""
    try:
        sql = _with_parameters(sql, parameters)
        tokens = Trino().tokenize(sql)
        statements = sqlglot.parse(sql, read="trino")
    except sqlglot.errors.SqlglotError as error:
        raise QueryError(f"SYNTAX_ERROR: {_first_error(error)}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise QueryError("SYNTAX_ERROR: Only one sql statement is allowed, and it must be a query")
    _check_functions(tokens, statements[0])
    return statements[0]


def to_duckdb(tree: exp.Expr, now: datetime) -> str:
    """The DuckDB text of a tree, which stays as it is. `now` is the query's one current time. Raises QueryError."""
    tree = tree.copy()
    for node in reversed(list(tree.dfs())):  # children first
        if isinstance(node, _REFUSED):
            raise QueryError(f"NOT_SUPPORTED: the local Athena does not know {node.sql('trino')}")
        new = _translated(node, now)
        if new is not node:
            if node is tree:
                tree = new
            else:
                node.replace(new)
    return tree.sql("duckdb", identify=True, comments=False)


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
    marks = [token for token in Trino().tokenize(sql) if token.token_type == TokenType.PLACEHOLDER]
    if len(marks) != len(parameters):
        raise QueryError(
            f"INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected {len(marks)} but found {len(parameters)}"
        )
    for mark, parameter in reversed(list(zip(marks, parameters, strict=True))):
        value = sqlglot.parse_one(parameter, read="trino")
        if not all(
            isinstance(node, (exp.Literal, exp.Neg, exp.Boolean, exp.Null, exp.Cast, exp.DataType))
            for node in value.walk()
            if not isinstance(node, exp.DataTypeParam)
        ):
            raise QueryError(f"INVALID_PARAMETER_USAGE: a parameter must be a literal, not {parameter}")
        sql = f"{sql[: mark.start]}{value.sql('trino')}{sql[mark.end + 1 :]}"
    return sql


def _check_functions(tokens: Sequence[Token], tree: exp.Expr) -> None:
    """By the tokens, because the tree does not keep the name under which a function was called."""
    aliases = {alias.name.lower() for alias in tree.find_all(exp.TableAlias) if alias.args.get("columns")}
    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for token, following in zip(tokens, tokens[1:], strict=False):
        name = token.text.lower()
        if (
            following.token_type == TokenType.L_PAREN
            and (name.replace("_", "a").isalnum() and not name[0].isdigit())
            and token.token_type not in (TokenType.STRING, TokenType.NUMBER)
            and name not in trino_functions.KNOWN | _SYNTAX | aliases | ctes
        ):
            raise QueryError(
                f"FUNCTION_NOT_FOUND: line {token.line}:{token.col - len(token.text) + 1}: Function '{name}' is not "
                "registered, or not known to the local Athena"
            )


def _translated(node: exp.Expr, now: datetime) -> exp.Expr:
    translate = _TRANSLATIONS.get(type(node))
    if translate is not None:
        return translate(node)
    if isinstance(node, exp.CurrentTimestamp):
        return _typed(f"{now:%Y-%m-%d %H:%M:%S.%f}+00", "TIMESTAMPTZ")
    if isinstance(node, exp.CurrentDate):
        return _typed(f"{now:%Y-%m-%d}", "DATE")
    return node


def _typed(text: str, kind: str) -> exp.Expr:
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build(kind, dialect="duckdb"))


def _call(name: str, *arguments: exp.Expr | None) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[a.copy() for a in arguments if a is not None])


def _cast(node: exp.Expr) -> exp.Expr:
    attempt = "try_" if isinstance(node, exp.TryCast) else ""
    value, to = node.this, node.args["to"]
    kind, sizes = to.this, [int(size.name) for size in to.expressions]
    if kind in _INTEGERS:
        whole = _call(f"trino_{attempt}bigint", value)
        return type(node)(this=whole, to=to.copy())
    if kind in (exp.DType.DOUBLE, exp.DType.FLOAT):
        return type(node)(this=_call(f"trino_{attempt}double", value), to=to.copy())
    if kind == exp.DType.DECIMAL:
        precision, scale = [*sizes, 38, 0][:2] if not sizes else [*sizes, 0][:2]
        target = exp.DataType.build(f"DECIMAL({precision}, {scale})", dialect="duckdb")
        return type(node)(this=_call(f"trino_{attempt}decimal_text", value), to=target)
    if kind in (exp.DType.VARCHAR, exp.DType.TEXT):
        text = _call("trino_varchar", value)
        return _call("left", text, exp.Literal.number(sizes[0])) if sizes else text
    if kind == exp.DType.TIMESTAMP:
        moment = type(node)(this=value.copy(), to=exp.DataType.build("TIMESTAMP", dialect="duckdb"))
        return moment if sizes and sizes[0] > 3 else _call("trino_milliseconds", moment)
    if kind in _DIRECT:
        return node
    raise QueryError(f"NOT_SUPPORTED: the local Athena does not cast to {to.sql('trino')}")


def _try(node: exp.Expr) -> exp.Expr:
    """TRY is slow on rows that fail, so its usual one has a function of its own, if nothing else in it can fail."""
    inner = node.this
    if isinstance(inner, exp.Anonymous) and inner.name == "trino_url_decode":
        (text,) = inner.expressions
        if all(isinstance(part, _NEVER_FAIL) for part in text.walk()):
            return _call("trino_try_url_decode", text)
    return node


def _bracket(node: exp.Expr) -> exp.Expr:
    (index,) = node.expressions
    if node.args.get("safe"):
        return _call("trino_element_at", node.this, index)
    return _call("trino_subscript", node.this, exp.Add(this=exp.paren(index.copy()), expression=exp.Literal.number(1)))


def _array_sort(node: exp.Expr) -> exp.Expr:
    if node.args.get("expression"):
        raise QueryError("NOT_SUPPORTED: the local Athena does not know array_sort with a comparator")
    return _call("list_sort", node.this, exp.Literal.string("ASC"), exp.Literal.string("NULLS LAST"))


def _date_format(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.args["format"], exp.Literal):
        raise QueryError("NOT_SUPPORTED: the local Athena knows date_format with a literal format only")
    return node


def _anonymous(node: exp.Expr) -> exp.Expr:
    return _call("trino_url_decode", *node.expressions) if node.name.lower() == "url_decode" else node


_TRANSLATIONS: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Anonymous: _anonymous,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Try: _try,
    exp.Bracket: _bracket,
    exp.ArraySort: _array_sort,
    exp.TimeToStr: _date_format,
    exp.RegexpExtract: lambda n: _call(
        "trino_regexp_extract", n.this, n.expression, n.args.get("group") or exp.Literal.number(0)
    ),
    exp.UnixToTime: lambda n: _call("trino_from_unixtime", n.this),
    exp.TimeToUnix: lambda n: _call("trino_to_unixtime", n.this),
    exp.Substring: lambda n: _call(
        "trino_substr_n" if n.args.get("length") else "trino_substr", n.this, n.args["start"], n.args.get("length")
    ),
    exp.SplitPart: lambda n: _call("trino_split_part", n.this, n.args["delimiter"], n.args["part_index"]),
    exp.Ceil: lambda n: _call("trino_ceil", n.this),
    exp.Floor: lambda n: _call("trino_floor", n.this),
    exp.ApproxDistinct: lambda n: exp.Count(this=exp.Distinct(expressions=[n.this.copy()])),
    # Whole units that have passed; DuckDB's date_diff counts the boundaries between.
    exp.DateDiff: lambda n: _call("date_sub", exp.Literal.string(n.args["unit"].name.lower()), n.expression, n.this),
}
