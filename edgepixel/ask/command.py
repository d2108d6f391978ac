# SPDX-License-Identifier: Apache-2.0
"""`edgepixel ask`: asks a stack one of its answers and prints it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import click
from botocore.exceptions import ClientError
from rich.console import Console

from edgepixel.answers.registry import known_answer, names
from edgepixel.answers.shown import shown_table
from edgepixel.answers.subject.approximate import REMARK, marked
from edgepixel.answers.subject.conditions import (
    Subject,
    query,
    saved_days,
    saved_time_zone,
    stack_time_zone,
    subject_sql,
)
from edgepixel.answers.subject.filters import left_out_of_sales
from edgepixel.answers.subject.periods import described, remarks
from edgepixel.answers.subject.present_values import chosen, counts_nothing
from edgepixel.ask.athena import Progress, Working, find_answers, run_query
from edgepixel.ask.mixed_rules import mixed_rules
from edgepixel.ask.no_such_value import no_such_value
from edgepixel.ask.nothing_yet import nothing_yet
from edgepixel.ask.own_question import Written, read_question, refused, stack_sql
from edgepixel.ask.saved_questions import Saving, check_place, check_saving, delete, save
from edgepixel.ask.switched_off import require_switched_on
from edgepixel.aws.failures import AWS_FAILURES, explained
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import output_console
from edgepixel.console.table import FORMATS, Table, is_cut, to_csv, to_json, to_rich
from edgepixel.cost.prices import REGION, athena_usd
from edgepixel.errors import AnswerFailedError, EdgePixelError, UnknownAnswerError
from edgepixel.options import StackChoice, stack_options, subject_options
from edgepixel.questions.blanks import can_be_moved
from edgepixel.questions.check import check
from edgepixel.suggestion import did_you_mean


@dataclass(frozen=True)
class Question:
    """Which answer, about what, in which form. `written` is what a user wrote, if it is none that is saved."""

    name: str
    subject: Subject
    form: str = "table"
    written: Written | None = None


@click.command()
@click.argument("answer", required=False)
@subject_options(days=None)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", help="Form of the output.")
@click.option("--sql", "file", metavar="FILE", help="Ask the SQL of this file instead; -: of the standard input.")
@click.option("--save-as", metavar="NAME", help="With --sql: save it in the stack, to be asked by this name.")
@click.option("--description", metavar="TEXT", default="", help="With --save-as: what it tells.")
@click.option("--replace", "replaces", is_flag=True, help="With --save-as: in the place of the one of that name.")
@click.option("--delete", "deleted", metavar="NAME", help="Delete a saved question of your own, and ask nothing.")
@stack_options
def ask(
    answer: str | None,
    subject: Subject,
    form: str,
    file: str | None,
    save_as: str | None,
    description: str,
    replaces: bool,
    deleted: str | None,
    choice: StackChoice,
) -> None:
    """Ask a stack one of its answers, or a question of your own.

    ANSWER is a name like recent-events; a wrong one lists all of them. Without a period, each answer looks back as many
    days as it does by itself. Only the answer goes to the standard output.

    SQL of your own is one query over the view `events`; {{ conditions }} in it is what answers ask of the view. The
    document docs/answers.md says more.

    \b
    Examples:
      edgepixel ask visitor-count --days 30
      edgepixel ask visitor-count --period last-month --time-zone Europe/Berlin
      edgepixel ask events-per-hour --from 2026-10-25 --to 2026-10-25
      edgepixel ask pages --site blog --format csv > pages.csv
      edgepixel ask --sql slow-pages.sql --save-as slow-pages
      edgepixel ask slow-pages --filter country=DE
      edgepixel ask --delete slow-pages
    """
    given = {"ANSWER": answer, "--sql": file, "--delete": deleted}
    if sum(value is not None for value in given.values()) != 1:
        raise click.UsageError(f"say what to ask: one of {', '.join(given)}")
    if save_as is None and (description or replaces):
        raise click.UsageError(f"{'--description' if description else '--replace'} needs --save-as")
    if save_as is not None and file is None:
        raise click.UsageError("--save-as needs --sql, the file of what is saved")
    messages = output_console(stderr=True)
    if deleted is not None:
        stack = find_chosen_stack(choice)
        delete(stack, deleted)
        messages.print(f"{deleted} is deleted from {stack}.", markup=False)
        return
    if file is not None:
        saving = None if save_as is None else Saving(save_as, description, replaces)
        ask_own(read_question(file), Question(file, subject, form), saving, choice, messages)
        return
    assert answer is not None  # noqa: S101 (one of the three)
    if known := known_answer(answer):
        # What no stack could answer is told before one is looked for.
        subject_sql({answer: query(known)}, answer, subject)
    stack, queries = find_queries(answer, choice, messages)
    require_switched_on(stack, answer)
    _ask(stack, queries, Question(answer, subject, form), messages)


def ask_own(
    written: Written, question: Question, saving: Saving | None, choice: StackChoice, messages: Console
) -> None:
    """Ask what a user wrote, and save it if that is wanted and Athena has understood it.

    Raises QuestionError, NoSuchConditionError or SavedQuestionError for what is wrong with it, before a stack is asked.
    """
    written.check(question.subject, is_saved=saving is not None)
    if saving is not None:
        check_saving(saving)
    stack = find_chosen_stack(choice)
    queries = find_answers(stack)
    if saving is not None:
        check_place(stack, saving)
    own = {**queries, question.name: stack_sql(written, queries, one_line=True)}
    if not can_be_moved(own[question.name]):
        messages.print(
            f"{written.file} has no {{{{ period }}}}: it reads all that it does not leave out.", markup=False
        )
    has_answered = _ask(stack, own, replace(question, written=written), messages)
    if saving is not None and has_answered:
        replaced = save(stack, saving, stack_sql(written, queries, one_line=False))
        messages.print(
            f"{'Replaced' if replaced else 'Saved'}: edgepixel ask {saving.name}", markup=False, soft_wrap=True
        )


def _ask(stack: Stack, queries: dict[str, str], question: Question, messages: Console) -> bool:
    """Print an answer, or that there is none yet; gives whether there was one."""
    try:
        print_answer(stack, queries, question, output_console(), messages)
        return True
    except AnswerFailedError:
        waiting = nothing_yet(stack)
        if waiting is None:
            raise
        messages.print(waiting, markup=False)
        if question.form == "json":  # still JSON for whoever reads it
            click.echo(to_json(Table((), ())))
        return False


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
        f"there is no answer {name!r}. Answers: {', '.join(known)}.\n"
        f"No stack could be searched for a saved query of that name: {reason}"
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
    if question.written is not None:
        check(sql)  # once more, with what the options have put into it
    messages.print(f"Asking {stack}", markup=False)
    with messages.status(name) as status:

        def progress(working: Working) -> None:
            status.update(f"{name}: {working}")

        table = _run(stack, sql, progress, question.written)
    if question.form == "table":
        shown = shown_table(table, None if question.written else known_answer(name))
        drawn = to_rich(marked(shown) if subject.approximate else shown)
        output.print(drawn)
        if is_cut(output, drawn):
            messages.print(f"Long texts are cut to fit {output.width} columns: --format csv or json has them whole.")
    else:
        # Straight to the file: a console would wrap long lines and interpret brackets.
        output.file.write(to_csv(table) if question.form == "csv" else to_json(table) + "\n")
    has_days = subject.days is not None or subject.dates is not None or saved_time_zone(sql) is not None
    if has_days or can_be_moved(sql):
        whole = remarks(period, weeks="week" in table.columns) if has_days else []
        messages.print(" ".join([f"{described(period)}.", *whole]), markup=False)
        if mixed := mixed_rules(stack, period):
            messages.print(mixed, markup=False, soft_wrap=True)
    if (known := known_answer(name)) and known.counts == "sales" and (words := left_out_of_sales(subject.filters)):
        messages.print(words, markup=False, soft_wrap=True)
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


def _run(stack: Stack, sql: str, progress: Progress, written: Written | None) -> Table:
    """The result of a query. Places in Athena's errors are those of the user's file, if it is one."""
    if written is None:
        return run_query(stack, sql, progress)
    try:
        return run_query(stack, sql, progress)
    except AnswerFailedError as error:
        raise refused(written, error, sql) from error
    except ClientError as error:
        if error.operation_name != "StartQueryExecution":
            raise
        raise refused(written, error, sql) from error


def scanned(scanned_bytes: int, queries: int = 1) -> str:
    """What Athena read for one query, or for several, and what that costs at the least."""
    usd = max(athena_usd(scanned_bytes), queries * athena_usd(0))
    return f"Athena read {scanned_bytes:,} bytes: ${usd:.5f} at {REGION}'s price, in AWS."
