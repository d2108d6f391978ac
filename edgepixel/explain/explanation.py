# SPDX-License-Identifier: Apache-2.0
"""What becomes of log lines, in chunks, so that a file of any size takes the same memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from edgepixel.console.table import Record
from edgepixel.explain.aggregator import Quarantined
from edgepixel.explain.log_lines import NumberedLine

# Each query of the view takes most of a second besides its lines. Long lines make a chunk smaller.
_CHUNK_LINES, _CHUNK_BYTES = 40_000, 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Explanation:
    """A line's number, and its event or, if it has none, the reason for which it is quarantined.

    `edge_function` is what the edge function said of the hit.
    """

    line: int
    event: Record | None = None
    quarantined: str | None = None
    edge_function: str | None = None


type _Outcome = tuple[int, str | None, str | None]
"""A line's number, the reason of a line that is quarantined, and what the edge function said of one that is not."""


def explanations(
    lines: Iterable[NumberedLine],
    stored: Callable[[bytes], bytes],
    events: Callable[[Sequence[bytes]], Iterator[Record]],
    said: Callable[[bytes], str | None],
) -> Iterator[Explanation]:
    """The explanations of lines, in their order.

    `stored` gives what is stored of a line, or raises Quarantined; `events` the event of each stored line, and `said`
    what the edge function said in it. While one chunk is read by who wants the explanations, a thread asks for the
    events of the next one.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        waiting: tuple[list[_Outcome], Future[Iterator[Record]]] | None = None
        for outcomes, good in _chunks(lines, stored, said):
            asked = thread.submit(events, good)
            if waiting is not None:
                yield from _explained(*waiting)
            waiting = outcomes, asked
        if waiting is not None:
            yield from _explained(*waiting)


def _explained(outcomes: Sequence[_Outcome], asked: Future[Iterator[Record]]) -> Iterator[Explanation]:
    events = asked.result()
    for number, reason, text in outcomes:
        if reason is None:
            yield Explanation(number, next(events), edge_function=text)
        else:
            yield Explanation(number, quarantined=reason)


def _chunks(
    lines: Iterable[NumberedLine], stored: Callable[[bytes], bytes], said: Callable[[bytes], str | None]
) -> Iterator[tuple[list[_Outcome], list[bytes]]]:
    """What becomes of so many lines, and those that are stored."""
    outcomes: list[_Outcome] = []
    good: list[bytes] = []
    size = 0
    for number, line in lines:
        try:
            good.append(stored(line))
            outcomes.append((number, None, said(good[-1])))
        except Quarantined as quarantined:
            outcomes.append((number, quarantined.reason, None))
        size += len(line)
        if len(outcomes) == _CHUNK_LINES or size >= _CHUNK_BYTES:
            yield outcomes, good
            outcomes, good, size = [], [], 0
    if outcomes:
        yield outcomes, good
