# SPDX-License-Identifier: Apache-2.0
"""Explanations come in the order of the lines, chunk by chunk."""

from collections.abc import Iterator, Sequence

import pytest

from edgepixel.console.table import Record
from edgepixel.explain import explanation
from edgepixel.explain.aggregator import Quarantined
from edgepixel.explain.explanation import Explanation, explanations


def stored(line: bytes) -> bytes:
    if line.startswith(b"bad"):
        raise Quarantined("timestamp")
    return line.upper()


def said(line: bytes) -> str | None:
    return "v=1" if line == b"C" else None


class View:
    """Makes an event of each line, and remembers how many there were each time."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def events(self, lines: Sequence[bytes]) -> Iterator[Record]:
        self.asked.append(len(lines))
        return iter([{"event": line.decode()} for line in lines])


@pytest.mark.parametrize("chunk_lines", [1, 2, 3, 100])
def test_the_order_is_that_of_the_lines(monkeypatch: pytest.MonkeyPatch, chunk_lines: int) -> None:
    monkeypatch.setattr(explanation, "_CHUNK_LINES", chunk_lines)
    lines = [(1, b"a"), (3, b"bad"), (4, b"b"), (5, b"bad too"), (9, b"bad three"), (10, b"c"), (11, b"a")]
    assert list(explanations(iter(lines), stored, View().events, said)) == [
        Explanation(1, {"event": "A"}),
        Explanation(3, quarantined="timestamp"),
        Explanation(4, {"event": "B"}),
        Explanation(5, quarantined="timestamp"),
        Explanation(9, quarantined="timestamp"),
        Explanation(10, {"event": "C"}, edge_function="v=1"),
        Explanation(11, {"event": "A"}),
    ]


def test_no_lines_have_no_explanations() -> None:
    assert list(explanations([], stored, View().events, said)) == []


def test_long_lines_make_chunks_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanation, "_CHUNK_BYTES", 100)
    view = View()
    assert len(list(explanations([(n, b"x" * 40) for n in range(7)], stored, view.events, said))) == 7
    assert view.asked == [3, 3, 1]


def test_no_more_is_read_than_two_chunks_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanation, "_CHUNK_LINES", 10)
    read = 0

    def lines() -> Iterator[tuple[int, bytes]]:
        nonlocal read
        for read in range(1, 1001):
            yield read, b"line"

    explained = explanations(lines(), stored, View().events, said)
    next(explained)
    assert read == 20
    explained.close()  # type: ignore[attr-defined]


def test_what_the_view_cannot_do_is_not_hidden() -> None:
    def fail(lines: Sequence[bytes]) -> Iterator[Record]:
        raise RuntimeError(f"{len(lines)} lines")

    with pytest.raises(RuntimeError, match="2 lines"):
        list(explanations([(1, b"a"), (2, b"b")], stored, fail, said))
