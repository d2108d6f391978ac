# SPDX-License-Identifier: Apache-2.0
"""The traffic generator: from a seed to hits, with everything that is true of them."""

from collections.abc import Iterator
from itertools import cycle, islice

from edgepixel.defaults import DEFAULT_HOURS
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.simulation.unusual.mistakes import MISTAKES
from edgepixel.traffic.simulation.unusual.untidy_links import UNTIDY_LINKS
from edgepixel.traffic.simulation.unusual.unusual_hits import UNUSUAL_HITS
from edgepixel.traffic.simulation.visit_times import HOUR_MS, VisitTimes
from edgepixel.traffic.simulation.visits import Visits

_SPIKE_HOURS = 8  # the busiest hour has as many hits as so many other hours ...
_MOST_SPIKE_SHARE = 0.12  # ... but no more than this share of all
_UNUSUAL_SHARE = 0.02
_REPLAYED_HITS = 45  # of one visitor, within a minute
_FEWEST_HITS_WITH_REPLAYS = 600  # of fewer, replays would be too large a share


def generate(seed: int, hits: int, now_ms: int, hours: float = DEFAULT_HOURS) -> Iterator[Hit]:
    """Hits of the `hours` before `now_ms` (milliseconds since the epoch), oldest first.

    The same arguments give the same hits: people with browsers on every device, who read, buy, return goods, see
    banners and open mails; programs, mail proxies, datacenters; more at some hours of the day and days of the week, one
    hour with far too many, hours without any, replays, and unusual hits. All are held in memory, about 3 KB each.
    """
    visits = Visits(seed, hits, VisitTimes(now_ms - int(hours * HOUR_MS), now_ms))
    unusual = islice(cycle((*UNUSUAL_HITS, *UNTIDY_LINKS, *MISTAKES)), round(hits * _UNUSUAL_SHARE))
    made = [make_hit(visits.random, visits.reader(), visits.random_time()) for make_hit in unusual]
    made += [visits.front_page_hit() for _ in range(round(hits * min(_SPIKE_HOURS / hours, _MOST_SPIKE_SHARE)))]
    if hits >= _FEWEST_HITS_WITH_REPLAYS:
        made += [*visits.replay(_REPLAYED_HITS, private=False), *visits.replay(_REPLAYED_HITS, private=True)]
    kinds, weights = zip(*visits.kinds(), strict=True)
    while len(made) < hits:
        make_visit = visits.random.choices(kinds, weights)[0]
        made += make_visit()
    yield from sorted(made[:hits], key=lambda hit: hit.truth.time_ms)
