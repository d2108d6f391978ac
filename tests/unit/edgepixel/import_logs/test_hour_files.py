# SPDX-License-Identifier: Apache-2.0
"""Lines become objects of an hour, bounded in memory, on disk and in size, and always the same."""

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from edgepixel.import_logs import hour_files as module
from edgepixel.import_logs.hour_files import HourFiles
from edgepixel.import_logs.lake_lines import LakeLine

LINES = [LakeLine(number % 5, b"%06d %s\n" % (number, b"x" * 92)) for number in range(1000)]


def delivered(
    folder: Path, lines: Iterable[LakeLine], look: Callable[[], object] = lambda: None
) -> list[tuple[int, int, bytes]]:
    objects: list[tuple[int, int, bytes]] = []
    hours = HourFiles(folder, lambda *made: objects.append(made))
    for line in lines:
        hours.add(line)
        look()
    hours.finish()
    assert list(folder.iterdir()) == []
    return objects


def test_each_hour_is_one_object_with_its_lines_in_their_order(tmp_path: Path) -> None:
    objects = delivered(tmp_path, LINES)
    assert [(hour, number) for hour, number, _ in objects] == [(hour, 1) for hour in range(5)]
    for hour, _, compressed in objects:
        assert gzip.decompress(compressed) == b"".join(line.text for line in LINES if line.hour == hour)


def test_nothing_makes_no_object(tmp_path: Path) -> None:
    assert delivered(tmp_path, []) == []


def test_the_same_lines_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = delivered(tmp_path, LINES)
    monkeypatch.setattr("time.time", lambda: 1.0)
    assert delivered(tmp_path, LINES) == first


def test_a_great_hour_is_divided_and_no_line_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(module, "_OBJECT_BYTES", 3000)
    objects = delivered(tmp_path, LINES)
    contents = [gzip.decompress(compressed) for _, _, compressed in objects]
    assert len({(hour, number) for hour, number, _ in objects}) == len(objects) > 20
    assert max(map(len, contents)) < 3000 + 1000
    assert sorted(b"".join(contents).splitlines(True)) == [line.text for line in LINES]


def test_the_disk_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(module, "_ON_DISK_BYTES", 5000)
    most = 0

    def look() -> None:
        nonlocal most
        most = max(most, sum(file.stat().st_size for file in tmp_path.iterdir()))

    objects = delivered(tmp_path, LINES, look)
    assert 0 < most < 5000
    assert sum(gzip.decompress(made).count(b"\n") for _, _, made in objects) == len(LINES)
