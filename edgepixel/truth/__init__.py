# SPDX-License-Identifier: Apache-2.0
"""The answers, computed from a ledger in plain Python: what Athena must say, to the last character.

Nothing here parses what was sent, or knows of SQL: the events carry the truth from where they were made up.
"""

from collections.abc import Callable

from edgepixel.console.table import Table
from edgepixel.truth.abnormal import abnormal_events
from edgepixel.truth.advertising import billable_beacons, traffic_quality
from edgepixel.truth.counts import (
    aggregate_event_count,
    events_per_hour,
    recent_events,
    referrers,
    user_agents,
    visitor_count,
)
from edgepixel.truth.events import Event, Facts, events_of, facts_of
from edgepixel.truth.readers import audience, pages, topics
from edgepixel.truth.shop import abandoned_carts, campaign_revenue, funnel

__all__ = ["SEVEN", "TRUTHS", "Event", "Facts", "events_of", "facts_of"]

# What everyone asks, whatever the pixel is for.
SEVEN: dict[str, Callable[[Facts], Table]] = {
    "events-per-hour": events_per_hour,
    "visitor-count": visitor_count,
    "user-agents": user_agents,
    "abnormal-events": abnormal_events,
    "aggregate-event-count": aggregate_event_count,
    "referrers": referrers,
    "recent-events": recent_events,
}
TRUTHS: dict[str, Callable[[Facts], Table]] = {
    **SEVEN,
    "pages": pages,
    "topics": topics,
    "audience": audience,
    "funnel": funnel,
    "abandoned-carts": abandoned_carts,
    "campaign-revenue": campaign_revenue,
    "billable-beacons": billable_beacons,
    "traffic-quality": traffic_quality,
}
