# SPDX-License-Identifier: Apache-2.0
"""Asks a stack one of its answers and prints it."""

from rich.console import Console

from edgepixel.answers import answer_sql, find_answers, run_query
from edgepixel.table import to_csv, to_json, to_rich
from edgepixel.target import Target


def ask(target: Target, name: str, days: int | None, form: str, output: Console, messages: Console) -> None:
    """Run the answer `name`, looking back `days` days if given, and print it as `table`, `csv` or `json`.

    Only the answer goes to `output`, so that it can be piped. Raises UnknownAnswerError with the names there are.
    """
    sql = answer_sql(find_answers(target.cloud, target.stack), name, days)
    messages.print(f"Asking {target}", markup=False)
    with messages.status(name) as status:

        def progress(state: str, seconds: float) -> None:
            status.update(f"{name}: {state.lower()}, {seconds:.1f} s")

        table = run_query(target.cloud, target.stack, sql, progress)
    if form == "table":
        output.print(to_rich(table))
    else:
        # Straight to the file: a console would wrap long lines and interpret brackets.
        output.file.write(to_csv(table) if form == "csv" else to_json(table) + "\n")
