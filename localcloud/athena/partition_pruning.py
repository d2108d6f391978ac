# SPDX-License-Identifier: Apache-2.0
"""Which conditions of a query hold for every row it wants of a table, so that other partitions need not be read.

Only what is certain: conditions joined by AND in the WHERE of a query over one table, carried through subqueries,
views, WITH queries and both sides of UNION, INTERSECT and EXCEPT that hand on a column as it is, or a part of its text;
with joins, to the table before an inner or a left one, if the column is qualified.
Everything else reads all partitions, which is never wrong.
"""

from collections.abc import Iterable

from sqlglot import exp

from localcloud.athena.parsed_query import Filters, ParsedQuery

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
_SET_BARRIERS = ("limit", "offset", "by_name")
_MOST_KEPT = 256
_NOT_ALONE = (exp.Query, exp.AggFunc, exp.Window, exp.Placeholder)


def collect(query: ParsedQuery, wanted: list[exp.Expr]) -> Filters:
    """For each table (by id of its node) the conditions on its columns. `wanted`: conditions on the query's result."""
    found: Filters = {}
    for one in (None, *wanted):  # what becomes of one has nothing to do with the others
        filters = query.filters.get(one)
        if filters is None:
            if len(query.filters) >= _MOST_KEPT:
                query.filters.clear()
            filters = query.filters[one] = _collect(query, [] if one is None else [one])
        for node, conditions in filters.items():
            found.setdefault(node, []).extend(conditions)
    return {node: list(dict.fromkeys(conditions)) for node, conditions in found.items()}


def _collect(query: ParsedQuery, wanted: list[exp.Expr]) -> Filters:
    pushing = _Pushing(query)
    pushing.into(query.tree, wanted)
    for select in query.selects:
        if id(select) not in pushing.reached:  # its own conditions are not known yet
            pushing.into_select(select, [])
    return pushing.filters


class _Pushing:
    """Conditions on their way down one query's tree."""

    def __init__(self, query: ParsedQuery) -> None:
        self.filters: Filters = {}
        self.reached: set[int] = set()
        self._query = query

    def into(self, query: exp.Expr, wanted: list[exp.Expr]) -> None:
        """Conditions on the result of any query; of another expression that stands for rows, they are left out."""
        if isinstance(query, exp.Select):
            self.into_select(query, wanted)
        elif isinstance(query, exp.Subquery) and not any(query.args.get(name) for name in _BARRIERS):
            self.into(query.this, wanted)
        elif isinstance(query, exp.SetOperation) and not any(query.args.get(name) for name in _SET_BARRIERS):
            through = [condition for condition in wanted if not _depends_on_type(condition)]
            self.into(query.left, through)
            right = (_at_same_places(condition, query, self._query) for condition in through)
            self.into(query.right, [condition for condition in right if condition is not None])

    def into_select(self, select: exp.Select, wanted: list[exp.Expr]) -> None:
        """Its own conditions, and those on its result."""
        self.reached.add(id(select))
        source = select.args["from_"].this if select.args.get("from_") else None
        if source is None or source.args.get("joins") or source.args.get("sample"):
            return
        joins = select.args.get("joins") or []
        if select.args.get("laterals") or not all(_keeps_left(join) for join in joins):
            return
        alias = source.args.get("alias")
        if alias is not None and alias.columns:
            return
        barriers = [name for name in _BARRIERS if name != "joins" and select.args.get(name)]
        through = [] if barriers or self._query.has_window(select) else wanted
        names = (source.alias_or_name,) if joins else ("", source.alias_or_name)  # of columns that are the source's
        conditions = [_renamed(condition, select, names) for condition in through]
        where = select.args.get("where")
        if where is not None:
            parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
            conditions += [_bare(part, names) for part in parts]
        known = [condition for condition in conditions if condition is not None]
        if isinstance(source, exp.Table):
            self._hand_on(source, known)
        else:
            self.into(source, known)

    def _hand_on(self, source: exp.Table, conditions: list[exp.Expr]) -> None:
        cte = self._query.with_query(source)
        if cte is None:
            self.filters.setdefault(id(source), []).extend(conditions)
        elif conditions and not cte.args["alias"].columns and self._query.uses(cte) == 1:
            self.into(cte.this, conditions)  # its own conditions are found there


def _keeps_left(join: exp.Expr) -> bool:
    """Whether a join makes rows of those on its left only, so that a condition on them may come before it."""
    return join.args.get("side") in (None, "", "LEFT") and not join.args.get("using") and not join.args.get("method")


def _bare(condition: exp.Expr, names: tuple[str, ...]) -> exp.Expr | None:
    """A condition with its columns unqualified, or None if one of them is not the source's, behind one of `names`."""
    if isinstance(condition, _NOT_ALONE) or condition.find(*_NOT_ALONE):
        return None
    condition = condition.copy()
    for column in list(condition.find_all(exp.Column)):
        if column.table not in names:
            return None
        column.set("table", None)
    return condition if condition.find(exp.Column) or isinstance(condition, exp.Column) else None


def _renamed(condition: exp.Expr, select: exp.Select, names: tuple[str, ...]) -> exp.Expr | None:
    """A condition on a query's result as a condition on the query's source."""
    origins: dict[str, exp.Expr] = {}
    for column in condition.find_all(exp.Column):
        origin = _origin(column.name, select.expressions, names)
        if origin is None:
            return None
        origins[column.name] = origin
    if all(isinstance(origin, exp.Column) and origin.name == name for name, origin in origins.items()):
        return condition  # as most are, and a copy takes longer than all else here
    return condition.transform(lambda node: origins[node.name].copy() if isinstance(node, exp.Column) else node)


def _origin(name: str, projections: Iterable[exp.Expr], names: tuple[str, ...]) -> exp.Expr | None:
    """What a column of a query's result is of the query's source: a column of it, a part of its text, true or false."""
    star = False
    for projection in projections:
        if projection.is_star:
            mark = projection.find(exp.Star)
            star = mark is not None and not any(mark.args.values())
        elif projection.output_name.lower() == name.lower():
            value = projection.unalias()
            if isinstance(value, exp.Substring) and all(isinstance(part, exp.Literal) for part in _bounds(value)):
                return _bare(value, names)
            if isinstance(value, exp.Boolean):  # of one side of a UNION it may be what tells it from the other
                return value.copy()
            return _bare(value, names) if isinstance(value, exp.Column) else None
    return exp.column(name) if star and "" in names else None


def _bounds(substring: exp.Substring) -> list[exp.Expr]:
    """Where a part of a text begins, and how long it is."""
    return [substring.args[name] for name in ("start", "length") if substring.args.get(name)]


def _depends_on_type(condition: exp.Expr) -> bool:
    """Whether it may differ between a value and the same value in the type that a set operation gives both sides."""
    return any(
        part.find(exp.Column)
        for part in condition.find_all(exp.Cast, exp.Anonymous)
        if isinstance(part, exp.Cast) or part.name.lower() == "format"
    )


def _at_same_places(condition: exp.Expr, operation: exp.SetOperation, query: ParsedQuery) -> exp.Expr | None:
    """A condition on the columns of the left side, which name the result, as one on the columns of the right side."""
    left, right = _columns(operation.left, query), _columns(operation.right, query)
    if left is None or right is None:
        return None
    condition = condition.copy()
    for column in list(condition.find_all(exp.Column)):
        name = column.name.lower()
        if left.count(name) != 1 or left.index(name) >= len(right):
            return None
        other = right[left.index(name)]
        if not other or right.count(other) != 1:
            return None
        column.set("this", exp.to_identifier(other))
    return condition


def _columns(rows: exp.Expr, query: ParsedQuery) -> list[str] | None:
    """The names of the columns of a part of the query, "" for one without; None if only the catalog knows them."""
    if isinstance(rows, exp.SetOperation):
        return _columns(rows.left, query)
    if isinstance(rows, exp.Subquery):
        return _columns(rows.this, query)
    if not isinstance(rows, exp.Select):
        return None
    names: list[str] = []
    for projection in rows.expressions:
        of_source = _columns_of_source(rows, query) if projection.is_star else [projection.output_name.lower()]
        if of_source is None:
            return None
        names += of_source
    return names


def _columns_of_source(select: exp.Select, query: ParsedQuery) -> list[str] | None:
    """What a star stands for in a query over one subquery or WITH query."""
    source = select.args["from_"].this if select.args.get("from_") else None
    if source is None or source.args.get("joins") or select.args.get("joins") or select.args.get("laterals"):
        return None
    if source.args.get("alias") and source.args["alias"].columns:
        return None
    if isinstance(source, exp.Table):
        cte = query.with_query(source)
        return None if cte is None or cte.args["alias"].columns else _columns(cte.this, query)
    return _columns(source, query)
