# SPDX-License-Identifier: Apache-2.0
"""`edgepixel export`: writes the events of a period to a file of the user's."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click
from rich.console import Console

from edgepixel.answers.subject.conditions import Subject, stack_time_zone
from edgepixel.answers.subject.periods import Period, described
from edgepixel.answers.subject.present_values import chosen
from edgepixel.ask.athena import Working, find_answers, run_statement
from edgepixel.ask.command import scanned
from edgepixel.ask.mixed_rules import mixed_rules
from edgepixel.ask.no_such_value import no_such_value
from edgepixel.ask.nothing_yet import nothing_yet
from edgepixel.aws.lake_names import QUERY_RESULTS
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import output_console
from edgepixel.cost.prices import REGION, athena_usd
from edgepixel.errors import AnswerFailedError, ExportError
from edgepixel.export.download import Written, download_parquet, download_rows
from edgepixel.export.estimate import most_bytes
from edgepixel.export.statement import export_sql, parquet_statement
from edgepixel.option_types import OutputFile
from edgepixel.options import StackChoice, stack_options, subject_options

FORMATS = ("parquet", "csv", "jsonl")
_SECONDS = 4 * 3600.0
"""Athena ends a query after 30 minutes, or as many as the account has asked for, 240 at most (Athena user guide,
"Service Quotas", DML query timeout)."""


@click.command()
@subject_options(days=None, counts=False)
@click.option("--format", "form", type=click.Choice(FORMATS), default="parquet", help="Form of the output.")
@click.option(
    "--output",
    type=OutputFile(new=True),
    metavar="PATH",
    help="A new file; of Parquet, a new folder.  [default: named after the period]",
)
@click.option("--counted", is_flag=True, help="Only what answers count: no refusals, no redirects, no doctor's hits.")
@click.option("--dry-run", is_flag=True, help="Say what Athena will read at most, and its price. Nothing is asked.")
@stack_options
def export(subject: Subject, form: str, output: Path | None, counted: bool, dry_run: bool, choice: StackChoice) -> None:
    """Write the events of a period to a file of yours.

    Every column of the view, each request once. All of them, with the class of each in the column `traffic`: programs
    and refusals, too. With --counted --filter traffic=human they are those that answers count. Parquet keeps the types,
    is a folder of files, and is the form for millions of events.

    \b
    Examples:
      edgepixel export --from 2026-10-01 --to 2026-10-31
      edgepixel export --period yesterday --format csv --output yesterday.csv
      edgepixel export --days 7 --site blog --counted --filter traffic=human --format jsonl
    """
    if subject.days is None and subject.dates is None:
        raise click.UsageError("say which events: --from DATE, --period NAME or --days NUMBER")
    stack, messages = find_chosen_stack(choice), output_console(stderr=True)
    zone = subject.time_zone or stack_time_zone(find_answers(stack))
    period = subject.period(datetime.now(UTC), zone)
    output = output or Path(_default_name(period, form))
    if output.exists():
        raise ExportError(f"{output} exists already: choose another with --output, or move this one")
    most = most_bytes(stack, period)
    messages.print(
        f"Exporting {described(period)}, from {stack}. Athena will read at most about {most:,} bytes: "
        f"${athena_usd(most):.5f} at {REGION}'s price, in AWS.",
        markup=False,
        soft_wrap=True,
    )
    if dry_run:
        return
    try:
        written, read = _export(stack, export_sql(subject, period, counted=counted), form, output, messages)
    except AnswerFailedError:
        waiting = nothing_yet(stack)
        if waiting is None:
            raise
        messages.print(waiting, markup=False)
        return
    _tell(messages, written, output)
    if not (written.files and written.rows != 0) and chosen(subject):
        words, more_bytes = no_such_value(stack, subject, period)
        read += more_bytes
        if words:
            messages.print(words, markup=False, soft_wrap=True)
    if mixed := mixed_rules(stack, period):
        messages.print(mixed, markup=False, soft_wrap=True)
    messages.print(scanned(read), markup=False)


def _export(stack: Stack, sql: str, form: str, output: Path, messages: Console) -> tuple[Written, int]:
    """Ask, and bring the result here; gives what was written, and what Athena read."""
    s3 = stack.cloud.client("s3")
    with messages.status("asking") as status:

        def progress(working: Working) -> None:
            status.update(f"asking: {working}")

        if form != "parquet":
            finished = run_statement(stack, sql, _SECONDS, progress)
            status.update("downloading")
            return download_rows(s3, finished.results, output, form), finished.scanned_bytes
        folder = f"s3://{stack.lake_bucket}/{QUERY_RESULTS}export-{uuid4().hex}/"
        finished = run_statement(stack, parquet_statement(sql, folder), _SECONDS, progress)
        if finished.manifest is None:
            raise ExportError(f"Athena does not say what it wrote into {folder} (query {finished.query_id})")

        def downloaded(number: int, files: int) -> None:
            status.update(f"downloading: {number:,} of {files:,} files")

        return download_parquet(s3, finished.manifest, output, downloaded), finished.scanned_bytes


def _tell(messages: Console, written: Written, output: Path) -> None:
    if written.files == 0:
        messages.print("There are no such events: nothing is written.", markup=False)
        return
    counted = "" if written.rows is None else f"{written.rows:,} {'event' if written.rows == 1 else 'events'}, "
    files = "" if written.files == 1 else f" in {written.files:,} files"
    messages.print(f"{output}: {counted}{written.bytes:,} bytes{files}.", markup=False, soft_wrap=True)


def _default_name(period: Period, form: str) -> str:
    first, last = period.dates or (period.local(period.begin).date(), period.local(period.end).date())
    return f"events-{first}-{last}.{form}"
