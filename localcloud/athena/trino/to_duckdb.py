# SPDX-License-Identifier: Apache-2.0
"""Trino's SQL as DuckDB's: what sqlglot does not translate, because it differs in meaning and not in syntax.

Known deviations, all on the safe side: dividing a double by zero, dividing and averaging decimals and writing a double
as text are errors here, and so are maps, rows and JSON values, and for moments in another time zone than UTC whatever
`time` has no form for. Of a CASE or UNION over several zones, equal moments are not equal.
"""

import re
from collections.abc import Callable
from datetime import datetime

from sqlglot import exp

from localcloud.athena.trino.errors import not_supported
from localcloud.athena.trino.functions import OVERLOADED, aggregate, translated
from localcloud.athena.trino.rewritten_calls import at_zone, function, with_zone

_INTEGERS = {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT}
_DIRECT = {exp.DType.BOOLEAN, exp.DType.TIMESTAMPTZ, exp.DType.VARBINARY}
_REFUSED = (exp.JSONExtract, exp.Placeholder, exp.Parameter, exp.Map, exp.Struct)
_NEVER_FAIL = (exp.Column, exp.Identifier, exp.Literal, exp.Nullif, exp.Coalesce, exp.Lower, exp.Upper)
_PARTS = {
    "YEAR": "year", "QUARTER": "quarter", "MONTH": "month", "WEEK": "week", "DAY": "day", "DAY_OF_MONTH": "day",
    "DAY_OF_WEEK": "isodow", "DOW": "isodow", "DAY_OF_YEAR": "dayofyear", "DOY": "dayofyear", "HOUR": "hour",
    "MINUTE": "minute", "SECOND": "second",
}  # fmt: skip
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_OPERATORS = (exp.Add, exp.Sub, *_COMPARISONS)
_BYTES = frozenset(
    f"trino_{name}" for name in ("from_base64", "from_hex", "md5", "sha256", "to_big_endian_64", "to_utf8")
)
_IN_ZONE = re.compile(r"(.*\d) ([A-Za-z].*)")  # a time with the name of a time zone
_INTERVALS = frozenset(("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"))


def to_duckdb(tree: exp.Expr, now: datetime) -> str:
    """The DuckDB text of a tree, which stays as it is. `now` is the query's one current time. Raises QueryError."""
    return duckdb_text(translated_tree(tree.copy(), now))


def duckdb_text(tree: exp.Expr) -> str:
    """The text of a tree that was translated. The tree is not to be used any more."""
    return tree.sql("duckdb", identify=True, comments=False, copy=False)


def translated_tree(tree: exp.Expr, now: datetime) -> exp.Expr:
    """The tree for DuckDB, made of Trino's, which is not to be used any more. Raises QueryError."""
    aggregates, queries = _over_aggregates(tree), _over_queries(tree)
    for node in reversed(list(tree.dfs())):  # children first
        if isinstance(node, _REFUSED):
            raise not_supported(node.sql("trino"))
        new = node if type(node) in _COMPARISONS and id(node) in queries else _translated(node, now)
        if id(node) in aggregates and new.name in OVERLOADED:
            if not isinstance(node, _OPERATORS):
                name = new.name.removeprefix("trino_").lstrip("_")
                raise not_supported(f"{name} of an aggregate: compute the aggregate in a subquery")
            new = node  # as DuckDB has it, which differs only where Trino would refuse the types
        if new is not node:
            if node is tree:
                tree = new
            else:
                node.replace(new)
    return tree


def _over_aggregates(tree: exp.Expr) -> set[int]:
    """The identities of expressions with an aggregate or a window function in them, within one SELECT."""
    found: set[int] = set()
    for call in tree.find_all(exp.AggFunc, exp.Window):
        node = call.parent
        while node is not None and not isinstance(node, exp.Query):
            found.add(id(node))
            node = node.parent
    return found


def _over_queries(tree: exp.Expr) -> set[int]:
    """The identities of expressions with a query in them."""
    found: set[int] = set()
    for query in tree.find_all(exp.Query):
        node = query.parent
        while node is not None and id(node) not in found:
            found.add(id(node))
            node = node.parent
    return found


def _translated(node: exp.Expr, now: datetime) -> exp.Expr:
    translate = _TRANSLATIONS.get(type(node))
    if translate is not None:
        return translate(node)
    if isinstance(node, (exp.CurrentTimestamp, exp.Localtimestamp)):
        if node.this:
            raise not_supported(node.sql("trino"))
        zoned = isinstance(node, exp.CurrentTimestamp)
        return _typed(f"{now:%Y-%m-%d %H:%M:%S.%f}{'+00' * zoned}", "TIMESTAMPTZ" if zoned else "TIMESTAMP")
    if isinstance(node, exp.CurrentDate):
        return _typed(f"{now:%Y-%m-%d}", "DATE")
    return node


def _typed(text: str, kind: str) -> exp.Expr:
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build(kind, dialect="duckdb"))


def _only(node: exp.Expr, *names: str) -> None:
    """Refuse a call with arguments that its translation would leave out."""
    if any(value and name not in names for name, value in node.args.items()):
        raise not_supported(f"all arguments of {node.sql('trino')}")


def _cast(node: exp.Expr) -> exp.Expr:
    attempt = "try_" if isinstance(node, exp.TryCast) else ""
    value, to = node.this, node.args["to"]
    kind, sizes = to.this, [int(size.name) for size in to.expressions if size.name.isdigit()]
    if kind in _INTEGERS:
        whole = function(f"trino__{attempt}bigint", value)
        return type(node)(this=whole, to=to.copy())
    if kind in (exp.DType.DOUBLE, exp.DType.FLOAT):
        return type(node)(this=function(f"trino__{attempt}double", value), to=to.copy())
    if kind == exp.DType.DECIMAL:
        precision, scale = [*sizes, 38, 0][:2] if not sizes else [*sizes, 0][:2]
        target = exp.DataType.build(f"DECIMAL({precision}, {scale})", dialect="duckdb")
        return type(node)(this=function(f"trino__{attempt}decimal_text", value), to=target)
    if kind in (exp.DType.VARCHAR, exp.DType.TEXT):
        text = function("trino__varchar", value)
        return function("left", text, exp.Literal.number(sizes[0])) if sizes else text
    if kind == exp.DType.TIMESTAMP:
        moment = type(node)(this=_local(value), to=exp.DataType.build("TIMESTAMP", dialect="duckdb"))
        return moment if sizes and sizes[0] > 3 else function("trino__milliseconds", moment)
    if kind == exp.DType.DATE:
        return type(node)(this=_local(value), to=to.copy())
    if kind == exp.DType.TIMESTAMPTZ and isinstance(value, exp.Literal):
        named = _IN_ZONE.fullmatch(str(value.this))
        if named:
            time = exp.Cast(this=exp.Literal.string(named[1]), to=exp.DataType.build("TIMESTAMP", dialect="duckdb"))
            return with_zone(time, exp.Literal.string(named[2]))
    if kind in _DIRECT:
        return node
    raise not_supported(f"casts to {to.sql('trino')}")


def _local(value: exp.Expr) -> exp.Expr:
    """What the clock shows of a moment in a zone. Of an aggregate the type is not known, so it can only be in UTC."""
    if isinstance(value, exp.Literal) or value.find(exp.AggFunc, exp.Window):
        return value.copy()
    if isinstance(value, exp.Anonymous) and value.name == "trino__at_utc":
        return function("trino__local_of_utc", *value.expressions)
    return function("trino__local", value)


def _try(node: exp.Expr) -> exp.Expr:
    """TRY is slow on rows that fail, so its usual one has a function of its own, if nothing else in it can fail."""
    inner = node.this
    if isinstance(inner, exp.Anonymous) and inner.name == "trino_url_decode":
        (text,) = inner.expressions
        if all(isinstance(part, _NEVER_FAIL) or part.name in ("replace", "trino_replace") for part in text.walk()):
            return function("trino__try_url_decode", text)
    return node


def _chr(node: exp.Expr) -> exp.Expr:
    """DuckDB's takes no BIGINT, which Trino's does."""
    (point,) = node.expressions
    return exp.Chr(expressions=[exp.cast(point.copy(), exp.DType.INT)])


def _bracket(node: exp.Expr) -> exp.Expr:
    (index,) = node.expressions
    if node.args.get("safe"):
        return function("trino_element_at", node.this, index)
    from_one = exp.Add(this=exp.paren(index.copy()), expression=exp.Literal.number(1))
    return function("trino__subscript", node.this, from_one)


def _avg(node: exp.Expr) -> exp.Expr:
    if isinstance(node.this, exp.Distinct):
        raise not_supported("avg(DISTINCT ...)")
    return exp.Avg(this=function("trino__averaged", node.this))


def _regexp_extract(node: exp.Expr) -> exp.Expr:
    name = "trino_regexp_extract" if isinstance(node.this, exp.Column) else "trino__regexp_extract_once"
    return function(name, node.this, node.expression, node.args.get("group") or exp.Literal.number(0))


def _array_sort(node: exp.Expr) -> exp.Expr:
    if node.args.get("expression"):
        raise not_supported("array_sort with a comparator")
    return function("list_sort", node.this, exp.Literal.string("ASC"), exp.Literal.string("NULLS LAST"))


def _percentile(node: exp.Expr) -> exp.Expr:
    _only(node, "this", "quantile")
    return function("quantile_disc", node.this, node.args["quantile"])


def _unix_to_time(node: exp.Expr) -> exp.Expr:
    _only(node, "this")
    return function("trino_from_unixtime", node.this)


def _beside(name: str) -> Callable[[exp.Expr], exp.Expr]:
    """max_by and min_by. DuckDB's arg_max leaves out rows without a value."""

    def translate(node: exp.Expr) -> exp.Expr:
        _only(node, "this", "expression")
        return function(name, node.this, node.expression)

    return translate


def _trim(node: exp.Expr) -> exp.Expr:
    names = {"LEADING": "ltrim", "TRAILING": "rtrim"}
    return node if node.expression else function(f"trino_{names.get(node.text('position'), 'trim')}", node.this)


def _extract(node: exp.Expr) -> exp.Expr:
    part = _PARTS.get(node.name.upper())
    if part is None:
        raise not_supported(node.sql("trino"))
    return function(part, node.expression)


def _interval(node: exp.Expr) -> exp.Expr:
    if node.text("unit").upper() not in _INTERVALS:
        raise not_supported(node.sql("trino"))
    return node


def _comparison(node: exp.Expr) -> exp.Expr:
    sides = node.this, node.expression
    if any(isinstance(side, (exp.Any, exp.All, exp.Tuple)) for side in sides):
        return node
    return function(f"trino__{type(node).__name__.lower()}", *sides)


def _unnest(node: exp.Expr) -> exp.Expr:
    if len(node.expressions) != 1:
        raise not_supported("UNNEST of more than one array")
    return node


def _substring(node: exp.Expr) -> exp.Expr:
    """Of text, or of bytes if the argument is a call that makes them: a column of bytes is taken for text."""
    whole, part = (
        ("trino__bytes", "trino__bytes_n") if node.this.name in _BYTES else ("trino_substr", "trino__substr_n")
    )
    return function(part if node.args.get("length") else whole, node.this, node.args["start"], node.args.get("length"))


_TRANSLATIONS: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Add: lambda n: function("trino__plus", n.this, n.expression),
    exp.Anonymous: lambda n: translated(n) if isinstance(n, exp.Anonymous) else n,
    exp.AnonymousAggFunc: lambda n: aggregate(n) if isinstance(n, exp.AnonymousAggFunc) else n,
    exp.ApproxDistinct: lambda n: exp.Count(this=exp.Distinct(expressions=[n.this.copy()])),
    exp.ApproxQuantile: _percentile,
    exp.ArgMax: _beside("arg_max_null"),
    exp.ArgMin: _beside("arg_min_null"),
    exp.ArraySort: _array_sort,
    exp.AtTimeZone: lambda n: at_zone(n.this, n.args["zone"]),
    exp.Avg: _avg,
    exp.Bracket: _bracket,
    exp.Chr: _chr,
    exp.Cast: _cast,
    exp.Ceil: lambda n: function("trino_ceil", n.this),
    # DuckDB's count_if of no rows is NULL, Trino's is 0.
    exp.CountIf: lambda n: exp.Count(this=exp.Case().when(n.this.copy(), exp.Literal.number(1))),
    exp.Div: lambda n: function("trino__divide", n.this, n.expression),
    exp.EQ: _comparison,
    exp.Extract: _extract,
    exp.Floor: lambda n: function("trino_floor", n.this),
    exp.GT: _comparison,
    exp.GTE: _comparison,
    exp.Interval: _interval,
    exp.LT: _comparison,
    exp.LTE: _comparison,
    exp.NEQ: _comparison,
    exp.RegexpExtract: _regexp_extract,
    exp.SplitPart: lambda n: function("trino_split_part", n.this, n.args["delimiter"], n.args["part_index"]),
    exp.Sub: lambda n: function("trino__minus", n.this, n.expression),
    exp.Substring: _substring,
    exp.TimeToUnix: lambda n: function("trino_to_unixtime", n.this),
    exp.Trim: _trim,
    exp.Try: _try,
    exp.TryCast: _cast,
    exp.UnixToTime: _unix_to_time,
    exp.Unnest: _unnest,
}
