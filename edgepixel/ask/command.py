# SPDX-License-Identifier: Apache-2.0
"""Asks a stack one of its answers and prints it."""

from dataclasses import dataclass

from rich.console import Console

from edgepixel.answers.conditions import answer_sql
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.console.table import to_csv, to_json, to_rich
from edgepixel.cost.prices import REGION, athena_usd
from edgepixel.local.target import Target


@dataclass(frozen=True)
class Question:
    """Which answer, about what, in which form. `days` and `site` are the answer's own if they are None."""

    name: str
    days: int | None = None
    site: str | None = None
    include_bots: bool = False
    form: str = "table"


def ask(target: Target, question: Question, output: Console, messages: Console) -> None:
    """Run an answer, print it as `table`, `csv` or `json`, and say what Athena asks for it.

    Only the answer goes to `output`, so that it can be piped. Raises UnknownAnswerError with the names there are, and
    EdgePixelError for what the answer cannot be asked about.
    """
    queries = find_answers(target.cloud, target.stack)
    name = question.name
    sql = answer_sql(queries, name, question.days, site=question.site, include_bots=question.include_bots)
    messages.print(f"Asking {target}", markup=False)
    with messages.status(name) as status:

        def progress(state: str, seconds: float) -> None:
            status.update(f"{name}: {state.lower()}, {seconds:.1f} s")

        table = run_query(target.cloud, target.stack, sql, progress)
    if question.form == "table":
        output.print(to_rich(table))
    else:
        # Straight to the file: a console would wrap long lines and interpret brackets.
        output.file.write(to_csv(table) if question.form == "csv" else to_json(table) + "\n")
    messages.print(f"{len(table.rows):,} rows. {scanned(table.scanned_bytes)}", markup=False)


def scanned(scanned_bytes: int, queries: int = 1) -> str:
    """What Athena read for one query, or for several, and what that costs at the least."""
    usd = max(athena_usd(scanned_bytes), queries * athena_usd(0))
    return f"Athena read {scanned_bytes:,} bytes: ${usd:.5f} at {REGION}'s price, in AWS."
