# SPDX-License-Identifier: Apache-2.0
"""Reading and writing ledgers."""

import json
from pathlib import Path

import pytest

from edgepixel.errors import LedgerError
from edgepixel.traffic.ledger import Ledger, read_ledger, write_ledger
from tests.unit.edgepixel.truth.ledgers import header, row


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.jsonl"
    rows = (row("1", page="https://x.example/ü\u2028\n"), row("2", logged=False, user_agent=None))
    with write_ledger(path, header()) as write:
        for line in rows:
            write(line)
    assert read_ledger(path) == Ledger(header(), rows)
    assert len(path.read_text(encoding="utf-8").split("\n")) == 4
    assert read_ledger(path).logged() == rows[:1]


def test_a_ledger_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text("precious")
    with pytest.raises(LedgerError, match="exists already"), write_ledger(path, header()):
        pass
    assert path.read_text() == "precious"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot write the ledger"), write_ledger(tmp_path / "file" / "x", header()):
        pass


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a ledger"),
        ('{"request_id": "1"}\n', "is not a ledger"),
        ("{\n", "line 1: not JSON"),
        ("[]\n", "line 1: not a JSON object"),
        ('{"ledger": {"version": 1}}\n', "line 1: fields missing or unknown: honors_privacy_control"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text)
    with pytest.raises(LedgerError, match=message):
        read_ledger(path)


def test_a_cut_row_and_an_unknown_field_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with write_ledger(path, header()) as write:
        write(row("1"))
    whole = path.read_text()
    path.write_text(whole[:-30])
    with pytest.raises(LedgerError, match="line 2: not JSON"):
        read_ledger(path)
    path.write_text(whole.replace('"event"', '"evnt"'))
    with pytest.raises(LedgerError, match="line 2: fields missing or unknown: event, evnt"):
        read_ledger(path)


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with write_ledger(path, header(version=9)):
        pass
    assert json.loads(path.read_text())["ledger"]["version"] == 9
    with pytest.raises(LedgerError, match="version 9"):
        read_ledger(path)


def test_a_ledger_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="No such file"):
        read_ledger(tmp_path / "none.jsonl")
