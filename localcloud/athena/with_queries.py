# SPDX-License-Identifier: Apache-2.0
"""WITH queries (common table expressions) and where their names are visible. Pure."""

from sqlglot import exp


def with_query(table: exp.Table) -> exp.CTE | None:
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
