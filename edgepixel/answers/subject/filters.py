# SPDX-License-Identifier: Apache-2.0
"""Filters: only events whose dimensions are, are not or contain a value count. Pure.

Written as people type them, in commands and in addresses:

| filter             | counts events                                                         |
| ------------------ | --------------------------------------------------------------------- |
| `country=DE`       | of Germany; with another `country=`, of one of them                   |
| `country!=DE`      | of everywhere else, of unknown countries too                          |
| `page~pricing`     | whose page contains the text; case does not matter, `%C3%BC` is `ü`   |
| `country=`         | without a country, which answers show as (unknown) or (none)          |
| `country!=`        | with one                                                              |

All filters must hold. The dimensions are listed in answers/dimensions.toml.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import unquote

from edgepixel.answers.registry import FOLDER
from edgepixel.answers.subject.paths import decoded_page, decoded_path
from edgepixel.errors import AnswerFolderError, FilterError
from edgepixel.suggestion import did_you_mean

type Operator = Literal["=", "!=", "~"]

MOST_CHARACTERS = 1024
"""Of a value."""
MOST_FILTERS = 20
MOST_VALUE_BYTES = 16_000
"""Of the values of all filters, as SQL quotes them."""
_MOST_SQL_BYTES = 40_000
"""Of all conditions: an answer has them up to six times, and Athena's queries have at most 262,144 bytes."""

_WRITTEN = re.compile(r"\s*(?P<dimension>\w+)\s*(?P<operator>!=|=|~)(?P<value>.*)", re.DOTALL)
_ABOUT_PROGRAMS = frozenset({"traffic", "traffic_reason"})
_BLANK = re.compile(r"\{\{ *(\w+) *\}\}")


@dataclass(frozen=True)
class Dimension:
    """What can be filtered by. `sql` gives its value of an event; `decoded`: without the escapes of a URL.

    `of`: only events of `browsers`, or `sales`, have it; None: any event. `halves`: SQL of what stands before its first
    slash, and of the rest, which begins with it; None if it is no text of that kind.
    """

    name: str
    title: str
    sql: str
    of: str | None = None
    decoded: bool = False
    halves: tuple[str, str] | None = None

    @property
    def one_line(self) -> str:
        """`sql` without its line breaks, as conditions have it."""
        return " ".join(self.sql.split())


@dataclass(frozen=True)
class Filter:
    """One condition. An empty value stands for none: for NULL, too."""

    dimension: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        return f"{self.dimension}{self.operator}{self.value}"

    @property
    def compared(self) -> str:
        """The value as events have it: of what is decoded there, it may be written encoded."""
        if not dimensions()[self.dimension].decoded:
            return self.value
        return decoded_path(self.value) if self.operator == "~" else decoded_page(self.value)

    @property
    def words(self) -> str:
        """As a person says it: `Country is DE`."""
        verb = {"=": "is", "!=": "is not", "~": "contains"}[self.operator]
        return f"{dimensions()[self.dimension].title} {verb} {self.value or '(none)'}"


def parse_filter(text: str) -> Filter:
    """The filter that somebody wrote. Raises FilterError, which says what is wrong with it."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise FilterError(f"{text!r} is not a filter: write country=DE, country!=DE or page~pricing")
    return make_filter(found["dimension"], found["operator"], found["value"].strip())


def make_filter(dimension: str, operator: str, value: str) -> Filter:
    """A filter of its parts. Raises FilterError."""
    if dimension not in dimensions():
        known = f"{did_you_mean(dimension, dimensions())} There are: {', '.join(dimensions())}"
        raise FilterError(f"there is no {dimension!r} to filter by.{known}")
    if len(value) > MOST_CHARACTERS:
        raise FilterError(f"the value of {dimension!r} is longer than {MOST_CHARACTERS} characters")
    match operator:
        case "=" | "!=":
            return Filter(dimension, operator, value)
        case "~" if value:
            return Filter(dimension, operator, value)
        case "~":
            raise FilterError(f"{dimension}~ needs the text that is looked for")
    raise FilterError(f"{operator!r} is none of =, != and ~")


def require_room(filters: Sequence[Filter]) -> None:
    """Raise FilterError for more than one query can hold."""
    if len(filters) > MOST_FILTERS:
        raise FilterError(f"there are {len(filters)} filters, and at most {MOST_FILTERS} are asked at once")
    size = sum(len(_literal(one.value).encode()) for one in filters)
    if size > MOST_VALUE_BYTES:
        raise FilterError(
            f"the values of all filters have {size:,} bytes, and at most {MOST_VALUE_BYTES:,} are asked at once"
        )
    size = len(_sql(filters).encode())
    if size > _MOST_SQL_BYTES:
        raise FilterError(
            f"all filters together make {size:,} bytes of SQL, and at most {_MOST_SQL_BYTES:,} are asked at once: "
            "leave some out, or shorten their values"
        )


def filter_sql(filters: Sequence[Filter]) -> str:
    """The condition on an event for which all filters hold; `true` without any. Raises FilterError for too many."""
    require_room(filters)
    return _sql(filters)


def _sql(filters: Sequence[Filter]) -> str:
    alike: dict[tuple[str, str], list[Filter]] = {}
    for one in filters:  # one dimension has one value, so several that it is are alternatives
        key = (one.dimension, one.operator) if one.operator == "=" else (str(one), one.operator)
        alike.setdefault(key, []).append(one)
    return " AND ".join(_any(list(dict.fromkeys(group))) for group in alike.values()) or "true"


def counts_programs(filters: Sequence[Filter]) -> bool:
    """Whether the filters choose the traffic themselves, so that people are not all that counts."""
    return any(one.dimension in _ABOUT_PROGRAMS for one in filters)


def left_out_of_sales(filters: Sequence[Filter]) -> str:
    """What filters leave out of an answer about sales, in a sentence; empty if nothing.

    Each event is filtered by itself: a sale that the site's server sent has no country, and a cart no currency.
    """
    having = [one for one in filters if bool(one.value) == (one.operator != "!=")]  # `country!=` is: with one
    found = []
    if titles := _titles(having, "browsers"):
        found.append(f"purchases that the site's server sent have no {titles}")
    if titles := _titles(having, "sales"):
        found.append(f"visits and their campaigns have no {titles}")
    return f"Filters leave out what has no such value: {', and '.join(found)}." if found else ""


def _titles(filters: Iterable[Filter], of: str) -> str:
    found = (dimensions()[one.dimension] for one in filters)
    return " or ".join(dict.fromkeys(one.title.lower() for one in found if one.of == of))


@cache
def dimensions() -> dict[str, Dimension]:
    """What there is to filter by, by name. Raises AnswerFolderError."""
    path = FOLDER / "dimensions.toml"
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        texts = {name: fields.get("sql", name) for name, fields in read.items()}

        def whole(sql: str) -> str:
            return _BLANK.sub(lambda match: whole(texts[match[1]]), sql)

        return {
            name: Dimension(
                name,
                fields["title"],
                whole(texts[name]),
                fields.get("of"),
                fields.get("decoded", False),
                _halves([" ".join(whole(sql).split()) for sql in fields.get("halves", [])]),
            )
            for name, fields in read.items()
        }
    except (KeyError, ValueError) as error:
        raise AnswerFolderError(f"{path}: {error}") from error


def _halves(texts: list[str]) -> tuple[str, str] | None:
    if not texts:
        return None
    before, rest = texts
    return before, rest


def _any(filters: Sequence[Filter]) -> str:
    conditions = [_condition(one) for one in filters]
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _condition(one: Filter) -> str:
    """Without `coalesce` where NULL is no match: so Athena can skip what a file's statistics exclude."""
    dimension = dimensions()[one.dimension]
    if one.operator == "~":
        # Answers show pages decoded, and browsers their addresses encoded: either can be typed.
        parts = dict.fromkeys((one.value, one.compared if dimension.decoded else unquote(one.value)))
        found = [_contains(dimension, part) for part in parts if part]
        return found[0] if len(found) == 1 else f"({' OR '.join(found)})"
    texts = _texts(dimension, one.compared)
    if one.operator == "=":
        return " AND ".join(_is(sql, text) for sql, text in texts)
    differs = [f"coalesce({sql}, '') <> {_literal(text)}" for sql, text in texts]
    return differs[0] if len(differs) == 1 else f"({' OR '.join(differs)})"


def _texts(dimension: Dimension, value: str) -> list[tuple[str, str]]:
    """SQL, and what it gives for a value. Engines compare a column much faster than what is made of several."""
    if dimension.halves is None:
        return [(dimension.one_line, value)]
    head, slash, tail = value.partition("/")
    before, rest = dimension.halves
    return [(before, head), (rest, slash + tail)]


def _is(sql: str, text: str) -> str:
    return f"{sql} = {_literal(text)}" if text else f"coalesce({sql}, '') = ''"


def _contains(dimension: Dimension, part: str) -> str:
    """The condition that a dimension contains a text, in whatever case.

    What has a slash can begin before the first one of the value only if that is its own first.
    """
    if dimension.halves is None:
        return _place(dimension.one_line, part) + " > 0"
    before, rest = dimension.halves
    head, slash, tail = part.partition("/")
    if not slash:
        return f"({_place(before, part)} > 0 OR {_place(rest, part)} > 0)"
    if not head:
        return f"{_place(rest, part)} > 0"
    across = f"strpos(lower({before}) || '/', lower({_literal(head + slash)})) > 0 AND {_place(rest, slash + tail)} = 1"
    return f"({across} OR {_place(rest, part)} > 0)"


def _place(sql: str, part: str) -> str:
    return f"strpos(lower(coalesce({sql}, '')), lower({_literal(part)}))"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
