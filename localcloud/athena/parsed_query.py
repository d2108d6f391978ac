# SPDX-License-Identifier: Apache-2.0
"""The tree of a query and what is found in it, looked for once, because views are large. Nobody changes the tree."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from localcloud.athena.trino import parser

type Filters = dict[int, list[exp.Expr]]
"""By the identity of a table's node, the conditions that hold for all rows that are wanted of it."""


@dataclass(frozen=True)
class Side:
    """One of the queries that a UNION ALL is of, by places in `ParsedQuery.references`.

    `source`: where all its rows come from, so that it has none if that has none; None if they may come from elsewhere.
    `references`: all that it names.
    """

    source: int | None
    references: list[int]


class ParsedQuery:
    """`tree` as Trino's text has it. `filters`: by a condition on its result those on its tables; by None, its own.

    A view is asked with the same conditions by many questions.
    """

    def __init__(self, tree: exp.Query) -> None:
        self.tree = tree
        self.filters: dict[exp.Expr | None, Filters] = {}

    @cached_property
    def references(self) -> list[exp.Table]:
        """The nodes that name a table or a view of the catalog."""
        return [table for table in self._tables if id(table) not in self._with_queries]

    @cached_property
    def selects(self) -> list[exp.Select]:
        """All SELECTs, the outer before the inner."""
        return list(self.tree.find_all(exp.Select))

    def with_query(self, table: exp.Table) -> exp.CTE | None:
        """The WITH query that a node of the tree names, None for one of the `references`."""
        return self._with_queries.get(id(table))

    def uses(self, cte: exp.CTE) -> int:
        """How often a WITH query of the tree is named."""
        return self._uses[id(cte)]

    def has_window(self, select: exp.Select) -> bool:
        """Whether a window function is in the query itself; one in a query inside it leaves its rows alone."""
        return id(select) in self._with_window

    @cached_property
    def makes_rows(self) -> bool:
        """Whether there may be rows though nothing that is named has any: of an aggregate, VALUES, or UNNEST."""
        if self.tree.find(exp.AggFunc, exp.Values):
            return True
        sources = (select.args.get("from_") for select in self.selects)
        return any(source is None or not isinstance(source.this, (exp.Table, exp.Subquery)) for source in sources)

    @cached_property
    def asks_for_the_time(self) -> bool:
        """Whether its rows depend on when it is asked."""
        return self.tree.find(exp.CurrentTimestamp, exp.Localtimestamp, exp.CurrentDate) is not None

    @cached_property
    def sides(self) -> list[Side]:
        """The sides of a UNION ALL, in order; of any other query, the query."""
        places = {id(table): place for place, table in enumerate(self.references)}
        found = []
        for side in sides_of(self.tree):
            references = [places[id(table)] for table in side.find_all(exp.Table) if id(table) in places]
            found.append(Side(places.get(id(_only_source(side))), references))
        return found

    def renamed(self, relations: Sequence[str]) -> exp.Query:
        """A copy in which each of the `references` names the relation at its place, and each column has a name."""
        tree = self.tree.copy()
        of_catalog = [id(table) not in self._with_queries for table in self._tables]
        copies = [table for table, wanted in zip(_tables(tree), of_catalog, strict=True) if wanted]
        for reference, relation in zip(copies, relations, strict=True):
            new: exp.Expr = exp.to_table(relation)
            columns = reference.args["alias"].columns if reference.args.get("alias") else []
            alias = exp.to_identifier(reference.alias_or_name)
            new.set("alias", exp.TableAlias(this=alias, columns=[column.copy() for column in columns]))
            for name in ("joins", "sample", "laterals"):
                new.set(name, reference.args.get(name))
            reference.replace(new)
        parser.name_columns(tree)
        return tree

    @cached_property
    def _tables(self) -> list[exp.Table]:
        return _tables(self.tree)

    @cached_property
    def _with_queries(self) -> dict[int, exp.CTE]:
        found = ((id(table), _with_query(table)) for table in self._tables)
        return {table: cte for table, cte in found if cte is not None}

    @cached_property
    def _uses(self) -> Counter[int]:
        return Counter(id(cte) for cte in self._with_queries.values())

    @cached_property
    def _with_window(self) -> set[int]:
        return {id(window.parent_select) for window in self.tree.find_all(exp.Window)}


def sides_of(tree: exp.Expr) -> list[exp.Expr]:
    """The trees of the sides of a UNION ALL, in order; of any other query, the query."""
    bare = not any(value for name, value in tree.args.items() if name not in ("this", "expression", "distinct"))
    if isinstance(tree, exp.Union) and not tree.args.get("distinct") and bare:
        return [*sides_of(tree.left), *sides_of(tree.right)]
    return [tree]


def _only_source(side: exp.Expr) -> exp.Expr | None:
    """The table of a query over nothing else that makes no row of none."""
    source = side.args.get("from_") if isinstance(side, exp.Select) else None
    others = any(side.args.get(name) for name in ("with_", "joins", "laterals", "group", "having"))
    if source is None or others or any(one.find(exp.AggFunc) for one in side.expressions):
        return None
    return source.this if not any(source.this.args.get(name) for name in ("joins", "laterals")) else None


def _tables(tree: exp.Query) -> list[exp.Table]:
    found: Iterable[exp.Table] = tree.find_all(exp.Table)
    return list(found)


def _with_query(table: exp.Table) -> exp.CTE | None:
    """The WITH query that a name means where it stands, or None if it means a table of the catalog.

    Visible are the WITH queries of all queries around it; inside a WITH query, of its own list the earlier ones only.
    """
    if table.args.get("db"):
        return None
    inside: exp.CTE | None = None
    node: exp.Expr = table
    while node.parent is not None:
        if isinstance(node, exp.CTE):
            inside = node
        node = node.parent
        clause = node.args.get("with_")
        if clause is None:
            continue
        for cte in clause.expressions:
            if cte is inside:
                break
            if isinstance(cte, exp.CTE) and cte.alias.lower() == table.name.lower():
                return cte
        inside = None
    return None
