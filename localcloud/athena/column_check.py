# SPDX-License-Identifier: Apache-2.0
"""Column names as Trino resolves them: an alias of the same SELECT is no column, though DuckDB would take it. Pure."""

import re
from collections.abc import Sequence

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify

from localcloud.athena.relations import PATH, LakeTable, LakeView
from localcloud.athena.trino.errors import QueryError

_UNRESOLVED = re.compile(r"Column '(.+?)' could not be resolved")


def check(tree: exp.Query, uses: Sequence[LakeTable | LakeView]) -> None:
    """Raise QueryError for a column that Trino would not find. What sqlglot cannot tell is left to DuckDB."""
    _require_columns_in_grouping_sets(tree)
    schema: dict[str, object] = {use.relation: dict.fromkeys(_columns(use), "varchar") for use in uses}
    try:
        qualify(tree.copy(), dialect="trino", schema=schema, expand_alias_refs=False, quote_identifiers=False)
    except OptimizeError as error:
        unresolved = _UNRESOLVED.search(str(error))
        if unresolved:
            raise QueryError(f"COLUMN_NOT_FOUND: Column '{unresolved[1]}' cannot be resolved") from error


def _require_columns_in_grouping_sets(tree: exp.Query) -> None:
    """Trino documentation, SELECT, "Complex grouping operations": "Only column names are allowed." """
    for sets in tree.find_all(exp.GroupingSets, exp.Cube, exp.Rollup):
        parts = (
            part for one in sets.expressions for part in (one.expressions if isinstance(one, exp.Tuple) else [one])
        )
        for part in parts:
            bare = part.unnest() if isinstance(part, exp.Paren) else part
            if not isinstance(bare, (exp.Column, exp.GroupingSets, exp.Cube, exp.Rollup)):
                raise QueryError(f"SYNTAX_ERROR: GROUP BY expression must be a column reference: {bare.sql('trino')}")


def _columns(use: LakeTable | LakeView) -> list[str]:
    if isinstance(use, LakeView):
        return [name for name, _ in use.columns]
    storage = use.table.get("StorageDescriptor") or {}
    declared = [*storage.get("Columns", []), *(use.table.get("PartitionKeys") or [])]
    return [*(column["Name"].lower() for column in declared), *([PATH] if use.reads_path else [])]
