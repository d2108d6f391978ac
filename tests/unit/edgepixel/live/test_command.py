# SPDX-License-Identifier: Apache-2.0
"""`edgepixel live`: what it prints in each form, how it ends, and what it says without a stream or its packages."""

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from edgepixel.cli import main
from edgepixel.errors import MissingPackageError, NoRawStreamError
from edgepixel.live import available, command, watch
from edgepixel.live.display import as_json, as_line, as_screen, sparkline
from edgepixel.live.picture import Count, Minute, Picture, Row

NOTHING = Count(0, 0)
HOSTILE = "a.example/\x1b[2J\u202egnp.<b>"
PICTURE = Picture(
    time=1_790_000_000.0,
    begin=1_789_999_880.0,
    now=Count(3, 5),
    people=Count(4, 9),
    machines=Count(1, 2),
    minutes=[Minute(1_789_999_860, 4, 0), Minute(1_789_999_920, 0, 2), Minute(1_789_999_980, 5, 0)],
    pages=[Row(HOSTILE, HOSTILE, 3, 5, 0)],
    countries=[Row("Germany", "DE", 3, 5, 1)],
    channels=[Row("direct", "direct", 3, 5, 1)],
    traffic=[("human", Count(4, 9)), ("bot", Count(1, 2))],
    delay=3.2,
    longest_delay=8.9,
    lines=11,
    quarantined={"field_count": 1},
    remarks=["1 lines go to quarantine \x1b[2J."],
)


class Watched:
    """Stands for `Watch`: gives a picture each time, and does something at a given look."""

    def __init__(self, at_look: Callable[[int], None]) -> None:
        self.looks, self._at_look = 0, at_look

    def look(self) -> Picture:
        self.looks += 1
        self._at_look(self.looks)
        return PICTURE

    def seconds_to_next(self) -> float:
        return 0.01

    def cost(self) -> str:
        return "It cost nothing."


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Watched]:
    """Lets the command watch what does something at a look."""

    def start(at_look: Callable[[int], None] = lambda look: None) -> Watched:
        watched = Watched(at_look)
        stack = SimpleNamespace(name="shop", parameters={"TimeZone": "Europe/Berlin"}, has_realtime_logs=True)
        monkeypatch.setattr(command, "find_chosen_stack", lambda choice: stack)
        monkeypatch.setattr(watch, "Watch", lambda stack, minutes: watched)
        return watched

    return start


def interrupt(look: int) -> None:
    if look == 3:
        raise KeyboardInterrupt


def test_ctrl_c_ends_it_well_and_it_says_what_it_cost(
    started: Callable[..., Watched], capsys: pytest.CaptureFixture[str]
) -> None:
    watched = started(interrupt)
    assert main(["live", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert watched.looks == 3
    assert [json.loads(line)["now"] for line in said.out.splitlines()] == [{"visitors": 3, "events": 5}] * 2
    assert said.err.rstrip().endswith("It cost nothing.")


def test_it_ends_by_itself(started: Callable[..., Watched], capsys: pytest.CaptureFixture[str]) -> None:
    watched = started()
    assert main(["live", "--for", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == watched.looks >= 2
    assert "people now: 3 (5 events)" in lines[0]


def test_a_failure_also_says_what_it_cost(started: Callable[..., Watched], capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(look: int) -> None:
        raise NoRawStreamError("it is gone")

    started(refuse)
    assert main(["live"]) == 1
    said = capsys.readouterr().err
    assert "edgepixel: it is gone" in said
    assert "It cost nothing." in said


def test_without_a_raw_stream_it_says_so_before_packages_are_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Standard(SimpleNamespace):
        def __str__(self) -> str:
            return "stack shop in AWS"

    def missing() -> None:
        raise MissingPackageError("pip install it")

    stack = Standard(has_realtime_logs=False)
    monkeypatch.setattr(command, "find_chosen_stack", lambda choice: stack)
    monkeypatch.setattr(available, "check_packages", missing)
    assert main(["live"]) == 1
    assert "Source is standard" in capsys.readouterr().err
    stack.has_realtime_logs = True
    assert main(["live"]) == 1
    assert "pip install it" in capsys.readouterr().err


def test_json_is_one_line_without_what_moves_a_terminal() -> None:
    text = as_json(PICTURE)
    assert text.isprintable()
    found = json.loads(text)
    assert found["pages"][0]["name"] == HOSTILE
    assert found["time"] == "2026-09-21T14:13:20.000+00:00"
    assert found["minutes"][0] == {"begin": "2026-09-21T14:11:00.000+00:00", "people": 4, "machines": 0}
    assert found["traffic"][1] == {"name": "bot", "visitors": 1, "events": 2}


@pytest.mark.parametrize("height", [10, 24, 60])
def test_the_display_shows_everything_and_nothing_that_moves_a_terminal(height: int) -> None:
    console = Console(width=120, height=height, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(as_screen(PICTURE, "shop", ZoneInfo("UTC"), height))
    text = captured.get()
    for word in ("3 people in the last 5 minutes", "Germany", "direct", "bot", "3 s after they were made, at most 9 s"):
        assert word in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text


def test_a_line_names_the_remarks() -> None:
    text = as_line(PICTURE, ZoneInfo("Europe/Berlin"))
    assert text.startswith("16:13:20  people now: 3 (5 events); since 16:11:20: 4 (9 events), machines 2 events")
    assert text.isprintable()
    assert "quarantine" in text
    assert "Nothing new has come yet" in as_line(replace(PICTURE, delay=None, lines=0), ZoneInfo("UTC"))


def test_sparks_grow_with_their_numbers() -> None:
    assert sparkline([0, 1, 4, 8]) == ".▁▄█"
    assert sparkline([0, 0]) == ".."
    assert sparkline([]) == ""


def test_the_display_takes_over_a_terminal(monkeypatch: pytest.MonkeyPatch, started: Callable[..., Watched]) -> None:
    watched = started(interrupt)
    console = Console(force_terminal=True, width=100, height=40)
    shown: Any = {"stdout": console, "stderr": Console(quiet=True)}
    monkeypatch.setattr(command, "output_console", lambda stderr=False: shown["stderr" if stderr else "stdout"])
    with console.capture() as captured:
        assert main(["live"]) == 0
    assert watched.looks == 3
    assert "\x1b[?1049h" in captured.get()
    assert captured.get().rpartition("\x1b[?1049l")[2].count("people in the last 5 minutes") == 1
