# SPDX-License-Identifier: Apache-2.0
"""`edgepixel ask`: asks a stack one of its answers and prints it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import click
from rich.console import Console

from edgepixel.answers.approximate import REMARK, marked
from edgepixel.answers.conditions import Subject, saved_days, saved_time_zone, stack_time_zone, subject_sql
from edgepixel.answers.periods import described, remarks
from edgepixel.answers.present_values import chosen, counts_nothing
from edgepixel.answers.registry import known_answer, names
from edgepixel.answers.shown import shown_table
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.ask.mixed_rules import mixed_rules
from edgepixel.ask.no_such_value import no_such_value
from edgepixel.ask.nothing_yet import nothing_yet
from edgepixel.ask.switched_off import require_switched_on
from edgepixel.aws.failures import AWS_FAILURES, explained
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import output_console
from edgepixel.console.table import FORMATS, Table, to_csv, to_json, to_rich
from edgepixel.cost.prices import REGION, athena_usd
from edgepixel.errors import AnswerFailedError, EdgePixelError, UnknownAnswerError
from edgepixel.options import StackChoice, stack_options, subject_options
from edgepixel.suggestion import did_you_mean


@dataclass(frozen=True)
class Question:
    """Which answer, about what, in which form."""

    name: str
    subject: Subject
    form: str = "table"


@click.command()
@click.argument("answer")
@subject_options(days=None)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", help="Form of the output.")
@stack_options
def ask(answer: str, subject: Subject, form: str, choice: StackChoice) -> None:
    """Ask a stack one of its answers.

    ANSWER is a name like recent-events; a wrong one lists all of them. Without a period, each answer looks back as many
    days as it does by itself. Only the answer goes to the standard output.

    \b
    Examples:
      edgepixel ask visitor-count --days 30
      edgepixel ask visitor-count --period last-month --time-zone Europe/Berlin
      edgepixel ask events-per-hour --from 2026-10-25 --to 2026-10-25
      edgepixel ask pages --site blog --format csv > pages.csv
    """
    messages = output_console(stderr=True)
    stack, queries = find_queries(answer, choice, messages)
    require_switched_on(stack, answer)
    try:
        print_answer(stack, queries, Question(answer, subject, form), output_console(), messages)
    except AnswerFailedError:
        waiting = nothing_yet(stack)
        if waiting is None:
            raise
        messages.print(waiting, markup=False)
        if form == "json":  # still JSON for whoever reads it
            click.echo(to_json(Table((), ())))


def find_queries(name: str, choice: StackChoice, messages: Console) -> tuple[Stack, dict[str, str]]:
    """The stack that is meant, and the SQL of its answers by name.

    A stack can have saved queries that this version does not know: its own, or those of another version. So a name that
    is not known is looked for there, but what is wrong with it is told before anything that AWS may refuse. Raises
    UnknownAnswerError if it is in neither, or if AWS cannot be asked.
    """
    known = names()
    if name in known:
        stack = find_chosen_stack(choice)
        return stack, find_answers(stack)
    unknown = f"there is no answer {name!r}.{did_you_mean(name, known)}"
    messages.print(f"{unknown[0].upper()}{unknown[1:]} Looking for a saved query of that name.", markup=False)
    try:
        stack = find_chosen_stack(choice)
        return stack, find_answers(stack)
    except AWS_FAILURES as error:
        reason = explained(error)
    except EdgePixelError as error:
        reason = str(error)
    raise UnknownAnswerError(
        f"{unknown} Answers: {', '.join(known)}.\nNo stack could be searched for a saved query of that name: {reason}"
    )


def print_answer(stack: Stack, queries: dict[str, str], question: Question, output: Console, messages: Console) -> None:
    """Run an answer, print it as `table`, `csv` or `json`, and say what Athena bills for it.

    Only the answer goes to `output`, so that it can be piped. Raises UnknownAnswerError with the names there are, and
    NoSuchConditionError or PeriodError for what the answer cannot be asked about.
    """
    name, subject = question.name, question.subject
    zone = subject.time_zone or stack_time_zone(queries)
    now = datetime.now(UTC)
    sql = subject_sql(queries, name, subject, subject.period(now, zone) if subject.dates else None)
    period = replace(subject, days=subject.days or saved_days(sql)).period(now, zone)
    messages.print(f"Asking {stack}", markup=False)
    with messages.status(name) as status:

        def progress(state: str, seconds: float) -> None:
            status.update(f"{name}: {state.lower()}, {seconds:.1f} s")

        table = run_query(stack, sql, progress)
    if question.form == "table":
        shown = shown_table(table, known_answer(name))
        output.print(to_rich(marked(shown) if subject.approximate else shown))
    else:
        # Straight to the file: a console would wrap long lines and interpret brackets.
        output.file.write(to_csv(table) if question.form == "csv" else to_json(table) + "\n")
    if subject.days is not None or subject.dates is not None or saved_time_zone(sql):
        messages.print(" ".join([f"{described(period)}.", *remarks(period)]), markup=False)
        if mixed := mixed_rules(stack, period):
            messages.print(mixed, markup=False, soft_wrap=True)
    if subject.approximate:
        messages.print(REMARK, markup=False)
    scanned_bytes, asked = table.scanned_bytes, 1
    if counts_nothing(table) and chosen(subject):
        words, more_bytes = no_such_value(stack, subject, period)
        scanned_bytes, asked = scanned_bytes + more_bytes, 2
        if words:
            messages.print(words, markup=False, soft_wrap=True)
    counted = "1 row" if len(table.rows) == 1 else f"{len(table.rows):,} rows"
    messages.print(f"{counted}. {scanned(scanned_bytes, asked)}", markup=False)


def scanned(scanned_bytes: int, queries: int = 1) -> str:
    """What Athena read for one query, or for several, and what that costs at the least."""
    usd = max(athena_usd(scanned_bytes), queries * athena_usd(0))
    return f"Athena read {scanned_bytes:,} bytes: ${usd:.5f} at {REGION}'s price, in AWS."
