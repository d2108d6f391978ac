# SPDX-License-Identifier: Apache-2.0
"""Which conditions of a query hold for every row it wants of a table, so that other partitions need not be read.

Only what is certain: conditions joined by AND in the WHERE of a query over one table, carried through subqueries, views
and WITH queries that hand a column on as it is. Everything else reads all partitions, which is never wrong.
"""

from collections.abc import Iterable

from sqlglot import exp

from localcloud.athena.with_queries import with_query

type Filters = dict[int, list[exp.Expr]]

# With these in between, leaving out a row before is not the same as leaving it out after.
_BARRIERS = (
    "group",
    "having",
    "limit",
    "offset",
    "joins",
    "laterals",
    "qualify",
    "windows",
    "match",
    "pivots",
    "sample",
)
_NOT_ALONE = (exp.Query, exp.AggFunc, exp.Window, exp.Placeholder)


def collect(tree: exp.Query, wanted: list[exp.Expr]) -> Filters:
    """For each table (by id of its node) the conditions on its columns. `wanted`: conditions on the query's result."""
    filters: Filters = {}
    for select in tree.find_all(exp.Select):
        _push(select, wanted if select is tree else [], filters)
    return {node: list({e.sql(): e for e in found}.values()) for node, found in filters.items()}


def _push(select: exp.Select, wanted: list[exp.Expr], filters: Filters) -> None:
    source = select.args["from_"].this if select.args.get("from_") else None
    if source is None or source.args.get("joins") or source.args.get("sample"):
        return
    if select.args.get("joins") or select.args.get("laterals"):
        return
    alias = source.args.get("alias")
    if alias is not None and alias.columns:
        return
    through = [] if any(select.args.get(name) for name in _BARRIERS) or select.find(exp.Window) else wanted
    conditions = [_renamed(condition, select, source.alias_or_name) for condition in through]
    where = select.args.get("where")
    if where is not None:
        parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
        conditions += [_bare(part, source.alias_or_name) for part in parts]
    known = [condition for condition in conditions if condition is not None]
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select):
        _push(source.this, known, filters)
    elif isinstance(source, exp.Table):
        _hand_on(source, known, filters)


def _hand_on(source: exp.Table, conditions: list[exp.Expr], filters: Filters) -> None:
    cte = with_query(source)
    if cte is None:
        filters.setdefault(id(source), []).extend(conditions)
    elif isinstance(cte.this, exp.Select) and not cte.args["alias"].columns and _uses(cte) == 1:
        _push(cte.this, conditions, filters)


def _uses(cte: exp.CTE) -> int:
    whole = cte.root()
    return sum(with_query(table) is cte for table in whole.find_all(exp.Table))


def _bare(condition: exp.Expr, source: str) -> exp.Expr | None:
    """A condition with its columns unqualified, or None if it needs more than the columns of the source."""
    if isinstance(condition, _NOT_ALONE) or condition.find(*_NOT_ALONE):
        return None
    condition = condition.copy()
    for column in list(condition.find_all(exp.Column)):
        if column.table not in ("", source):
            return None
        column.set("table", None)
    return condition if condition.find(exp.Column) or isinstance(condition, exp.Column) else None


def _renamed(condition: exp.Expr, select: exp.Select, source: str) -> exp.Expr | None:
    """A condition on a query's result as a condition on the query's source."""
    condition = condition.copy()
    for column in list(condition.find_all(exp.Column)):
        origin = _origin(column.name, select.expressions, source)
        if origin is None:
            return None
        column.set("this", exp.to_identifier(origin))
    return condition


def _origin(name: str, projections: Iterable[exp.Expr], source: str) -> str | None:
    star = False
    for projection in projections:
        if projection.is_star:
            mark = projection.find(exp.Star)
            star = mark is not None and not any(mark.args.values())
        elif projection.output_name.lower() == name.lower():
            column = projection.unalias()
            return column.name if isinstance(column, exp.Column) and column.table in ("", source) else None
    return name if star else None
