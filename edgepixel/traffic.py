# SPDX-License-Identifier: Apache-2.0
"""The traffic generator: from a seed to views, with everything that is true of them."""

from collections.abc import Callable, Iterator
from itertools import count, cycle, islice
from random import Random

from edgepixel import robots
from edgepixel.browsers import BROWSERS
from edgepixel.embedding import EMBEDDINGS, mail_view, newsletter_tag, page_view, robot_view
from edgepixel.journeys import Step, read_blog, shop
from edgepixel.networks import ACCESS
from edgepixel.oddities import ODDITIES
from edgepixel.population import Visitor, new_visitor, populate
from edgepixel.rhythm import HOUR_MS, Rhythm
from edgepixel.robots import Robot
from edgepixel.site import CAMPAIGNS, FRONT_PAGE, LINK_LIST, POSTS
from edgepixel.view import Traffic, View

DEFAULT_SEED = 20261123
DEFAULT_HOURS = 48.0
_SPIKE_SHARE = 0.12  # of all views, in one hour: far more than six times the usual deviation
_ODD_SHARE = 0.012
_PREFETCH = (
    ("Sec-Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Purpose", "prefetch"),
    ("X-Moz", "prefetch"),
)
_ISSUES = ("2026-10", "2026-11")  # of the newsletter


def generate(seed: int, views: int, now_ms: int, hours: float = DEFAULT_HOURS) -> Iterator[View]:
    """Views of the `hours` before `now_ms` (milliseconds since the epoch), oldest first.

    The same arguments give the same views: people with browsers on every device, programs, mail proxies, datacenters, a
    day's rhythm, one hour far out of line, and views out of the ordinary. All are held in memory, about 3 KB each.
    """
    world = _World(seed, views, Rhythm(now_ms - int(hours * HOUR_MS), now_ms))
    oddities = islice(cycle(ODDITIES), _share(views, _ODD_SHARE))
    made = [oddity(world.random, world.reader(), world.moment()) for oddity in oddities]
    made += [world.front_page_view() for _ in range(_share(views, _SPIKE_SHARE))]
    episodes, weights = zip(*world.episodes(), strict=True)
    while len(made) < views:
        made += world.random.choices(episodes, weights)[0]()
    yield from sorted(made[:views], key=lambda view: view.truth.time_ms)


def _share(views: int, share: float) -> int:
    return round(views * share)


class _World:
    """The population and its habits. An episode is what one visitor, or one program, does in one go."""

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

    def _visit(self, visitor: Visitor, steps: list[Step], traffic: Traffic = "human") -> list[View]:
        time_ms = self.rhythm.moment(self.random, duration_ms=sum(int(step.pause * 1000) for step in steps))
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
        return self._visit(visitor, shop(self.random, visitor.place.country, next(self.order_numbers)))

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
        return [robot_view(self.random, robot, self.moment(), {"s": "blog", "u": post.url}, method) for post in posts]

    def _open_by_proxy(self) -> list[View]:
        """An e-mail opened (or only received) at a service that fetches the images itself."""
        robot = self.random.choice(robots.mail_proxies())
        tag = newsletter_tag(CAMPAIGNS[0], self.random.choice(_ISSUES))
        return [robot_view(self.random, robot, self.moment(), tag)]

    def _open_in_mail_program(self) -> list[View]:
        visitor = self.random.choice(self.population.subscribers)
        return [mail_view(visitor, self.moment(), CAMPAIGNS[0], self.random.choice(_ISSUES))]
