# SPDX-License-Identifier: Apache-2.0
"""The traffic generator: from a seed to views, with everything that is true of them."""

from collections.abc import Iterator
from itertools import cycle, islice

from edgepixel.defaults import DEFAULT_HOURS
from edgepixel.traffic.hit import View
from edgepixel.traffic.simulation.unusual_hits import ODDITIES
from edgepixel.traffic.simulation.visit_times import HOUR_MS, Rhythm
from edgepixel.traffic.simulation.visits import World

_SPIKE_HOURS = 8  # views of so many hours come in the one that is out of line ...
_MOST_SPIKE_SHARE = 0.12  # ... but no more of all views
_ODD_SHARE = 0.012
_STORM_VIEWS = 45  # of one visitor, within a minute
_VIEWS_FOR_STORMS = 600  # fewer views than that would be storms before all


def generate(seed: int, views: int, now_ms: int, hours: float = DEFAULT_HOURS) -> Iterator[View]:
    """Views of the `hours` before `now_ms` (milliseconds since the epoch), oldest first.

    The same arguments give the same views: people with browsers on every device, who read, buy, give back, see banners
    and open mails; programs, mail proxies, datacenters; a week's and a day's rhythm, one hour far out of line, hours
    of silence, replays, and views out of the ordinary. All are held in memory, about 3 KB each.
    """
    world = World(seed, views, Rhythm(now_ms - int(hours * HOUR_MS), now_ms))
    oddities = islice(cycle(ODDITIES), round(views * _ODD_SHARE))
    made = [oddity(world.random, world.reader(), world.moment()) for oddity in oddities]
    made += [world.front_page_view() for _ in range(round(views * min(_SPIKE_HOURS / hours, _MOST_SPIKE_SHARE)))]
    if views >= _VIEWS_FOR_STORMS:
        made += [*world.storm(_STORM_VIEWS, private=False), *world.storm(_STORM_VIEWS, private=True)]
    episodes, weights = zip(*world.episodes(), strict=True)
    while len(made) < views:
        made += world.random.choices(episodes, weights)[0]()
    yield from sorted(made[:views], key=lambda view: view.truth.time_ms)
