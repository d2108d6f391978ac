# SPDX-License-Identifier: Apache-2.0
"""Lines are numbered as an editor numbers them, whatever the file is."""

import gzip
import io
import sys
from pathlib import Path

import pytest

from edgepixel.errors import UnreadableInputError
from edgepixel.explain import log_lines
from edgepixel.explain.log_lines import numbered_lines


def written(folder: Path, content: bytes, name: str = "lines.log") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"\n\r\n\n", []),
        (b"a\n\n\r\nb\r\nc", [(1, b"a"), (4, b"b"), (5, b"c")]),
        (b"a\rb\x0bc\x85\n d \n", [(1, b"a\rb\x0bc\x85"), (2, b" d ")]),
        (b"\xff\n", [(1, b"\xff")]),
    ],
)
def test_only_newlines_end_lines_and_blank_ones_count(
    tmp_path: Path, content: bytes, lines: list[tuple[int, bytes]]
) -> None:
    assert list(numbered_lines(written(tmp_path, content))) == lines
    assert list(numbered_lines(written(tmp_path, gzip.compress(content), "lines.gz"))) == lines


def test_the_standard_input_is_read_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\n\xff\r\n")))
    assert list(numbered_lines("-")) == [(1, b"a"), (2, b"\xff")]


def test_a_line_of_any_length_is_one_line_of_limited_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "_LONGEST_BYTES", 5)
    content = b"abcdefghijklmn\nabcd\nabcde\nabcdefghij"
    found = list(numbered_lines(written(tmp_path, content)))
    assert found == [(1, b"abcde"), (2, b"abcd"), (3, b"abcde"), (4, b"abcde")]


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"a line\n" * 1000)[:-9], gzip.compress(b"x")[:12]])
def test_what_is_not_whole_gzip_is_told(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content, "lines.gz")
    with pytest.raises(UnreadableInputError, match=r"lines\.gz cannot be read: "):
        list(numbered_lines(path))


def test_an_empty_gzip_file_has_no_lines(tmp_path: Path) -> None:
    assert list(numbered_lines(written(tmp_path, b"", "lines.gz"))) == []
