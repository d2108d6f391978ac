# SPDX-License-Identifier: Apache-2.0
"""The command below a ranking asks about what the report is about: it is read as `edgepixel ask` reads it."""

import shlex
from datetime import date

import click
import pytest

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.filters import parse_filter
from edgepixel.answers.subject.periods import Dates
from edgepixel.options import subject_options
from edgepixel.report.ask_command import ask_command


@pytest.mark.parametrize(
    "subject",
    [
        Subject(),
        Subject(7, site="it's", include_bots=True, time_zone="Asia/Kolkata"),
        Subject(dates=Dates(date(2026, 11, 1), date(2026, 11, 7))),
        Subject(dates=Dates(date(2026, 11, 1))),
        Subject(dates=Dates(name="last-month"), approximate=True),
        Subject(7, filters=tuple(map(parse_filter, ("country=DE", "title=it's", "campaign=")))),
    ],
    ids=["nothing", "conditions", "two dates", "one date", "a name", "filters"],
)
def test_the_command_is_read_as_the_same_subject(subject: Subject) -> None:
    read: list[Subject] = []

    @click.command()
    @click.argument("name")
    @subject_options(None)
    def ask(name: str, subject: Subject) -> None:
        assert name == "visitor-count"
        read.append(subject)

    words = shlex.split(ask_command("visitor-count", subject, "edgepixel"))
    assert words[:2] == ["edgepixel", "ask"]
    ask.main(words[2:], standalone_mode=False)
    assert read == [subject]
