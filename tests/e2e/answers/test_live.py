# SPDX-License-Identifier: Apache-2.0
"""Live numbers of a deployed stack are what its ledger says, before anything of it is in the lake."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from edgepixel.answers.countries import country_name
from edgepixel.aws.stack import Stack
from edgepixel.live.background import Background
from edgepixel.live.picture import UNKNOWN, Picture, Row
from edgepixel.traffic.ledger import read_ledger
from edgepixel.traffic.recorder import record_traffic
from edgepixel.truth.events import Event, events_of, visitors
from tests.waiting import wait_until

MINUTES = 10
IMAGE = (200, 206, 304)


@pytest.fixture(scope="module", params=["enabled", "disabled"])
def stack(request: pytest.FixtureRequest, deploy_stack: Callable[[str, dict[str, str]], Stack]) -> Stack:
    """A stack that nobody else sends hits to."""
    return deploy_stack(f"live-{request.param}", {"Aggregation": request.param})


@pytest.fixture
def live(stack: Stack) -> Iterator[Background]:
    found = Background(stack, unwatched_seconds=3600)
    yield found
    found.stop()


def test_hits_are_live_numbers_of_the_right_page_country_channel_and_class(
    stack: Stack, live: Background, tmp_path: Path
) -> None:
    wait_until(live.picture, "the empty stream is read")
    events = hits(stack, tmp_path / "first.jsonl", 120, seed=1)
    one = wait_for(live, events)
    assert one.delay is not None
    check(one, events)
    more = [*events, *hits(stack, tmp_path / "second.jsonl", 60, seed=2)]
    check(wait_for(live, more), more)


def hits(stack: Stack, path: Path, number: int, seed: int) -> list[Event]:
    """Hits of the last minutes, as far as they got the image."""
    record_traffic(stack, path, hits=number, seed=seed, hours=MINUTES / 60)
    return [event for event in events_of(read_ledger(path)) if event.status in IMAGE]


def wait_for(live: Background, events: Sequence[Event]) -> Picture:
    """The picture in which all of them are."""

    def complete() -> Picture | None:
        one = live.picture()
        found = one is not None and one.people.events + one.machines.events >= len(events)
        return one if found else None

    return wait_until(complete, f"{len(events)} hits are shown")


def check(one: Picture, events: Sequence[Event]) -> None:
    """It says what is true."""
    people = [event for event in events if event.truth.traffic == "human"]
    assert (one.people.events, one.people.visitors) == (len(people), visitors(people))
    assert one.machines.events == len(events) - len(people)
    classes = Counter(event.truth.traffic for event in events)
    assert {name: count.events for name, count in one.traffic} == classes
    assert rows(one.pages) == ranked(events, lambda event: event.page)
    assert rows(one.countries) == ranked(events, lambda event: country_name(event.truth.country or ""))
    assert rows(one.channels) == ranked(events, lambda event: event.truth.channel)
    assert sum(minute.people for minute in one.minutes) == len(people)


def rows(found: Sequence[Row]) -> dict[str, tuple[int, int, int]]:
    return {row.name: (row.visitors, row.events, row.machines) for row in found}


def ranked(events: Sequence[Event], name: Callable[[Event], str]) -> dict[str, tuple[int, int, int]]:
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(name(event) or UNKNOWN, []).append(event)
    found = {}
    for one, of_it in groups.items():
        people = [event for event in of_it if event.truth.traffic == "human"]
        found[one] = visitors(people), len(people), len(of_it) - len(people)
    return found
