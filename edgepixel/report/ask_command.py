# SPDX-License-Identifier: Apache-2.0
"""The command that prints an answer of a report in full. Pure."""

import shlex
from dataclasses import fields

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.approximate import can_be_estimated
from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.funnels import has_funnel
from edgepixel.answers.subject.periods import Dates
from edgepixel.defaults import DEFAULT_STACK


def ask_command(name: str, subject: Subject, stack: str) -> str:
    """`edgepixel ask` about the report's subject and stack, as it is typed into a shell.

    Every condition of a subject is an option of the same name, but for its dates, and each filter one of its own: see
    `subject_options` of `edgepixel.options`.
    """
    words = ["edgepixel", "ask", name]
    for condition in fields(Subject):
        value = getattr(subject, condition.name)
        if condition.name == "approximate" and not can_be_estimated(answer(name).text("query.sql")):
            continue
        if condition.name == "funnel":
            has_steps = value and has_funnel(answer(name).text("query.sql"))
            words += ["--funnel", ",".join(value)] if has_steps else []
        elif condition.name == "filters":
            words += [word for one in value for word in ("--filter", str(one))]
        elif condition.name == "dates":
            words += [] if value is None else _date_options(value)
        elif value is not None and value is not False:
            option = f"--{condition.name.replace('_', '-')}"
            words += [option] if value is True else [option, str(value)]
    if stack != DEFAULT_STACK:
        words += ["--stack", stack]
    return shlex.join(words)


def _date_options(dates: Dates) -> list[str]:
    chosen = (("--from", dates.first), ("--to", dates.last), ("--period", dates.name))
    return [word for option, value in chosen if value is not None for word in (option, str(value))]
