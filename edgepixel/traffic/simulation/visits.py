# SPDX-License-Identifier: Apache-2.0
"""Every kind of visit by the made-up people and programs, as the hits that it makes."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from random import Random

from edgepixel.traffic.hit import Hit
from edgepixel.traffic.simulation import robots
from edgepixel.traffic.simulation.browsers import BROWSERS
from edgepixel.traffic.simulation.hits import (
    PERSON,
    TAGS,
    mail_hit,
    newsletter_parameters,
    page_hit,
    robot_hit,
    sale_parameters,
)
from edgepixel.traffic.simulation.journeys import Step, read_blog, refund, see_banners, shop
from edgepixel.traffic.simulation.networks import ACCESS
from edgepixel.traffic.simulation.population import Visitor, new_visitor, populate
from edgepixel.traffic.simulation.query_and_headers import sent_by
from edgepixel.traffic.simulation.robots import Robot
from edgepixel.traffic.simulation.site import BANNERS, CAMPAIGNS, FRONT_PAGE, LINK_LIST, MAGAZINE, POSTS, PRODUCTS
from edgepixel.traffic.simulation.visit_times import VisitTimes

_PREFETCH_HEADERS = (
    ("Sec-Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Purpose", "prefetch"),
    ("X-Moz", "prefetch"),
)
_ISSUES = ("2026-10", "2026-11")  # of the newsletter
_REFUNDED = 0.12  # of all orders
_BY_SERVER = 0.25  # of all orders, that the shop's own server tells of ...
_NOT_BACK = 0.6  # ... and of these, whose visitor never comes back from the payment to the page that says thank you
_KNOWN_CAMPAIGN = 0.2  # of what the server sends: it has kept the campaign of the visit
_NUMBERLESS = 0.05  # of what the server sends: it forgets the order's number
_RETRIED = 0.2  # of what the server sends: it did not see the response, and sends it again
_MARK = {"by": "server"}
_DAY_MS = 86_400_000
_MINUTE_MS = 60_000


class Visits:
    """Makes visits of one population. `hits` is about how many there will be in all: more hits need more visitors."""

    def __init__(self, seed: int, hits: int, times: VisitTimes) -> None:
        self.random = Random(seed)  # noqa: S311 (the same seed must give the same hits)
        self.times = times
        self.population = populate(self.random, hits)
        self.order_numbers = count(1)

    def kinds(self) -> list[tuple[Callable[[], list[Hit]], int]]:
        """Every kind of visit with its weight."""
        return [
            (self._read, 40),
            (self._shop, 30),
            (self._see_banners, 8),
            (self._fake_impression, 3),
            (self._pretend, 1),
            (self._prefetch, 5),
            (self._read_by_http, 3),
            (self._browse_from_datacenter, 4),
            (lambda: self._crawl(robots.bots()), 7),
            (lambda: self._crawl(robots.ai_crawlers()), 5),
            (self._open_mail_by_proxy, 6),
            (self._open_mail, 4),
        ]

    def reader(self) -> Visitor:
        return self.random.choice(self.population.readers)

    def random_time(self) -> int:
        return self.times.random_time(self.random)

    def front_page_hit(self) -> Hit:
        """One of the many new visitors whom a popular list of links sends within an hour."""
        visitor = new_visitor(self.random, BROWSERS, ACCESS)
        step = Step("view", FRONT_PAGE, referrer=LINK_LIST)
        return page_hit(self.random, visitor, step, self.times.random_time_in_spike(self.random), "script")

    def replay(self, hits: int, private: bool) -> list[Hit]:
        """The same hit over and over by the program of one visitor, all within one minute of the clock."""
        visitor = self.random.choice([reader for reader in self.population.readers if reader.private == private])
        minute = self.random_time() // _MINUTE_MS * _MINUTE_MS
        times = sorted(minute + self.random.randrange(_MINUTE_MS) for _ in range(hits))
        hit = page_hit(self.random, visitor, Step("view", POSTS[2]), times[0], "script")
        within = [max(time_ms, self.times.start_ms) for time_ms in times]
        return [replace(hit, truth=replace(hit.truth, time_ms=time_ms)) for time_ms in within]

    def _visit(
        self, visitor: Visitor, steps: list[Step], reason: str = PERSON, begin_ms: int | None = None
    ) -> list[Hit]:
        """The hits of a visit's steps. It begins at `begin_ms`, or at a random time."""
        random_ms = self.times.random_time(self.random, duration_ms=sum(int(step.pause * 1000) for step in steps))
        time_ms = random_ms if begin_ms is None else begin_ms
        tag = self.random.choices(TAGS, weights=(68, 26, 6))[0]
        prefetch = self.random.choice(_PREFETCH_HEADERS) if reason == "prefetch_header" else None
        hits = []
        for step in steps:
            # A visit that begins late, such as a refund's, is still over before the period ends.
            time_ms = min(time_ms + int(step.pause * 1000), self.times.end_ms - 1)
            hits.append(page_hit(self.random, visitor, step, time_ms, tag, reason, prefetch))
        return hits

    def _read(self) -> list[Hit]:
        return self._visit(self.reader(), read_blog(self.random))

    def _shop(self) -> list[Hit]:
        visitor = self.reader()
        steps = shop(self.random, visitor.place.country, next(self.order_numbers))
        purchase = next((step for step in steps if step.event == "purchase"), None)
        if purchase is not None and self.random.random() < _BY_SERVER:
            if self.random.random() < _NOT_BACK:
                steps = [step for step in steps if step.event != "purchase"]
            hits = self._visit(visitor, steps)
            return hits + self._sell_by_server(purchase, hits[-1].truth.time_ms)
        hits = self._visit(visitor, steps)
        if purchase and hits[-1].truth.event == "purchase" and self._is_refunded():  # a bare image tells of none
            begin_ms = self.times.later(hits[-1].truth.time_ms, self._refund_pause_ms())
            hits += self._visit(visitor, refund(self.random, purchase), begin_ms=begin_ms)
        return hits

    def _is_refunded(self) -> bool:
        return self.random.random() < _REFUNDED

    def _refund_pause_ms(self) -> int:
        return self.random.randrange(_MINUTE_MS, 3 * _DAY_MS)

    def _sell_by_server(self, purchase: Step, time_ms: int) -> list[Hit]:
        """The shop's own server tells of an order, and of its refund: just before the visitor's page or after it."""
        robot = self.random.choice(robots.shop_servers())
        if self.random.random() < _NUMBERLESS:
            purchase = replace(purchase, order_id=None)
        pause_ms = self.random.randrange(-_MINUTE_MS // 2, _MINUTE_MS)
        time_ms = max(self.times.start_ms, self.times.later(time_ms, pause_ms))
        hits = self._send(robot, purchase, time_ms)
        if purchase.order_id and self._is_refunded():
            for step in refund(self.random, purchase):
                hits += self._send(robot, step, self.times.later(time_ms, self._refund_pause_ms()))
        return hits

    def _send(self, robot: Robot, step: Step, time_ms: int) -> list[Hit]:
        """One request by the shop's server, or several alike."""
        campaign = self.random.choice(CAMPAIGNS) if self.random.random() < _KNOWN_CAMPAIGN else None
        parameters = _MARK | sale_parameters(step, campaign)
        channel = campaign.channel if campaign else "direct"
        times = [time_ms]
        if step.order_id and self.random.random() < _RETRIED:
            times.append(self.times.later(time_ms, self.random.randrange(1000, _MINUTE_MS)))
        return [robot_hit(self.random, robot, sent_ms, parameters, channel=channel) for sent_ms in times]

    def _pretend(self) -> list[Hit]:
        """A program tells of a sale without the mark, which counts nowhere, or wants to be a reader with it."""
        robot = self.random.choice(robots.bots())
        if self.random.random() < 0.5:
            step = Step("purchase", FRONT_PAGE, item=PRODUCTS[0].id, order_id="x-1", value="999.00", currency="EUR")
            return [robot_hit(self.random, robot, self.random_time(), sale_parameters(step))]
        told, page = _MARK | {"s": "blog"}, self.random.choice(POSTS)
        return [robot_hit(self.random, robots.marked(robot), self.random_time(), told, page=page)]

    def _see_banners(self) -> list[Hit]:
        return self._visit(self.reader(), see_banners(self.random))

    def _fake_impression(self) -> list[Hit]:
        """A program that makes a publisher's banners count."""
        robot = self.random.choice(robots.bots())
        parameters = {"e": "impression", "s": "exchange", "i": self.random.choice(BANNERS)}
        return [robot_hit(self.random, robot, self.random_time(), parameters, page=self.random.choice(MAGAZINE))]

    def _prefetch(self) -> list[Hit]:
        """A page that a browser loads ahead, before anyone has asked to see it."""
        return self._visit(self.reader(), [Step("view", self.random.choice(POSTS))], "prefetch_header")

    def _read_by_http(self) -> list[Hit]:
        """A page with an old tag, whose URL begins with http: the browser is redirected, and comes again by https."""
        pause_ms = self.random.randrange(20, 400)
        begin_ms = self.times.random_time(self.random, duration_ms=pause_ms)
        (hit,) = self._visit(self.reader(), [Step("view", self.random.choice(POSTS))], begin_ms=begin_ms)
        followed = replace(hit, truth=replace(hit.truth, time_ms=hit.truth.time_ms + pause_ms))
        # The edge redirects before its function runs.
        return [replace(hit, protocol="http", headers=sent_by("http", hit.headers), hints=None), followed]

    def _browse_from_datacenter(self) -> list[Hit]:
        visitor = self.random.choice(self.population.in_datacenters)
        return self._visit(visitor, read_blog(self.random), "datacenter_network")

    def _crawl(self, crawlers: tuple[Robot, ...]) -> list[Hit]:
        """A program that walks a few posts and fetches, or only checks, their images."""
        robot = self.random.choice(crawlers)
        method = "HEAD" if self.random.random() < 0.1 else "GET"
        posts = self.random.sample(POSTS, self.random.randrange(1, 4))
        return [robot_hit(self.random, robot, self.random_time(), {"s": "blog"}, method, post) for post in posts]

    def _open_mail_by_proxy(self) -> list[Hit]:
        """An e-mail opened (or only received) at a service that fetches the images itself."""
        robot = self.random.choice(robots.mail_proxies())
        parameters = newsletter_parameters(CAMPAIGNS[0], self.random.choice(_ISSUES))
        return [robot_hit(self.random, robot, self.random_time(), parameters, channel=CAMPAIGNS[0].channel)]

    def _open_mail(self) -> list[Hit]:
        visitor = self.random.choice(self.population.subscribers)
        return [mail_hit(visitor, self.random_time(), CAMPAIGNS[0], self.random.choice(_ISSUES))]
