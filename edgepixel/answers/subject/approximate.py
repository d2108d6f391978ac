# SPDX-License-Identifier: Apache-2.0
"""Answers with estimated instead of counted visitors, for periods over which an exact count takes too long. Pure.

Trino's approx_distinct keeps a few kilobytes for each group, whatever number of visitors it has, and "should produce a
standard error of 2.3%" (Trino documentation, "Aggregate functions", approx_distinct).
"""

import re
from dataclasses import replace

from edgepixel.console.table import Table
from edgepixel.errors import NoSuchConditionError

_DISTINCT = re.compile(r"\bcount\(DISTINCT (\w+)\)", re.IGNORECASE)
ESTIMATED = frozenset({"visitors", "visitors_percent"})
"""The columns of answers that are made of such counts."""
SIGN = "≈"
REMARK = f"Visitors are estimated ({SIGN}), with a standard error of 2.3 percent."


def can_be_estimated(sql: str) -> bool:
    """Whether the SQL of an answer counts something distinct."""
    return _DISTINCT.search(sql) is not None


def estimating(name: str, sql: str) -> str:
    """The SQL of an answer with estimates for its distinct counts. Raises NoSuchConditionError if it has none."""
    found, number = _DISTINCT.subn(r"approx_distinct(\1)", sql)
    if not number:
        raise NoSuchConditionError(
            f"the answer {name!r} has nothing to estimate (no `count(DISTINCT ...)` in its SQL)", "approximate"
        )
    return found


def marked(table: Table) -> Table:
    """The table for people: the names of estimated columns are marked."""
    return replace(
        table, columns=tuple(f"{SIGN} {column}" if column in ESTIMATED else column for column in table.columns)
    )
