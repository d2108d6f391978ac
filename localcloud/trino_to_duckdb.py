# SPDX-License-Identifier: Apache-2.0
"""Trino's SQL as DuckDB's: what sqlglot does not translate, because it differs in meaning and not in syntax.

Known deviations, all on the safe side: dividing a double by zero, dividing and averaging decimals, writing a double as
text and rounding a bigint up or down are errors here.
"""

from collections.abc import Callable
from datetime import datetime

from sqlglot import exp

from localcloud.trino import QueryError

_INTEGERS = {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT}
_DIRECT = {exp.DType.BOOLEAN, exp.DType.DATE, exp.DType.TIMESTAMPTZ, exp.DType.VARBINARY}
_REFUSED = (exp.AtTimeZone, exp.JSONExtract, exp.JSONExtractScalar, exp.Lambda, exp.Placeholder, exp.Parameter)
_NEVER_FAIL = (exp.Column, exp.Identifier, exp.Literal, exp.Replace, exp.Nullif, exp.Coalesce, exp.Lower, exp.Upper)


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


def _avg(node: exp.Expr) -> exp.Expr:
    if isinstance(node.this, exp.Distinct):
        raise QueryError("NOT_SUPPORTED: the local Athena does not know avg(DISTINCT ...)")
    return exp.Avg(this=_call("trino_averaged", node.this))


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
    exp.Avg: _avg,
    exp.Bracket: _bracket,
    exp.Div: lambda n: _call("trino_divide", n.this, n.expression),
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
