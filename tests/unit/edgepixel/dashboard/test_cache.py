# SPDX-License-Identifier: Apache-2.0
"""What is kept comes back as it was, for as long as it may, and takes no more room than it may."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edgepixel.console.table import Table
from edgepixel.dashboard.cache import Cache, Kept

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TABLE = Table(("text", "number", "share"), (("é'\"<", 1, 0.5), (None, -3, None), ("\ud7ff", True, 1e300)), 123)


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    Cache(tmp_path / "kept").put("SELECT 1", Kept(TABLE, NOW))
    kept = Cache(tmp_path / "kept").get("SELECT 1", NOW - timedelta(seconds=1))
    assert kept == Kept(TABLE, NOW)
    assert kept is not None
    assert kept.table.scanned_bytes == 123
    assert [[type(value) for value in row] for row in kept.table.rows] == [
        [type(value) for value in row] for row in TABLE.rows
    ]


def test_another_question_and_an_old_answer_are_unknown(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("SELECT 1", Kept(TABLE, NOW))
    assert cache.get("SELECT 2", NOW) is None
    assert cache.get("SELECT 1", NOW) is not None
    assert cache.get("SELECT 1", NOW + timedelta(seconds=1)) is None


@pytest.mark.parametrize("damage", [b"", b"half", b"\x1f\x8b\x08\x00"])
def test_a_damaged_file_is_asked_anew(tmp_path: Path, damage: bytes) -> None:
    cache = Cache(tmp_path)
    cache.put("SELECT 1", Kept(TABLE, NOW))
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage or path.read_bytes()[:-20])
    assert cache.get("SELECT 1", NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    Cache(tmp_path / "kept").put("SELECT 1", Kept(TABLE, NOW))
    (path,) = (tmp_path / "kept").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_was_not_read_for_longest_makes_room(tmp_path: Path) -> None:
    size = len(_one_file(tmp_path / "one"))
    cache = Cache(tmp_path / "kept", most_bytes=3 * size + 20)
    for number in range(3):
        cache.put(f"SELECT {number}", Kept(TABLE, NOW))
    assert cache.get("SELECT 0", NOW) is not None
    cache.put("SELECT 3", Kept(TABLE, NOW))
    assert [cache.get(f"SELECT {number}", NOW) is not None for number in range(4)] == [True, False, True, True]


def _one_file(folder: Path) -> bytes:
    Cache(folder).put("SELECT 0", Kept(TABLE, NOW))
    (path,) = folder.iterdir()
    return path.read_bytes()
