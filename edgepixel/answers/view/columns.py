# SPDX-License-Identifier: Apache-2.0
"""The columns of the view `events`, from answers/columns.toml: the one list of them.

The view is made of typed days and of raw lines. Both have these columns but for those that are `made_of` others.
"""

import tomllib
from dataclasses import dataclass
from functools import cache

from edgepixel.answers.registry import FOLDER
from edgepixel.errors import AnswerFolderError

# Glue has Hive's names for some of Trino's types (Athena user guide, "Data types in Amazon Athena").
_GLUE_TYPES = {"varchar": "string", "integer": "int", "timestamp(3)": "timestamp"}


@dataclass(frozen=True)
class Column:
    """A column of the view. `source`, `null_when` and `example` are for docs/data-dictionary.md, in Markdown.

    `made_of`: SQL over the other columns, if the column is in neither of what the view is made of.
    """

    name: str
    type: str  # Trino's
    meaning: str
    source: str
    null_when: str
    example: str
    made_of: str = ""

    @property
    def glue_type(self) -> str:
        """What the Glue Data Catalog calls the type."""
        return _GLUE_TYPES.get(self.type, self.type)


@cache
def columns() -> tuple[Column, ...]:
    """Every column, in the view's order. Raises AnswerFolderError for one that lacks a key or has an unknown one."""
    listed = tomllib.loads((FOLDER / "columns.toml").read_text(encoding="utf-8"))["column"]
    try:
        return tuple(Column(**one) for one in listed)
    except TypeError as error:
        raise AnswerFolderError(f"answers/columns.toml: {str(error).removeprefix('Column.__init__() ')}") from error


def made_columns() -> tuple[Column, ...]:
    """The columns of `raw_events` and, but for the partition's `dt`, of typed days, in their order."""
    return tuple(column for column in columns() if not column.made_of)


def typed_columns() -> tuple[Column, ...]:
    """The columns that typed days store, in their order."""
    return tuple(column for column in made_columns() if column.name != "dt")


def selected(*, typed: bool) -> str:
    """What the view selects from one of its halves."""
    made = {"is_typed": str(typed).lower()}
    return ",\n".join(
        f"{made.get(column.made_of, column.made_of)} AS {column.name}" if column.made_of else column.name
        for column in columns()
    )
