# SPDX-License-Identifier: Apache-2.0
"""An examination in words for people, and as JSON for programs."""

import json
from dataclasses import asdict

from rich.text import Text

from edgepixel.console.table import Table, Value, printable
from edgepixel.doctor.findings import Examination, Outcome


def as_table(examination: Examination) -> Table:
    """One row for each stage: when the hits were through, after they were sent, and how long this stage took."""
    rows: list[tuple[Value, ...]] = []
    before = 0.0
    for result in examination.stages:
        after = took = None
        if result.seconds is not None:
            took = f"{max(0.0, result.seconds - before):.1f}"
            after = f"{result.seconds:.1f}"
            before = max(before, result.seconds)
        detail = "" if result.outcome is Outcome.FAILED else result.detail
        rows.append((result.stage, result.outcome, took, after, detail))
    return Table(("stage", "", "took, s", "after, s", "what was seen"), tuple(rows))


def conclusion(examination: Examination) -> Text:
    """What was found, what to do, and where that is explained."""
    problem = examination.problem
    notes = "".join(f"\nNote: {note}" for note in examination.notes)
    if problem is None:
        done = "The hits got through every stage" if examination.mark else "Every stage looks right"
        return Text(f"{done}.{notes}")
    lines = (
        f"The first stage that fails: {problem.stage}",
        problem.what,
        f"What to do: {problem.do}",
        f"More: {problem.page}",
    )
    return Text(printable_lines("\n".join(lines) + notes))


def as_json(examination: Examination) -> str:
    """All of it, as one object."""
    told = asdict(examination)
    told["healthy"] = examination.healthy
    told["seconds"] = round(examination.seconds, 3)
    for stage in told["stages"]:
        stage["seconds"] = None if stage["seconds"] is None else round(stage["seconds"], 3)
    if examination.problem:
        told["problem"]["page"] = examination.problem.page
    return json.dumps(told, indent=2)


def printable_lines(text: str) -> str:
    """Text without control characters but newlines: some of it is an error's, which may quote anything."""
    return "\n".join(printable(line) for line in text.split("\n"))
