# SPDX-License-Identifier: Apache-2.0
"""What an expression without columns is, found out once: DuckDB takes milliseconds to bind a few nested macros.

A question's period is such an expression, several times in each of its conditions.
"""

from collections.abc import Callable

from sqlglot import exp

from localcloud.athena.trino.to_duckdb import duckdb_text

_PARTS = (
    exp.Anonymous, exp.Boolean, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Literal, exp.Neg, exp.Null,
    exp.Paren, exp.Var,
)  # fmt: skip
_TYPES = {
    "BIGINT": "BIGINT", "DATE": "DATE", "INTEGER": "INT", "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "VARCHAR": "VARCHAR",
}  # fmt: skip

type Evaluate = Callable[[str], tuple[str, str | None] | None]
"""The type of an expression of DuckDB and its value as text, None for NULL; nothing if it fails."""


def folded(tree: exp.Expr, evaluate: Evaluate) -> exp.Expr:
    """A tree of DuckDB's in which calls of Trino's functions on nothing but constants are what they give.

    One that fails stays, because nothing may need it.
    """
    constant: dict[int, bool] = {}
    for node in reversed(list(tree.walk(bfs=False))):  # children first
        constant[id(node)] = (
            isinstance(node, _PARTS)
            and all(constant[id(child)] for child in node.iter_expressions())
            and (not isinstance(node, exp.Anonymous) or node.name.startswith("trino_"))
        )
    for node in list(tree.walk(bfs=False, prune=lambda one: _is_call(one) and constant[id(one)])):
        if _is_call(node) and constant[id(node)]:
            found = evaluate(duckdb_text(node.copy()))
            value = found and _literal(*found)
            if value is not None:
                node.replace(value)
    return tree


def _is_call(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.parent is not None


def _literal(kind: str, text: str | None) -> exp.Expr | None:
    if kind not in _TYPES or text is None:
        return None
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType(this=exp.DType[_TYPES[kind]]))
