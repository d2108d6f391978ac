# SPDX-License-Identifier: Apache-2.0
"""`edgepixel import`: makes events of CloudFront's standard logs of the past."""

from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console

from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.console.table import to_rich
from edgepixel.cost import prices
from edgepixel.errors import LogImportError
from edgepixel.import_logs.catalog import wait_for_hours
from edgepixel.import_logs.imported_files import known_files
from edgepixel.import_logs.importer import Choice, Lake, import_files
from edgepixel.import_logs.log_rows import field_names
from edgepixel.import_logs.result import Result
from edgepixel.import_logs.sources import find_files
from edgepixel.import_logs.viewer_privacy import protection
from edgepixel.import_logs.wanted_requests import PageRequests, PixelRequests, Wanted
from edgepixel.options import StackChoice, stack_options
from edgepixel.template.reader import log_fields

_MOST_SHOWN = 10


@click.command("import")
@click.argument("places", metavar="PATH|s3://...", nargs=-1, required=True)
@click.option(
    "--pixel-path",
    metavar="PATH",
    help="Import the requests for this path, with their query.  [default: the stack's PixelPath]",
)
@click.option("--pages", is_flag=True, help="Instead: import requests for pages, each as the event `view`.")
@click.option("--site", metavar="NAME", help="With --pages: the site that the events are of.")
@click.option("--fields", metavar="NAMES", help="The fields of files that do not name them, in order, with commas.")
@click.option("--delimiter", metavar="TEXT", help="What is between the values.  [default: found out]")
@click.option("--dry-run", is_flag=True, help="Read everything and say what would be added. Nothing is written.")
@click.option("--wait", is_flag=True, help="Wait until the hours are in the catalog, so that they can be asked about.")
@stack_options
def import_logs(
    places: tuple[str, ...],
    pixel_path: str | None,
    pages: bool,
    site: str | None,
    fields: str | None,
    delimiter: str | None,
    dry_run: bool,
    wait: bool,
    choice: StackChoice,
) -> None:
    """Make events of CloudFront's standard logs of the past.

    Each PATH is a file or a folder, or an s3:// URL of an object or a prefix. All of CloudFront's formats can be read:
    legacy and v2, w3c, plain, raw, JSON and Parquet, compressed or not. What was imported once is skipped.

    \b
    Examples:
      edgepixel import --dry-run s3://my-logs/cdn/
      edgepixel import s3://my-logs/cdn/
      edgepixel import --pages --site blog old-logs/
    """
    if pages and pixel_path is not None:
        raise click.UsageError("--pages and --pixel-path exclude each other")
    if site is not None and not pages:
        raise click.UsageError("--site needs --pages: hits of the pixel say their site themselves")
    if dry_run and wait:
        raise click.UsageError("--dry-run and --wait exclude each other")
    if pixel_path is not None and not pixel_path.startswith("/"):
        raise click.BadParameter("must start with /", param_hint="--pixel-path")
    if fields is not None and not field_names(fields):
        raise click.BadParameter("names no field", param_hint="--fields")
    for place in places:
        if not place.startswith("s3://") and not Path(place).exists():
            raise click.BadParameter(f"{place} does not exist", param_hint="PATH")
    stack = find_chosen_stack(choice)
    wanted: Wanted = PageRequests(site) if pages else PixelRequests(pixel_path or urlsplit(stack.pixel_url).path)
    how = Choice(wanted, field_names(fields) if fields else None, _unescaped(delimiter) if delimiter else None)
    run_import(stack, places, how, output_console(), output_console(stderr=True), dry_run=dry_run, wait=wait)


def run_import(
    stack: Stack,
    places: tuple[str, ...],
    choice: Choice,
    output: Console,
    messages: Console,
    *,
    dry_run: bool = False,
    wait: bool = False,
) -> None:
    """Import files into a stack's lake, or only say what that would add (`dry_run`).

    Raises UnreadableInputError for places that lead to nothing, and LogImportError, after everything else is done, if
    something could not be read or nothing of it is wanted.
    """
    s3 = stack.cloud.client("s3")
    found = find_files(places, s3)
    messages.print(f"{'Looking for' if dry_run else 'Importing'} {choice.wanted.what} into {stack}", markup=False)
    if found.left_out:
        messages.print(f"Left out {found.left_out:,} files that are empty or hidden.")
    fields = log_fields()
    lake = Lake(s3, stack.lake_bucket, fields, protection(fields, stack.ip_addresses, stack.honors_privacy_control))
    known = known_files(s3, stack.lake_bucket, choice.wanted.choice)
    steps = Steps(messages)
    with steps.step("bytes of logs", sum(file.size for file in found.files)) as progress:
        result = import_files(found.files, choice, lake, known, progress, dry_run=dry_run)
    _tell(result, steps.seconds["bytes of logs"], output, messages, dry_run)
    if result.events and not dry_run:
        if wait:
            with steps.step("hours in the catalog", result.folders) as progress:
                wait_for_hours(stack, result.events, progress)
        else:
            messages.print(
                "They can be queried when their hours are in the catalog: usually within two minutes, in a new stack "
                "after some fifteen. --wait waits for it."
            )
    _raise_what_was_wrong(result, choice.wanted, dry_run)


def _tell(result: Result, seconds: float, output: Console, messages: Console, dry_run: bool) -> None:
    read = result.files - result.imported_before
    if result.imported_before:
        messages.print(f"Skipped {result.imported_before:,} files that were imported before.")
    rate = f", {result.lines / seconds:,.0f} a second" if seconds and result.lines else ""
    messages.print(f"Read {result.lines:,} lines of {read:,} files{rate}.")
    if not result.events:
        return
    days = result.by_day()
    output.print(to_rich(days))
    would = "would be added" if dry_run else "are in the lake"
    puts, storage = result.objects * prices.S3_PUT.each, result.object_bytes / prices.GB * prices.S3_STORAGE.each
    messages.print(
        f"{result.events.total():,} events from {days.rows[0][0]} to {days.rows[-1][0]} (UTC) {would}: "
        f"{result.objects:,} objects, {result.object_bytes:,} bytes. "
        f"S3 bills ${puts:.4f} once and ${storage:.4f} a month for them, at "
        f"{prices.REGION}'s list prices.",
        markup=False,
    )
    if dry_run:
        messages.print("Nothing was written.")


def _raise_what_was_wrong(result: Result, wanted: Wanted, dry_run: bool) -> None:
    wrong = []
    if result.bad_lines:
        wrong.append(f"{result.bad_lines:,} lines are no requests. The first: {result.first_bad_line}")
    if result.unreadable:
        more = len(result.unreadable) - _MOST_SHOWN
        listed = [*result.unreadable[:_MOST_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
        wrong.append(f"{len(result.unreadable):,} files could not be read to their end:\n  " + "\n  ".join(listed))
    good = result.lines - result.bad_lines
    if good and not result.events:
        hint = (
            "Only GET requests that got a document count as pages: look at the paths and at the field sc-content-type"
            if isinstance(wanted, PageRequests)
            else "Name another path with --pixel-path; or did you mean --pages?"
        )
        wrong.append(f"0 of {good:,} requests are for {wanted.what}. {hint}")
    if wrong:
        rest = f"; everything else {'would be' if dry_run else 'was'} imported" if result.events else ""
        raise LogImportError("\n".join(wrong) + rest)


def _unescaped(delimiter: str) -> bytes:
    """A delimiter as it can be typed in a shell: `\\t` is a tab."""
    return delimiter.replace("\\t", "\t").encode()
