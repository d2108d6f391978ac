# SPDX-License-Identifier: Apache-2.0
"""What the last minutes were: people and machines, each request id once, nothing that answers do not count."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from edgepixel.console.table import Record as Row
from edgepixel.errors import NoRawStreamError
from edgepixel.live import rules as rules_module
from edgepixel.live.event import Event
from edgepixel.live.picture import Picture
from edgepixel.live.rules import Rules
from edgepixel.live.stream import Skipped
from edgepixel.live.watch import Watch
from edgepixel.live.window import Window
from localcloud.in_process_lake import empty_lake
from tests.fakes.client import FakeClient
from tests.fakes.kinesis_shards import Clock, ShardedStream
from tests.log_lines import log_line

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PAGE = "https://shop.example/mugs?x=1"
OUTPUTS = {"RawStreamName": "raw", "AggregatorFunctionName": "aggregator"}
FIRST, SECOND = "shardId-000000000000", "shardId-000000000001"


def stack(outputs: dict[str, str] = OUTPUTS, **parameters: str) -> Any:
    return SimpleNamespace(
        name="edgepixel",
        outputs=outputs,
        parameters=parameters,
        raw_stream="raw",
        has_realtime_logs="RawStreamName" in outputs,
        ip_addresses="truncated",
        honors_privacy_control=True,
        cloud=SimpleNamespace(local_port=None),
    )


class PlainView:
    """Stands for the view, each query of which takes seconds: every line is a person's view of a page."""

    def __init__(self, request_id: int) -> None:
        self._request_id = request_id

    def events(self, lines: Sequence[bytes]) -> Iterator[Row]:
        for text in lines:
            seconds = float(text.split(b"\t")[0])
            yield {
                "request_id": text.split(b"\t")[self._request_id].decode(),
                "event_time": f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S.%f}",
                "status": 200,
                "event": "view",
                "has_request_id": True,
                "visitor": 7,
                "traffic": "human",
                "page_host": "shop.example",
                "page_path": "/",
                "country": None,
                "channel": None,
            }


@pytest.fixture(scope="module")
def view_rules() -> Iterator[Rules]:
    """The aggregator's and the view's."""
    yield Rules(stack())
    empty_lake()


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.setattr(rules_module, "View", PlainView)
    return Rules(stack())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stream(clock: Clock) -> ShardedStream:
    found = ShardedStream("raw", clock)
    found.open(FIRST)
    found.open(SECOND)
    return found


@pytest.fixture
def watch(stream: ShardedStream, clock: Clock, rules: Rules) -> Watch:
    return watching(stream, clock, rules)


def watching(
    stream: ShardedStream, clock: Clock, rules: Rules, outputs: dict[str, str] = OUTPUTS, **more: str
) -> Watch:
    found = Watch(stack(outputs, **more), 30, kinesis=FakeClient("kinesis", stream), rules=lambda _: rules, now=clock)
    found._reader.clock = clock
    return found


def line(name: str, time: float, **values: str) -> bytes:
    usual = {
        "timestamp": f"{time:.3f}", "x_edge_request_id": name, "c_ip": "192.0.2.77", "cs_user_agent": CHROME,
        "c_country": "DE", "cs_referer": PAGE, "cs_uri_query": "",
    }  # fmt: skip
    return log_line(**(usual | values))


def test_people_and_machines_are_told_apart_by_the_view(stream: ShardedStream, clock: Clock, view_rules: Rules) -> None:
    watch = watching(stream, clock, view_rules)
    now = clock.now
    stream.put(FIRST, line("a", now - 2) + line("b", now - 1))  # a record can have more lines than one
    stream.put(FIRST, line("b", now - 1))  # the stream repeats itself
    stream.put(
        SECOND, line("c", now - 600, c_ip="198.51.100.9", c_country="FR", cs_uri_query="r=https://duckduckgo.com/")
    )
    stream.put(SECOND, line("d", now - 3, cs_user_agent=GOOGLEBOT, c_ip="198.51.100.20", c_country="US"))
    stream.put(SECOND, line("e", now - 3, cs_user_agent="curl/8.5.0"))
    stream.put(SECOND, line("redirect", now - 3, sc_status="301"))
    stream.put(SECOND, line("doctor", now - 3, cs_uri_query="e=edgepixel-doctor"))
    stream.put(SECOND, line("", now - 3))
    stream.put(FIRST, b"not a log line\n\n")
    clock.now += 1
    one = watch.look()
    assert (one.now.visitors, one.now.events) == (1, 2)
    assert (one.people.visitors, one.people.events) == (2, 3)
    assert one.machines.events == 2
    assert rows(one, "pages") == [("shop.example/mugs", 2, 3, 2)]
    assert rows(one, "countries") == [("Germany", 1, 2, 1), ("France", 1, 1, 0), ("United States", 0, 0, 1)]
    assert {name: count.events for name, count in one.traffic} == {"human": 3, "bot": 2}
    assert ("search", 1, 1, 0) in rows(one, "channels")
    assert one.quarantined == {"field_count": 1}
    assert one.lines == 10
    assert any("1 lines go to quarantine" in remark for remark in one.remarks)
    assert sum(minute.people for minute in one.minutes) == 3
    assert one.minutes[-1].begin == now // 60 * 60


def test_later_looks_add_and_old_events_go(stream: ShardedStream, clock: Clock, watch: Watch) -> None:
    stream.put(FIRST, line("a", clock.now))
    clock.now += 3
    first = watch.look()
    assert (first.people.events, first.delay, first.longest_delay) == (1, 3.0, 3.0)
    stream.put(FIRST, line("late", clock.now - 3000))
    stream.put(FIRST, line("b", clock.now - 7))
    clock.now += 3
    second = watch.look()
    assert second.people.events == 2
    assert second.longest_delay == 10.0
    assert any("1 events were older" in remark for remark in second.remarks)
    clock.now += 299
    assert watch.look().now.events == 0
    clock.now += 1800
    third = watch.look()
    assert (third.people.events, third.delay) == (0, None)
    assert len(third.minutes) == 31


def test_what_is_in_the_stream_already_tells_nothing_of_the_delay(
    stream: ShardedStream, clock: Clock, rules: Rules
) -> None:
    stream.put(FIRST, line("a", clock.now))
    clock.now += 100
    one = watching(stream, clock, rules).look()
    assert (one.people.events, one.delay) == (1, None)


def test_without_aggregation_bad_lines_are_left_out_and_said_to_be_none(
    stream: ShardedStream, clock: Clock, rules: Rules
) -> None:
    stream.put(FIRST, b"not a log line\n")
    stream.put(FIRST, line("a", clock.now))
    one = watching(stream, clock, rules, {"RawStreamName": "raw"}).look()
    assert one.people.events == 1
    assert any("are no log lines" in remark for remark in one.remarks)


def test_of_too_many_lines_the_newest_are_shown_and_the_rest_is_told(
    stream: ShardedStream, clock: Clock, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules_module, "MOST_LINES", 2)
    for age in (1, 3, 2):
        stream.put(FIRST if age % 2 else SECOND, line(f"age-{age}", clock.now - age), clock.now - age)
    one = watch.look()
    assert one.people.events == 2
    assert any(remark.startswith("1 log lines were left out") for remark in one.remarks)
    assert one.lines == 3


def test_what_was_skipped_is_told_while_it_matters(clock: Clock, watch: Watch) -> None:
    watch._reader.skipped.append(Skipped(clock.now, 900))
    assert any("25% of this time was not read" in remark for remark in watch.look().remarks)
    clock.now += 1801
    assert watch.look().remarks == []


def test_no_more_events_are_held_than_fit(clock: Clock) -> None:
    window = Window(300, clock.now, most=3)
    window.add([event(f"{age}", clock.now - age) for age in (5, 1, 4, 2, 3)], clock.now)
    assert sorted(one.request_id for one in window.events()) == ["1", "2", "3"]
    assert window.is_full
    assert window.begin == clock.now - 3
    window.add([], clock.now + 299)
    assert not window.is_full


def test_copies_of_a_line_are_one_event_with_the_least_of_each_column(clock: Clock) -> None:
    window = Window(300, clock.now)
    window.add([event("a", clock.now - 1, country=None, page="b")], clock.now)
    window.add([event("a", clock.now - 2, country="DE", page="a")], clock.now)
    (one,) = window.events()
    assert (one.time, one.country, one.page) == (clock.now - 2, "DE", "a")
    assert window.repeated == 1


def test_a_stack_without_a_raw_stream_says_what_is_freshest() -> None:
    with pytest.raises(NoRawStreamError, match=r"Source is standard\..*within the hour.*recent-events"):
        Watch(stack({}), kinesis=object())


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"StreamMode": "PROVISIONED"}, "costs nothing: its shards"),
        ({"StreamMode": "ON_DEMAND"}, "about $0.0004 at us-east-1's price of $0.04 a GB"),
    ],
)
def test_it_says_what_it_cost(
    parameters: dict[str, str], words: str, stream: ShardedStream, clock: Clock, rules: Rules
) -> None:
    found = watching(stream, clock, rules, **parameters)
    found._reader.read_bytes = 10_000_000
    assert words in found.cost()
    assert "10,000,000 bytes" in found.cost()


def rows(one: Picture, what: str) -> list[tuple[Any, ...]]:
    return [(row.name, row.visitors, row.events, row.machines) for row in getattr(one, what)]


def event(name: str, time: float, **values: Any) -> Event:
    usual = {"visitor": 1, "traffic": "human", "page": "a.example/", "country": "DE", "channel": "direct"}
    return Event(name, time, time, **(usual | values))


def test_a_picture_is_plain_data(clock: Clock, watch: Watch) -> None:
    assert datetime.fromtimestamp(asdict(watch.look())["time"], UTC).timestamp() == clock.now
