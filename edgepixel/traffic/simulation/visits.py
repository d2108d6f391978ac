# SPDX-License-Identifier: Apache-2.0
"""The made-up world: its people and programs, and what each of them does in one go, which is an episode."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from random import Random

from edgepixel.traffic.hit import Traffic, View
from edgepixel.traffic.simulation import robots
from edgepixel.traffic.simulation.browsers import BROWSERS
from edgepixel.traffic.simulation.embedding import EMBEDDINGS, mail_view, newsletter_tag, page_view, robot_view
from edgepixel.traffic.simulation.journeys import Step, read_blog, refund, see_banners, shop
from edgepixel.traffic.simulation.networks import ACCESS
from edgepixel.traffic.simulation.population import Visitor, new_visitor, populate
from edgepixel.traffic.simulation.robots import Robot
from edgepixel.traffic.simulation.site import BANNERS, CAMPAIGNS, FRONT_PAGE, LINK_LIST, MAGAZINE, POSTS
from edgepixel.traffic.simulation.visit_times import Rhythm

_PREFETCH = (
    ("Sec-Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Purpose", "prefetch"),
    ("X-Moz", "prefetch"),
)
_ISSUES = ("2026-10", "2026-11")  # of the newsletter
_REFUNDED = 0.12  # of all orders
_DAY_MS = 86_400_000
_MINUTE_MS = 60_000


class World:
    """The population and its habits."""

    def __init__(self, seed: int, views: int, rhythm: Rhythm) -> None:
        self.random = Random(seed)  # noqa: S311 (the same seed must give the same views)
        self.rhythm = rhythm
        self.population = populate(self.random, views)
        self.order_numbers = count(1)

    def episodes(self) -> list[tuple[Callable[[], list[View]], int]]:
        """Every kind of episode with its weight."""
        return [
            (self._read, 40),
            (self._shop, 30),
            (self._see_banners, 8),
            (self._click_on_nothing, 3),
            (self._prefetch, 5),
            (self._browse_from_datacenter, 4),
            (lambda: self._crawl(robots.bots()), 7),
            (lambda: self._crawl(robots.ai_crawlers()), 5),
            (self._open_by_proxy, 6),
            (self._open_in_mail_program, 4),
        ]

    def reader(self) -> Visitor:
        return self.random.choice(self.population.readers)

    def moment(self) -> int:
        return self.rhythm.moment(self.random)

    def front_page_view(self) -> View:
        """One of the many new visitors whom a popular list of links sends within an hour."""
        visitor = new_visitor(self.random, BROWSERS, ACCESS)
        step = Step("view", FRONT_PAGE, referrer=LINK_LIST)
        return page_view(self.random, visitor, step, self.rhythm.spike(self.random), "script")

    def storm(self, views: int, private: bool) -> list[View]:
        """One visitor whose program sends the same view over and over, all within one minute of the clock."""
        visitor = self.random.choice([reader for reader in self.population.readers if reader.private == private])
        minute = self.moment() // _MINUTE_MS * _MINUTE_MS
        times = sorted(minute + self.random.randrange(_MINUTE_MS) for _ in range(views))
        view = page_view(self.random, visitor, Step("view", POSTS[2]), times[0], "script")
        moments = [max(time_ms, self.rhythm.start_ms) for time_ms in times]
        return [replace(view, truth=replace(view.truth, time_ms=time_ms)) for time_ms in moments]

    def _visit(
        self, visitor: Visitor, steps: list[Step], traffic: Traffic = "human", begin_ms: int | None = None
    ) -> list[View]:
        """Begins at some time, or at a given one."""
        moment = self.rhythm.moment(self.random, duration_ms=sum(int(step.pause * 1000) for step in steps))
        time_ms = moment if begin_ms is None else begin_ms
        embedding = self.random.choices(EMBEDDINGS, weights=(68, 26, 6))[0]
        prefetch = self.random.choice(_PREFETCH) if traffic == "prefetch" else None
        views = []
        for step in steps:
            time_ms += int(step.pause * 1000)
            views.append(page_view(self.random, visitor, step, time_ms, embedding, traffic, prefetch))
        return views

    def _read(self) -> list[View]:
        return self._visit(self.reader(), read_blog(self.random))

    def _shop(self) -> list[View]:
        visitor = self.reader()
        steps = shop(self.random, visitor.place.country, next(self.order_numbers))
        views = self._visit(visitor, steps)
        if views[-1].truth.event == "purchase" and self.random.random() < _REFUNDED:  # a bare image tells of none
            back = refund(self.random, steps[-1])
            pause_ms = self.random.randrange(_MINUTE_MS, 3 * _DAY_MS)
            views += self._visit(visitor, back, begin_ms=self.rhythm.later(views[-1].truth.time_ms, pause_ms))
        return views

    def _see_banners(self) -> list[View]:
        return self._visit(self.reader(), see_banners(self.random))

    def _click_on_nothing(self) -> list[View]:
        """A program that makes a publisher's banners count."""
        robot = self.random.choice(robots.bots())
        told = {"e": "impression", "s": "exchange", "i": self.random.choice(BANNERS)}
        return [robot_view(self.random, robot, self.moment(), told, page=self.random.choice(MAGAZINE))]

    def _prefetch(self) -> list[View]:
        """A page that a browser loads ahead, before anyone has asked to see it."""
        return self._visit(self.reader(), [Step("view", self.random.choice(POSTS))], "prefetch")

    def _browse_from_datacenter(self) -> list[View]:
        return self._visit(self.random.choice(self.population.hosted), read_blog(self.random), "datacenter")

    def _crawl(self, crawlers: tuple[Robot, ...]) -> list[View]:
        """A program that walks a few posts and fetches, or only checks, their images."""
        robot = self.random.choice(crawlers)
        method = "HEAD" if self.random.random() < 0.1 else "GET"
        posts = self.random.sample(POSTS, self.random.randrange(1, 4))
        return [robot_view(self.random, robot, self.moment(), {"s": "blog"}, method, post) for post in posts]

    def _open_by_proxy(self) -> list[View]:
        """An e-mail opened (or only received) at a service that fetches the images itself."""
        robot = self.random.choice(robots.mail_proxies())
        tag = newsletter_tag(CAMPAIGNS[0], self.random.choice(_ISSUES))
        return [robot_view(self.random, robot, self.moment(), tag)]

    def _open_in_mail_program(self) -> list[View]:
        visitor = self.random.choice(self.population.subscribers)
        return [mail_view(visitor, self.moment(), CAMPAIGNS[0], self.random.choice(_ISSUES))]
