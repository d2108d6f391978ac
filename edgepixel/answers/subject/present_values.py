# SPDX-License-Identifier: Apache-2.0
"""When an answer counts nothing of a site or of a filter: which values there are instead. Pure.

One question more, `values of site`, about the same period and nothing else. It reads few columns, and is asked only
then.
"""

from functools import cache

from edgepixel.answers.subject.conditions import Subject, conditions
from edgepixel.answers.subject.filters import Filter, dimensions
from edgepixel.console.table import Table, printable
from edgepixel.suggestion import did_you_mean

MOST_VALUES = 1000
_MOST_TOLD = 15
_NUMBERS = ("events", "visitors")
_NONE = "(none)"


def counts_nothing(table: Table) -> bool:
    """Whether an answer has no rows, or rows that only say 0."""
    numbers = [place for place, column in enumerate(table.columns) if column in _NUMBERS]
    return not table.rows or (bool(numbers) and not any(row[place] for row in table.rows for place in numbers))


def chosen(subject: Subject) -> list[Filter]:
    """What a subject chooses by value, of one dimension: of the site, or else of its first filter of that kind."""
    site = [] if subject.site is None else [Filter("site", "=", subject.site)]
    equal = [*site, *(one for one in subject.filters if one.operator == "=" and one.value)]
    return [one for one in equal if one.dimension == equal[0].dimension]


def question(dimension: str) -> str:
    """The name of the question for the values of a dimension."""
    return f"values of {dimension}"


@cache
def questions() -> dict[str, str]:
    """The SQL of the question of each dimension: its values in a period, the most frequent first."""
    return {
        question(name): (
            f"SELECT value, count(*) AS hits\nFROM (\n  SELECT {one.sql} AS value\n  FROM events\n"  # noqa: S608 (ours)
            f"  WHERE {conditions('everyone')}\n)\nGROUP BY value\nORDER BY hits DESC, value\nLIMIT {MOST_VALUES}"
        )
        for name, one in dimensions().items()
    }


def missing(wanted: list[Filter], found: Table) -> str:
    """That no event of the period has any of the values, and which there are; empty if one has, or nobody can tell.

    `found` is what the question for their dimension has given.
    """
    values = [row[0] for row in found.rows]
    if not values:
        return "There is no event at all in this period."
    if len(values) >= MOST_VALUES or any(one.compared in values for one in wanted):
        return ""
    # Of names that differ in case only, the last one is suggested: that must be the most frequent.
    first, names = wanted[0], [str(value) for value in reversed(values) if value not in (None, "")]
    title = dimensions()[first.dimension].title.lower()
    lacking = " or ".join(repr(one.value) for one in wanted)
    told = [_NONE if value in (None, "") else str(value) for value in values[:_MOST_TOLD]]
    more = f" and {len(values) - _MOST_TOLD:,} more" if len(values) > _MOST_TOLD else ""
    return printable(
        f"No event of this period has the {title} {lacking}.{_meant(first.compared, names)} "
        f"There are: {', '.join(told)}{more}."
    )


def _meant(value: str, names: list[str]) -> str:
    """A question with the nearest name, or else with one that has the value in it: of a page, the host was left out."""
    holding = [name for name in names if value.lower() in name.lower()]
    return did_you_mean(value, names) or (f" Did you mean {min(holding, key=len)!r}?" if holding else "")
