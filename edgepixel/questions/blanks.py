# SPDX-License-Identifier: Apache-2.0
"""The blanks of a question of a user's own, `{{ conditions }}` and others, as those of the answers. Pure."""

import re
import string
from collections.abc import Mapping

from edgepixel.answers.subject.conditions import Subject, has_mark
from edgepixel.answers.subject.filters import counts_programs
from edgepixel.errors import NoSuchConditionError, QuestionError
from edgepixel.questions.check import check
from edgepixel.questions.text import error_at, pieces

_BLANK = re.compile(r"\{\{ *(\w*) *\}\}")
_ENDING = f";{string.whitespace}"
MOST_BYTES = 262_144
"""Of a query, when it is started and when it is saved (Athena API reference, StartQueryExecution, CreateNamedQuery)."""


def filled(text: str, values: Mapping[str, str], *, one_line: bool = False) -> str:
    """The SQL of a question, ready to be checked and asked: blanks filled, no semicolon at its end.

    `one_line`: what a blank becomes has no new lines, so that every line has its number. Raises QuestionError, with the
    place, for a blank that there is not, or one in a text.
    """
    text = text.removeprefix("\ufeff")
    written = []
    for piece in pieces(text):
        if piece.kind == "code":
            written.append(_filled(text, piece.text, piece.start, values, one_line))
            continue
        if piece.kind == "text" and (blank := _BLANK.search(piece.text)):
            raise error_at(text, piece.start, f"{blank[0]} has its own quotes: write it without any around it")
        written.append(piece.text)
    return _without_last_semicolon("".join(written))


def checked(text: str, values: Mapping[str, str], *, one_line: bool = False) -> str:
    """The same, if it is one query over the view. Raises QuestionError with the place in `text`."""
    same_lines = filled(text, values, one_line=True)
    try:
        check(same_lines)
    except QuestionError as error:
        place = error.place and in_file(text, same_lines, *error.place)
        raise QuestionError(error.reason, place) from error
    sql = same_lines if one_line else filled(text, values)
    if len(sql.encode()) > MOST_BYTES:
        raise QuestionError(f"the SQL is longer than {MOST_BYTES:,} bytes, which Athena does not take")
    return sql


def in_file(text: str, asked: str, line: int, column: int) -> tuple[int, int] | None:
    """Where a place of what was asked is in the text that somebody wrote; None if that cannot be told.

    In what a blank or a mark became, it is the place of that.
    """
    lines, asked_lines = text.removeprefix("\ufeff").split("\n"), asked.split("\n")
    if len(asked_lines) > len(lines) or line > len(asked_lines):
        return None
    own, sent = lines[line - 1], asked_lines[line - 1]
    shorter = min(len(own), len(sent))
    begin = next((index for index in range(shorter) if own[index] != sent[index]), shorter)
    end = next((index for index in range(shorter - begin) if own[-1 - index] != sent[-1 - index]), shorter - begin)
    if column - 1 < begin or own == sent:
        return line, column
    if column - 1 >= len(sent) - end:
        return line, column - (len(sent) - len(own))
    return line, begin + 1


def require_marks(sql: str, subject: Subject, file: str) -> None:
    """Raise NoSuchConditionError, which says what is missing, if the SQL has no place for what is asked about."""
    wanted = {
        "days": (subject.days is not None, "days", "it has no period"),
        "dates": (subject.dates is not None, "begin", "it has no period"),
        "site": (subject.site is not None, "site", "it is about all sites"),
        "filters": (bool(subject.filters), "filters", "it cannot be filtered"),
        "include_bots": (subject.include_bots, "traffic", "it chooses its own traffic"),
        "time_zone": (
            subject.time_zone is not None and subject.dates is None,
            "time zone",
            "it tells no hours or days",
        ),
    }
    for condition, (is_wanted, mark, problem) in wanted.items():
        if is_wanted and not has_mark(sql, mark):
            raise NoSuchConditionError(f"{file}: {problem}, because {_lacks(mark)}", condition)


def can_be_moved(sql: str) -> bool:
    """Whether it has a period, which may be any other."""
    return has_mark(sql, "days") and has_mark(sql, "begin")


def counts_people_only(sql: str, subject: Subject) -> bool:
    """Whether filters about traffic find nothing of it but people, because it has no mark that would let others in."""
    return counts_programs(subject.filters) and not has_mark(sql, "traffic")


def _lacks(mark: str) -> str:
    blank = "time_zone" if mark == "time zone" else "conditions"
    written = "date_add('day', -7 /* days */, current_timestamp)" if mark == "begin" else f"/* {mark} */"
    return f"its SQL has no `{written}`, which `{{{{ {blank} }}}}` brings"


def _filled(text: str, code: str, start: int, values: Mapping[str, str], one_line: bool) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            known = ", ".join(f"{{{{ {name} }}}}" for name in values)
            raise error_at(text, start + found.start(), f"there is no {found[0]}. There are {known}")
        if one_line:
            return " ".join(values[found[1]].split())
        line = text[text.rfind("\n", 0, start + found.start()) + 1 :]
        return values[found[1]].replace("\n", "\n" + line[: len(line) - len(line.lstrip(" \t"))])

    return _BLANK.sub(value, code)


def _without_last_semicolon(sql: str) -> str:
    """Without semicolons that nothing but comments follows."""
    written: list[str] = []
    for piece in reversed(list(pieces(sql))):
        if piece.kind == "code":
            bare = piece.text.rstrip(_ENDING)
            bare += piece.text[len(bare) :].replace(";", " ")
            written.append(bare)
            if bare.strip():
                return sql[: piece.start] + "".join(reversed(written))
        else:
            if piece.kind != "comment":
                return sql[: piece.start] + piece.text + "".join(reversed(written))
            written.append(piece.text)
    return "".join(reversed(written))
