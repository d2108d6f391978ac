# SPDX-License-Identifier: Apache-2.0
"""The options of replay, and the selection that they make."""

from datetime import UTC, datetime

import pytest

from edgepixel.cli import main
from edgepixel.replay import command
from edgepixel.replay.undelivered_lines import REASONS, Selection


@pytest.fixture
def selections(monkeypatch: pytest.MonkeyPatch) -> list[Selection]:
    """What replay was called with."""
    called: list[Selection] = []
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: None)
    monkeypatch.setattr(command, "run_replay", lambda _stack, selection, *_: called.append(selection))
    return called


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T18:30", datetime(2026, 1, 31, 18, 30, tzinfo=UTC)),
        ("2026-01-31T18:30:00.250Z", datetime(2026, 1, 31, 18, 30, 0, 250000, tzinfo=UTC)),
        ("2026-01-31T18:30+02:00", datetime(2026, 1, 31, 16, 30, tzinfo=UTC)),
        ("1900-01-01", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_since_a_time(text: str, moment: datetime, selections: list[Selection]) -> None:
    assert main(["replay", "--since", text]) == 0
    assert selections == [Selection(None, round(moment.timestamp() * 1000))]


@pytest.mark.parametrize(("text", "seconds"), [("90m", 5400), ("36h", 129_600), ("7d", 604_800)])
def test_since_a_period(text: str, seconds: int, selections: list[Selection]) -> None:
    before = datetime.now(UTC).timestamp()
    assert main(["replay", "--since", text, "--reason", "timestamp"]) == 0
    after = datetime.now(UTC).timestamp()
    (selection,) = selections
    assert selection.reason == "timestamp"
    assert (before - seconds) * 1000 - 1 <= selection.since_ms <= (after - seconds) * 1000


def test_without_options_everything_is_meant(selections: list[Selection]) -> None:
    assert main(["replay"]) == 0
    assert selections == [Selection(None, 0)]


def test_an_unknown_reason_lists_the_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--reason", "field-count"]) == 2
    said = capsys.readouterr().err
    assert all(reason in said for reason in REASONS)


@pytest.mark.parametrize("text", ["yesterday", "7", "7w", "-7d", "99999999999d", "2026-13-01", ""])
def test_what_is_no_time_is_refused_with_examples(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", f"--since={text}"]) == 2
    assert "36h" in capsys.readouterr().err
