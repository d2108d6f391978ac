# SPDX-License-Identifier: Apache-2.0
"""The dashboard over a lake: every row is a link to the numbers that the ledger's events with its value have."""

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection
from random import Random
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from edgepixel.answers.subject.filters import Filter
from edgepixel.ask.in_process import ask_in_process
from edgepixel.dashboard import asking
from edgepixel.dashboard.address import read_address
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.cache import Cache
from edgepixel.dashboard.serving import SECRET, served
from edgepixel.template.reader import log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import Logged, lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.events import Event, events_of, facts_of, visitors
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.dashboards import saved_answers
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

HITS = 3_000
DAYS = 7
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
QUERY = f"period={DAYS}d"
RANKINGS = {
    "Pages", "Entry pages", "Exit pages", "Referrers", "Sections", "Events by name", "Channels", "Countries",
    "Languages", "Campaign sources", "Campaigns", "Devices", "Browsers", "Systems",
}  # fmt: skip

# What a dimension is of an event, as the ledger has it; "" for none.
VALUES: dict[str, Callable[[Event], str]] = {
    "page": lambda event: event.page,
    "referrer": lambda event: (
        "(same site)" if event.truth.referrer_host and event.truth.same_site else event.truth.referrer_host or ""
    ),
    "event": lambda event: event.truth.event,
    "section": lambda event: "(front page)" if event.truth.section == "" else event.truth.section or "",
    "channel": lambda event: event.truth.channel,
    "country": lambda event: event.truth.country or "",
    "language": lambda event: event.truth.language or "",
    "source": lambda event: event.truth.utm_source or "",
    "campaign": lambda event: event.truth.utm_campaign or "",
    "device": lambda event: event.truth.device,
    "browser": lambda event: event.truth.browser,
    "os": lambda event: event.truth.os,
    "traffic": lambda event: event.truth.traffic,
}


@dataclass(frozen=True)
class Seen:
    """The first page, and the ledger's events."""

    get: Callable[[str], str]
    page: str
    events: list[Event]

    def links(self, title: str) -> list[tuple[str, str]]:
        """The rows of a ranking: where each leads, and its number."""
        section = self.page.split(f">{title}</h2>")[1].split("</section>")[0]
        rows = re.findall(r'<a class="label" href="([^"]*)">.*?<td class="number">([\d,]+)</td>', section, re.DOTALL)
        return [(unescape(link), number) for link, number in rows]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    sent = rows_of(generate(15, HITS, NOW_MS, DAYS * 24), tuple(Logged))
    fill_lake(read_template(), lake_objects(sent, header(), log_fields(), Random(7), tuple(Logged)))  # noqa: S311
    stack: Any = SimpleNamespace(name="edgepixel", database="lake", workgroup="edgepixel")
    with ExitStack() as opened:
        opened.callback(empty_lake)
        patch = opened.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(asking, "QUERIES_AT_A_TIME", 1)  # the lake that is loaded once is one session's
        patch.setattr(asking, "find_saved_queries", lambda _stack: saved_answers())
        patch.setattr(asking, "typed_days", lambda _stack: {})
        patch.setattr(asking, "raw_days", lambda _stack: [])
        patch.setattr(asking, "nothing_yet", lambda _stack: None)
        patch.setattr(asking, "run_query", lambda _stack, sql, _progress: ask_in_process(sql, NOW))
        opened.enter_context(loaded_once())
        asker = Asker(stack, Cache(tmp_path_factory.mktemp("kept")))
        address = opened.enter_context(served(asker, lambda: NOW))

        def get(path: str) -> str:
            host = urlsplit(address).netloc
            connection = HTTPConnection(host, timeout=600)
            with closing(connection):
                connection.request("GET", path, headers={"cookie": f"edgepixel-{host.rpartition(':')[2]}={SECRET}"})
                response = connection.getresponse()
                text = response.read().decode()
            assert response.status == 200, text
            return text

        yield Seen(get, get(f"/?{QUERY}&compare=none"), events_of(Ledger(header(), tuple(row for _, row in sent))))


def test_every_ranking_is_there_and_no_panel_failed(seen: Seen) -> None:
    assert {title for title in RANKINGS if f">{title}</h2>" in seen.page} == RANKINGS
    assert 'class="failed"' not in seen.page


@pytest.mark.parametrize("title", sorted(RANKINGS))
def test_every_row_leads_to_the_numbers_of_its_events(seen: Seen, title: str) -> None:
    links = seen.links(title)
    assert links
    for link, _number in links:
        assert _headline(seen, link) == _truth(seen, link), link


def test_every_class_of_traffic_leads_to_its_events(seen: Seen) -> None:
    bar = seen.page.split('aria-label="Whose events count">')[1].split("</nav>")[0]
    links = re.findall(r'href="([^"]*)"[^>]*>([^<]*) <span class="number">([\d,]+)', bar)
    assert len(links) >= 5
    for link, title, number in links:
        found = _headline(seen, unescape(link))
        assert found == _truth(seen, unescape(link)), title
        assert f"{found[1]:,}" == number, title


def _headline(seen: Seen, link: str) -> tuple[int, int]:
    """Visitors and events of the page that a link leads to."""
    rows = csv.DictReader(io.StringIO(seen.get(f"/csv?answer=visitor-count&{urlsplit(link).query}")))
    (whole,) = [row for row in rows if not row["day"]]
    return int(whole["visitors"]), int(whole["events"])


def _truth(seen: Seen, link: str) -> tuple[int, int]:
    """The same of the ledger."""
    address = read_address(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    assert address.subject.days == DAYS
    everyone = address.everyone or any(one.dimension == "traffic" for one in address.filters)
    chosen = [event for event in seen.events if all(_holds(one, event) for one in address.filters)]
    counted = facts_of(chosen, NOW_MS, DAYS, include_bots=everyone).counted
    assert counted, link
    return visitors(counted), len(counted)


def _holds(one: Filter, event: Event) -> bool:
    assert one.operator == "="
    return VALUES[one.dimension](event) == one.value


def test_the_first_page_is_light(seen: Seen) -> None:
    """60 KB gzipped without fonts: the page, its style and its script."""
    sent = seen.page + seen.get("/style.css") + seen.get("/keys.js")
    assert len(gzip.compress(sent.encode())) <= 60_000
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", seen.page), "it asks another host"
