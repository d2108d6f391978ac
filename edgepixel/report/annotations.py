# SPDX-License-Identifier: Apache-2.0
"""What happened when, by a file that the site's owner writes: charts over time mark it.

A line for each: a date, perhaps a time of the site's time zone, and words. Empty lines and those that begin with # do
not count.

    2026-11-20 Newsletter
    2026-11-24 09:30 New front page
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click

from edgepixel.answers.subject.periods import Period, start_of
from edgepixel.errors import UnreadableInputError

MOST_CHARACTERS = 200
_LINE = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:[ T](?P<clock>\d{2}:\d{2}))?\s+(?P<words>\S.*)")
_FORM = "a line is a date, perhaps a time, and words: 2026-11-24 09:30 New front page"


@dataclass(frozen=True)
class Annotation:
    """What happened at a date, or at a time of it, in the site's time zone."""

    day: date
    clock: time | None
    words: str

    def moment(self, period: Period) -> datetime:
        """When that was; of a date, when it begins."""
        if self.clock is None:
            return start_of(self.day, period.zone)
        return datetime.combine(self.day, self.clock, period.zone)

    def __str__(self) -> str:
        clock = f" {self.clock:%H:%M}" if self.clock else ""
        return f"{self.day}{clock}: {self.words}"


def read_annotations(path: Path) -> tuple[Annotation, ...]:
    """The annotations of a file. Raises UnreadableInputError, which names the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{path} cannot be read: {error}") from error
    return tuple(_annotations(path, lines))


def _annotations(path: Path, lines: Iterable[str]) -> Iterable[Annotation]:
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = _LINE.fullmatch(text)
        try:
            if found is None:
                raise ValueError(_FORM)
            clock = time.fromisoformat(found["clock"]) if found["clock"] else None
            yield Annotation(date.fromisoformat(found["day"]), clock, found["words"][:MOST_CHARACTERS])
        except ValueError as error:
            raise UnreadableInputError(f"{path}, line {number}: {error}") from error


def within(annotations: Sequence[Annotation], period: Period) -> list[Annotation]:
    """Those of a period, in order of time."""
    inside = [one for one in annotations if period.begin <= one.moment(period) < period.end]
    return sorted(inside, key=lambda one: one.moment(period))


class AnnotationFile(click.ParamType):
    """A file of annotations that can be read."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        try:
            read_annotations(path)
        except UnreadableInputError as error:
            self.fail(str(error), param, ctx)
        return path


annotations_option = click.option(
    "--annotations",
    type=AnnotationFile(),
    help="What happened when, for the charts over time: a file with lines such as `2026-11-24 09:30 New front page`.",
)
