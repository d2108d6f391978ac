# SPDX-License-Identifier: Apache-2.0
"""The live page over given pictures: what it shows, what is only text, when it renews itself, and what it leads to."""

from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.serving import SECRET, served
from edgepixel.errors import LiveError, MissingPackageError
from edgepixel.live.picture import Count, Minute, Picture, Row
from tests.unit.edgepixel.dashboard.conftest import NOW, Athena, Site
from tests.unit.edgepixel.dashboard.test_pages import HOSTILE

BEGIN = 1_790_000_000


def picture(text: str = "a.example/", **values: Any) -> Picture:
    """One with a text that a visitor sent wherever there can be one."""
    usual = {
        "time": BEGIN + 125.0,
        "begin": float(BEGIN),
        "now": Count(3, 5),
        "people": Count(1234, 5678),
        "machines": Count(1, 2),
        "minutes": [Minute(BEGIN // 60 * 60 + 60 * number, number * 4, 1) for number in range(3)],
        "pages": [Row(text, text, 3, 5, 0)],
        "countries": [Row("Germany", "DE", 3, 5, 1), Row("(unknown)", "", 0, 0, 1)],
        "channels": [Row(text, text, 3, 5, 1)],
        "traffic": [("human", Count(4, 9)), ("ai_crawler", Count(1, 2))],
        "delay": 3.2,
        "longest_delay": 8.9,
        "remarks": [f"1 lines go to quarantine: {text}."],
    }
    return Picture(**(usual | values))


class Live:
    """Stands for `Background`."""

    def __init__(self) -> None:
        self.latest: Picture | Exception | None = None
        self.asked = 0

    def picture(self) -> Picture | None:
        self.asked += 1
        if isinstance(self.latest, Exception):
            raise self.latest
        return self.latest

    def stop(self) -> None:
        pass


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def site(asker: Asker, live: Any) -> Iterator[Site]:
    with served(asker, lambda: NOW, live) as address:
        host = urlsplit(address).netloc
        yield Site(address, {"host": host, "cookie": f"edgepixel-{host.rpartition(':')[2]}={SECRET}"})


@pytest.mark.parametrize("text", HOSTILE)
def test_what_visitors_sent_is_text_and_its_link_leads_to_it(site: Site, live: Live, text: str) -> None:
    live.latest = picture(text)
    response, page = site.get("/live")
    assert response.status == 200
    assert text not in page
    assert unescape(page).count(text) >= 3
    assert f'href="/?page={quote(text, safe="")}"'.replace("%20", "+") in page


def test_it_shows_people_machines_and_the_delay(site: Site, live: Live, athena: Athena) -> None:
    live.latest = picture()
    _, page = site.get("/live")
    for words in ("1,234", "5,678", "3 s after they were made, at most 9 s", "AI crawler", "Germany", "(unknown)"):
        assert words in page
    assert page.count("<rect ") == 2, "a minute without anybody has no bar"
    assert 'height="100"' in page
    assert 'href="/?country="' in page
    assert athena.asked == []


def test_it_renews_itself_without_script_until_that_is_stopped(site: Site, live: Live) -> None:
    live.latest = picture()
    response, page = site.get("/live?period=7d")
    assert 1 <= int(response.headers["refresh"]) <= 10
    assert "/live?period=7d&amp;renew=no" in page
    assert 'href="/?period=7d"' in page
    response, page = site.get("/live?period=7d&renew=no")
    assert response.headers["refresh"] is None
    assert 'href="/live?period=7d"' in page


def test_before_the_first_picture_it_says_so_and_renews_itself(site: Site, live: Live) -> None:
    response, page = site.get("/live")
    assert "in a few seconds" in page
    assert response.headers["refresh"]
    assert live.asked == 1


@pytest.mark.parametrize("error", [LiveError("it may not be read: <b>"), MissingPackageError("install <b> first")])
def test_why_there_are_no_live_numbers_is_said_and_not_asked_again(site: Site, live: Live, error: Exception) -> None:
    live.latest = error
    response, page = site.get("/live")
    assert response.status == 502
    assert response.headers["refresh"] is None
    assert "<b>" not in page
    assert str(error)[3:] in unescape(page)


def test_the_dashboard_leads_to_it_and_begins_nothing(site: Site, live: Live) -> None:
    _, page = site.get("/?period=7d")
    assert 'href="/live?period=7d"' in page
    assert live.asked == 0


def test_a_stack_without_a_raw_stream_says_what_is_freshest(asker: Asker) -> None:
    with served(asker, lambda: NOW) as address:
        host = urlsplit(address).netloc
        site = Site(address, {"host": host, "cookie": f"edgepixel-{host.rpartition(':')[2]}={SECRET}"})
        response, page = site.get("/live")
    assert response.status == 502
    assert "Source is standard" in page
