# SPDX-License-Identifier: Apache-2.0
"""Shows the steps of a long command while they run, and how long each of them took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_WIDTH_WITHOUT_TERMINAL = 160
_NAME_WIDTH = 32


def output_console(stderr: bool = False) -> Console:
    """A console that does not squeeze tables when its output goes to a file or a pipe."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_TERMINAL
    return console


class Progressed(Protocol):
    """Is told how much is done, and of how much."""

    def __call__(self, done: int, of: int | None = None, /) -> None: ...


class Steps:
    """The steps so far, with their seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Progressed]:
        """Show a step until the block ends. Yields a function that is told how much of `total` is done.

        It may be told another total, if that was not known before.
        """
        columns = [SpinnerColumn(finished_text="+"), TextColumn(f"{{task.description:{_NAME_WIDTH}}}")]
        if total is not None:
            columns += [BarColumn(bar_width=30), TextColumn("{task.completed:,.0f} of {task.total:,.0f}")]
        started = time.monotonic()
        with Progress(*columns, TimeElapsedColumn(), console=self._console) as progress:
            task = progress.add_task(name, total=total if total is not None else 1)
            try:
                yield lambda done, of=None: progress.update(task, completed=done, total=of)
            except BaseException:
                progress.update(task, description=f"{name}: failed")
                raise
            if total is None:
                progress.update(task, completed=1)
        self.seconds[name] = time.monotonic() - started

    def note(self, text: str) -> None:
        """Say something between two steps."""
        self._console.print(text, markup=False)

    def summary(self) -> str:
        """One line: each step's seconds, and the sum."""
        parts = [f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items()]
        return f"{', '.join(parts)}; together {sum(self.seconds.values()):.1f} s"
