# SPDX-License-Identifier: Apache-2.0
"""The one list of the answers: every folder of `answers/` that holds an `answer.toml`, in the order of `place`.

A folder has the name of its answer, and in it

| file          | what it is                                                                        |
| ------------- | --------------------------------------------------------------------------------- |
| `answer.toml` | what follows as fields of `Answer`                                                |
| `query.sql`   | the SQL, with `{{ conditions }}` and other blanks for what all answers share      |
| `meaning.md`  | its section in docs/answers.md                                                    |
| `truth.py`    | `expected(facts)`: the same from a ledger, without SQL; see `reads`               |
| `panel.py`    | its part of the report, if it has one: see `edgepixel.report.panels`              |
"""

import importlib.util
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from edgepixel.errors import AnswerFolderError
from edgepixel.paths import ROOT

FOLDER = ROOT / "answers"

type Counts = Literal["people", "sales", "everyone"]


@dataclass(frozen=True)
class Group:
    """Answers for one kind of user: a heading of docs/answers.md, and what is said below it."""

    name: str
    heading: str
    introduction: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer. `place` orders all of them; `report_place`, if it has a panel, those of the report.

    `counts` says whose events: those of people, these and the purchases and refunds that the site's own server sends
    ("sales"), or everyone's.
    `in_headline`: the panel has figures, too. `lists_refusals`: it reads hits that were refused, too; where they
    must not count, its query says so by `{{ got_image }}`. `amounts` are its columns of money, in the currency that its
    column `currency` names, and `countries` those of country codes.
    `over_time`: the panel draws the period by hour, day or week, and is told what was chosen. `only_by`: the panel is
    asked for and shown only if charts show that.
    `reads` are the tables that it reads besides the view `events`. Such an answer is about the way of the log lines,
    and not about events: it has a period, but no conditions on what counts, and a ledger does not know it.
    `needs` are parameters of the stack, and their values, without which there are no such tables.
    """

    name: str
    description: str
    group: str
    place: int
    counts: Counts
    in_demo: bool = False
    in_headline: bool = False
    lists_refusals: bool = False
    report_place: int | None = None
    amounts: Sequence[str] = ()
    countries: Sequence[str] = ()
    over_time: bool = False
    only_by: Literal["week"] | None = None
    reads: Sequence[str] = ()
    needs: Mapping[str, str] = field(default_factory=dict)

    @property
    def about_events(self) -> bool:
        """Whether it tells of events alone, so that it follows from a ledger, and may be of one site."""
        return not self.reads

    @property
    def most_rows(self) -> int | None:
        """The LIMIT at the end of its query; None if it has none."""
        found = re.search(r"^LIMIT (\d+)\s*\Z", self.text("query.sql"), re.MULTILINE)
        return int(found[1]) if found else None

    @property
    def logical_id(self) -> str:
        """The name of its resource in template.yaml."""
        return "".join(word.title() for word in self.name.split("-")) + "Answer"

    def text(self, file: str) -> str:
        """The content of one of its files. Raises AnswerFolderError if it is missing."""
        try:
            return (FOLDER / self.name / file).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise AnswerFolderError(f"answers/{self.name}/{file} is missing") from error

    def has(self, file: str) -> bool:
        """Whether the file is in its folder."""
        return (FOLDER / self.name / file).is_file()

    def module(self, name: str) -> ModuleType:
        """One of its Python files, imported. Raises AnswerFolderError if it is missing."""
        return _module(FOLDER / self.name / f"{name}.py")


@cache
def answers() -> tuple[Answer, ...]:
    """Every answer, in order. Raises AnswerFolderError, with the file, for one that cannot be understood."""
    found = [_answer(path) for path in FOLDER.glob("*/answer.toml")]
    return tuple(sorted(found, key=lambda answer: (answer.place, answer.name)))


def names() -> tuple[str, ...]:
    """The names of all answers, in order."""
    return tuple(answer.name for answer in answers())


def answer(name: str) -> Answer:
    """The answer of that name. Raises KeyError."""
    return {one.name: one for one in answers()}[name]


def known_answer(name: str) -> Answer | None:
    """The answer of that name; None if this version knows none, as of a saved query that somebody else made."""
    return {one.name: one for one in answers()}.get(name)


@cache
def groups() -> tuple[Group, ...]:
    """The kinds of users, in the order of docs/answers.md."""
    return tuple(Group(name, **fields) for name, fields in _read(FOLDER / "groups.toml").items())


def _answer(path: Path) -> Answer:
    try:
        found = Answer(name=path.parent.name, **_read(path))
    except TypeError as error:
        raise AnswerFolderError(f"{path}: {str(error).removeprefix('Answer.__init__() ')}") from error
    if found.counts not in ("people", "sales", "everyone"):
        raise AnswerFolderError(f'{path}: counts must be "people", "sales" or "everyone", not "{found.counts}"')
    known = [group.name for group in groups()]
    if found.group not in known:
        raise AnswerFolderError(f'{path}: group must be one of {", ".join(known)}, not "{found.group}"')
    return found


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AnswerFolderError(f"{path}: {error}") from error


@cache
def _module(path: Path) -> ModuleType:
    """By path, because the folder has the name of the answer, which an import statement does not take."""
    if not path.is_file():
        raise AnswerFolderError(f"answers/{path.parent.name}/{path.name} is missing")
    spec = importlib.util.spec_from_file_location(f"answers.{path.parent.name}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise AnswerFolderError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
