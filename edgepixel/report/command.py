# SPDX-License-Identifier: Apache-2.0
"""`edgepixel report`: asks, draws and writes the page."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click
from rich.console import Console

from edgepixel.answers.subject.conditions import DAYS, Subject
from edgepixel.answers.subject.periods import Comparison, described, remarks
from edgepixel.answers.subject.steps import Step
from edgepixel.ask.command import scanned
from edgepixel.ask.nothing_yet import nothing_yet
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.errors import AnswerFailedError
from edgepixel.option_types import OutputFile
from edgepixel.options import StackChoice, stack_options, subject_options
from edgepixel.paths import HOME
from edgepixel.report.annotations import annotations_option, read_annotations
from edgepixel.report.gather import ANSWERS, Gathered, gather


@click.command()
@subject_options(days=DAYS)
@click.option(
    "--output",
    type=OutputFile(),
    default=HOME / "report.html",
    show_default=".edgepixel/report.html",
    help="The page.",
)
@click.option(
    "--compare",
    "comparison",
    type=click.Choice(get_args(Comparison.__value__)),
    default="previous",
    help="Compare the headline with the period before, of the same length (a month with the month before), with the "
    "same weekdays before, or with the same dates a year before.",
)
@click.option(
    "--by",
    type=click.Choice(get_args(Step.__value__)),
    show_default="as the period is long",
    help="What the charts over time show, if it can be drawn.",
)
@annotations_option
@stack_options
def report(
    subject: Subject,
    output: Path,
    comparison: Comparison,
    by: Step | None,
    annotations: Path | None,
    choice: StackChoice,
) -> None:
    """Write the answers as one page of HTML with charts.

    The page needs no network. Its path is printed.

    \b
    Examples:
      edgepixel report --days 30 --output report.html
      edgepixel report --period last-month --time-zone Europe/Berlin
      edgepixel report --period this-week --compare weekday
      edgepixel report --days 90 --by week --compare year
    """
    stack, messages = find_chosen_stack(choice), output_console(stderr=True)
    try:
        write_report(stack, subject, comparison, by, output, messages, annotations)
    except AnswerFailedError:
        waiting = nothing_yet(stack)
        if waiting is None:
            raise
        messages.print(waiting, "No page was written.", markup=False)
    else:
        click.echo(output)


def write_report(
    stack: Stack,
    subject: Subject,
    comparison: Comparison,
    by: Step | None,
    path: Path,
    messages: Console,
    annotations: Path | None = None,
) -> None:
    """Ask, and write the page of a period that ends now or earlier to `path`, whole or not at all."""
    steps = Steps(messages)
    with steps.step("ask", len(ANSWERS)) as progress:
        gathered = gather(stack, subject, datetime.now(UTC), progress, comparison=comparison, by=by)
    if annotations is not None:
        gathered = replace(gathered, annotations=read_annotations(annotations))
    with steps.step("draw"):
        write_page(gathered, path)
    period = gathered.period
    messages.print(" ".join([f"{described(period)}.", *remarks(period)]), markup=False)
    if gathered.no_such_value:
        messages.print(gathered.no_such_value, markup=False, soft_wrap=True)
    if gathered.mixed_rules:
        messages.print(gathered.mixed_rules, markup=False, soft_wrap=True)
    messages.print(scanned(gathered.scanned_bytes, len(gathered.answers) + len(gathered.before)), markup=False)


def write_page(gathered: Gathered, path: Path) -> None:
    """Draw the page and put it in its place, so that no half of it is ever there."""
    from edgepixel.report.page import render  # loads libraries that take a second, for charts

    page = render(gathered)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(path)
