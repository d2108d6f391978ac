# SPDX-License-Identifier: Apache-2.0
"""All rows of an answer, and its very query."""

from typing import Any

from edgepixel.answers.registry import Answer, answer, known_answer
from edgepixel.answers.shown import shown_table
from edgepixel.answers.subject.filters import left_out_of_sales
from edgepixel.console.table import Table
from edgepixel.dashboard.asking import Sitting
from edgepixel.dashboard.own_questions import OwnQuestion
from edgepixel.dashboard.pages.parts import ENVIRONMENT, common
from edgepixel.report.panels import cell

MOST_DETAILS = 2000


def details(sitting: Sitting, name: str, sort: str, looked_for: str) -> str:
    """All rows of an answer, in the order of a column if one is named (`-` before it: the largest first)."""
    table = sitting.table(sitting.question(name))
    shown = shown_table(table, known_answer(name))
    rows = list(zip(table.rows, shown.rows, strict=True))
    column, backwards = sort.removeprefix("-"), sort.startswith("-")
    if column in table.columns:
        place = table.columns.index(column)
        rows.sort(key=lambda row: _order(row[0][place]), reverse=backwards)
    if looked_for:
        rows = [row for row in rows if any(looked_for.lower() in cell(value).lower() for value in row[1])]
    found = Table(table.columns, tuple(row for _, row in rows[:MOST_DETAILS]))
    address = sitting.address
    return ENVIRONMENT.get_template("details.html.j2").render(
        common(sitting),
        head=_heading(sitting, name),
        table=found,
        left_out=left_out_of_sales(address.filters) if _sells(name) else "",
        rows=len(rows),
        sort=sort,
        looked_for=looked_for,
        sorted_by=lambda column: address.link(
            "/details", answer=name, sort=f"-{column}" if sort == column else column, text=looked_for
        ),
    )


def sql(sitting: Sitting, name: str, text: str) -> str:
    """The very query of an answer, to be copied."""
    return ENVIRONMENT.get_template("sql.html.j2").render(common(sitting), head=_heading(sitting, name), sql=text)


def _heading(sitting: Sitting, name: str) -> Answer | OwnQuestion:
    """What has the name and the description of an answer, or of a question of the user's own."""
    return sitting.own.get(name) or answer(name)


def _sells(name: str) -> bool:
    known = known_answer(name)
    return known is not None and known.counts == "sales"


def _order(value: Any) -> tuple[bool, bool, Any]:
    """Nothing comes first, then numbers, decimals among them, then texts."""
    if isinstance(value, str):
        try:
            return True, False, float(value)
        except ValueError:
            return True, True, value.lower()
    return value is not None, False, 0 if value is None else float(value)
