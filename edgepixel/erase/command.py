# SPDX-License-Identifier: Apache-2.0
"""`edgepixel erase`: removes what one visitor, order or request has left in the lake."""

import secrets
import sys
from collections import Counter
from datetime import UTC, date, datetime

import click
from botocore.exceptions import ClientError
from rich.console import Console

from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.console.table import Table, to_rich
from edgepixel.cost import prices
from edgepixel.erase.erasure import Erasure, Found
from edgepixel.erase.permissions import missing_action
from edgepixel.erase.receipt import Counts, Receipt, again, begin, find_unfinished, store_receipt
from edgepixel.erase.store import Store
from edgepixel.erase.subject import Kind, Period, Sought, Subject
from edgepixel.errors import ErasureError
from edgepixel.option_types import CalendarDate
from edgepixel.options import StackChoice, stack_options

_MOST_PASSES = 3  # lines of a visitor who is on the site come while they are erased
_MOST_SHOWN = 10
_OUT_OF_REACH = """\
Not reached: lines in the streams (24 hours) and in delivery (up to 24 hours more); rejected lines of a visitor, which
have no key yet; the history of Athena's queries (45 days; of this command's it has only hashes); backups, exports and
copies that you made, and logs that you imported. Run the same command again after two days. More: docs/erasure.md"""


@click.command()
@click.option("--visitor", metavar="KEY", help="Whose events: visitor_key of the view, 16 hexadecimal digits.")
@click.option("--order", metavar="ID", help="Or: which order's events, order_id of the view.")
@click.option("--request", metavar="ID", help="Or: which single event, request_id of the view.")
@click.option(
    "--from", "first", type=CalendarDate(), metavar="DATE", help="Only what came into the lake since this day."
)
@click.option("--to", "last", type=CalendarDate(), metavar="DATE", help="Only what came until this day (UTC).")
@click.option("--dry-run", is_flag=True, help="Search, and say what would be erased. Nothing is changed.")
@click.option("--yes", is_flag=True, help="Do not ask whether to erase what was found.")
@stack_options
def erase(
    visitor: str | None,
    order: str | None,
    request: str | None,
    first: date | None,
    last: date | None,
    dry_run: bool,
    yes: bool,
    choice: StackChoice,
) -> None:
    """Erase what a visitor, an order or a request left in the lake.

    Typed days, raw objects, quarantine, failed batches and delivery errors are written anew without its lines; results
    of queries are deleted. This cannot be undone: begin with --dry-run.

    \b
    Examples:
      edgepixel erase --order 2026/000042 --dry-run
      edgepixel erase --visitor 46f6a70b718aa204 --from 2026-11-01 --to 2026-11-27
    """
    given: dict[Kind, str | None] = {"visitor": visitor and visitor.lower(), "order": order, "request": request}
    subjects = [Subject(kind, value) for kind, value in given.items() if value is not None]
    if len(subjects) != 1:
        raise click.UsageError("name one of --visitor, --order and --request")
    if problem := subjects[0].problem:
        raise click.BadParameter(problem, param_hint=f"--{subjects[0].kind}")
    if first and last and last < first:
        raise click.UsageError(f"--to {last} is before --from {first}")
    stack = find_chosen_stack(choice)
    output, messages = output_console(), output_console(stderr=True)
    run_erase(stack, subjects[0], Period(first, last), output, messages, dry_run=dry_run, yes=yes)


def run_erase(
    stack: Stack,
    subject: Subject,
    period: Period,
    output: Console,
    messages: Console,
    *,
    dry_run: bool = False,
    yes: bool = False,
) -> Receipt | None:
    """Erase a subject's events, or only say how many there are (`dry_run`). None if nothing was erased.

    Raises ErasureError if it was not all: then the receipt says so, and the same command goes on.
    """
    try:
        return _run(stack, subject, period, output, messages, dry_run=dry_run, yes=yes)
    except ClientError as error:
        if (action := missing_action(error)) is None:
            raise
        raise ErasureError(
            f"you lack the permission {action}. docs/erasure.md lists all that this command needs. What was begun goes "
            "on when the same command is run again"
        ) from error


def _run(
    stack: Stack,
    subject: Subject,
    period: Period,
    output: Console,
    messages: Console,
    *,
    dry_run: bool,
    yes: bool,
) -> Receipt | None:
    store = Store(stack.cloud.client("s3"), stack.lake_bucket)
    unfinished = None if dry_run else find_unfinished(store, subject, period)
    sought = Sought(subject, unfinished.salt if unfinished else secrets.token_hex(16))
    messages.print(f"Looking in {stack}", markup=False)
    erasure = Erasure(stack, store, sought, period, Steps(messages), unfinished)
    found = erasure.search()
    if found.counts.nothing and not unfinished:
        _raise_unreadable(found)
        messages.print("Nothing was found, nothing was changed, and no receipt was stored.")
        return None
    _tell_found(found, output, messages)
    if dry_run:
        messages.print("Nothing was changed.")
        _raise_unreadable(found)
        return None
    if not yes:
        _confirm()
    now = datetime.now(UTC)
    receipt = again(unfinished) if unfinished else begin(sought, period, stack.name, found.counts, now)
    for _ in range(_MOST_PASSES):
        receipt = receipt.about(erasure.days(found), erasure.hashes())
        store_receipt(store, receipt)
        erasure.erase(found)
        found = erasure.search()
        if found.counts.nothing:
            break
    erasure.delete_query_results()
    done = found.counts.nothing and not found.unreadable
    receipt = receipt.ended("done" if done else "incomplete", erasure.erased, found.counts, datetime.now(UTC))
    store_receipt(store, receipt)
    _tell_receipt(receipt, output, messages)
    _raise_unreadable(found)
    if not done:
        raise ErasureError(
            f"a last search still found something ({_numbers(found.counts)}). Run the same command again"
        )
    return receipt


def _confirm() -> None:
    try:
        click.confirm("Erase all of that? It cannot be undone.", abort=True, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise ErasureError(
            "nobody said yes, and nothing was changed. Without a terminal, say so with --yes, after --dry-run"
        ) from None


def _tell_found(found: Found, output: Console, messages: Console) -> None:
    days: dict[str, list[int]] = {}
    for row in found.rows:
        days.setdefault(row.day, [0, 0])[not row.typed] += 1
    if days:
        rows = tuple((day, typed, raw) for day, (typed, raw) in sorted(days.items()))
        output.print(to_rich(Table(("day", "typed rows", "raw lines"), rows)))
    sites = Counter("(none)" if row.site is None else row.site for row in found.rows)
    if len(sites) > 1:  # two shops can have the same number
        named = ", ".join(f"{site} {number:,}" for site, number in sites.most_common())
        messages.print(f"They are of several sites: {named}. To erase one event alone, use --request.", markup=False)
    counts = found.counts
    messages.print(
        f"{counts.typed_rows + counts.raw_rows:,} rows; in the lake {counts.raw_lines:,} lines of "
        f"{counts.raw_objects:,} raw objects, and {counts.kept_lines:,} lines of {counts.kept_objects:,} objects of "
        "quarantine, failed batches and delivery errors."
    )
    messages.print(
        f"The search read {found.scanned_bytes:,} bytes in Athena, ${prices.athena_usd(found.scanned_bytes):.4f} at "
        f"{prices.REGION}'s list price, and {found.read_objects:,} objects of {found.read_bytes:,} bytes in S3: a "
        "request each, and transfer if this machine is not in the Region. To erase, Athena reads each typed day three "
        "times, and what is changed in S3 is read and written once more.",
        markup=False,
    )


def _tell_receipt(receipt: Receipt, output: Console, messages: Console) -> None:
    output.print(receipt.text(), markup=False, end="", soft_wrap=True)
    messages.print(f"The receipt is {receipt.key} in the lake.", markup=False)
    messages.print(f"All {receipt.erased.query_results:,} objects of {lake_names.QUERY_RESULTS} were deleted.")
    messages.print(_OUT_OF_REACH, markup=False)


def _numbers(counts: Counts) -> str:
    return (
        f"{counts.typed_rows:,} typed rows, {counts.raw_rows:,} raw rows, {counts.raw_lines:,} raw lines, "
        f"{counts.kept_lines:,} kept lines"
    )


def _raise_unreadable(found: Found) -> None:
    if found.unreadable:
        shown = [*found.unreadable[:_MOST_SHOWN], *(["and more"] if len(found.unreadable) > _MOST_SHOWN else [])]
        raise ErasureError(
            f"{len(found.unreadable):,} objects cannot be read, so nobody knows what is in them: {', '.join(shown)}. "
            "Delete them, or keep them knowing that"
        )
