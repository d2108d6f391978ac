# SPDX-License-Identifier: Apache-2.0
"""`edgepixel report`: asks, draws and writes the page."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from edgepixel.ask.command import scanned
from edgepixel.console.progress import Steps
from edgepixel.local.target import Target
from edgepixel.report.gather import ANSWERS, COMPARED, Gathered, Subject, gather
from edgepixel.report.page import render


def report(target: Target, subject: Subject, path: Path, messages: Console) -> None:
    """Ask, and write the page of the time up to now to `path`, whole or not at all."""
    steps = Steps(messages)
    with steps.step("ask", len(ANSWERS) + len(COMPARED)) as progress:
        gathered = gather(target, subject, datetime.now(UTC), progress)
    with steps.step("draw"):
        write_page(gathered, path)
    messages.print(scanned(gathered.scanned_bytes, len(ANSWERS) + len(COMPARED)), markup=False)


def write_page(gathered: Gathered, path: Path) -> None:
    """Draw the page and put it in its place, so that no half of it is ever there."""
    page = render(gathered)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(path)
