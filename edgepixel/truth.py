# SPDX-License-Identifier: Apache-2.0
"""The seven answers, computed from a ledger in plain Python: what Athena must say, to the last character.

Nothing here parses what was sent, or knows of SQL: the events carry the truth from where they were made up.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from statistics import median

from edgepixel.errors import LedgerError
from edgepixel.ledger import Header, Ledger, Row
from edgepixel.rhythm import HOUR_MS
from edgepixel.table import Table
from edgepixel.view import Truth

_DAY_MS = 24 * HOUR_MS
_FEWEST_HOURS = 24  # of data, before any of them is called abnormal
_FEWEST_EVENTS = 10  # in an hour that is called abnormal
_DEVIATIONS = 6  # median absolute deviations from the median, beyond which an hour is abnormal


@dataclass(frozen=True)
class Event:
    """A view that was logged. `visitor` is who viewed as far as the stack may know, which is nobody for `None`."""

    request_id: str
    status: int
    truth: Truth
    visitor: Hashable | None


def events_of(ledger: Ledger) -> list[Event]:
    """The events that a ledger's stack must hold.

    Raises LedgerError for a ledger whose times and addresses were not under control.
    """
    if not ledger.header.simulated:
        raise LedgerError(
            "this ledger was written against AWS, where times, addresses and countries are those of the machine "
            "that sent the views; only a ledger of a local cloud holds the truth for every answer"
        )
    return [Event(row.request_id, row.status, row.truth, _visitor(row, ledger.header)) for row in ledger.logged()]


def events_per_hour(events: Sequence[Event]) -> Table:
    """Events and visitors in each hour; people only."""
    hours = sorted(_by_hour(_people(events)).items())
    table = [(_time(hour * HOUR_MS), len(group), _visitors(group)) for hour, group in hours]
    return Table(("hour", "events", "visitors"), tuple(table))


def visitor_count(events: Sequence[Event]) -> Table:
    """Visitors of the whole period (day None) and of each day; people only."""
    people = _people(events)
    days = sorted(_grouped(people, lambda event: event.truth.time_ms // _DAY_MS).items())
    table = [(_time(day * _DAY_MS)[:10], _visitors(group), len(group)) for day, group in days]
    return Table(("day", "visitors", "events"), ((None, _visitors(people), len(people)), *table))


def user_agents(events: Sequence[Event]) -> Table:
    """The hundred most frequent agents, with the labels of each."""

    def labels(event: Event) -> tuple[str, str, str, str, str | None]:
        truth = event.truth
        return truth.traffic, truth.browser, truth.os, truth.device, truth.user_agent

    table = [(*key, len(group), _visitors(group)) for key, group in _grouped(events, labels).items()]
    table.sort(key=lambda line: (-line[5], _nulls_last(line[4]), line[0]))
    return Table(("traffic", "browser", "os", "device", "user_agent", "events", "visitors"), tuple(table[:100]))


def abnormal_events(events: Sequence[Event]) -> Table:
    """Hours far from the median, and events that are abnormal in themselves, once for each reason."""
    found = [*_abnormal_hours(events), *(line for event in events for line in _abnormalities(event))]
    found.sort(key=lambda line: (-line[0], line[2], line[3]))
    table = tuple((kind, _time(time_ms), reason, detail, number) for time_ms, kind, reason, detail, number in found)
    return Table(("kind", "event_time", "reason", "detail", "events"), table)


def aggregate_event_count(events: Sequence[Event]) -> Table:
    """How many events of each name, by class of traffic."""
    groups = _grouped(events, lambda event: (event.truth.event, event.truth.traffic))
    table = [(name, traffic, len(group), _visitors(group)) for (name, traffic), group in groups.items()]
    table.sort(key=lambda line: (-line[2], line[0], line[1]))
    return Table(("event", "traffic", "events", "visitors"), tuple(table))


def referrers(events: Sequence[Event]) -> Table:
    """The hundred hosts that most people came from."""
    groups = _grouped(_people(events), lambda event: event.truth.referrer_host or "(none)")
    table = [(host, len(group), _visitors(group)) for host, group in groups.items()]
    table.sort(key=lambda line: (-line[1], line[0]))
    return Table(("referrer_host", "events", "visitors"), tuple(table[:100]))


def recent_events(events: Sequence[Event]) -> Table:
    """The fifty newest events."""
    newest = sorted(events, key=lambda event: (-event.truth.time_ms, event.request_id))[:50]
    table = [
        (
            _time(event.truth.time_ms),
            event.truth.event,
            event.truth.page,
            event.truth.referrer_host,
            event.truth.country,
            event.truth.device,
            event.truth.browser,
            event.truth.traffic,
            event.request_id,
        )
        for event in newest
    ]
    columns = ("event_time", "event", "page", "referrer_host", "country", "device", "browser", "traffic", "request_id")
    return Table(columns, tuple(table))


TRUTHS: dict[str, Callable[[Sequence[Event]], Table]] = {
    "events-per-hour": events_per_hour,
    "visitor-count": visitor_count,
    "user-agents": user_agents,
    "abnormal-events": abnormal_events,
    "aggregate-event-count": aggregate_event_count,
    "referrers": referrers,
    "recent-events": recent_events,
}


def _visitor(row: Row, header: Header) -> Hashable | None:
    """Address, as far as it is stored, with user agent and host; None if no address is stored."""
    truth = row.truth
    hidden = truth.private and header.honors_privacy_control
    if truth.address is None or hidden or header.ip_addresses == "removed":
        return None
    network = ip_network(truth.address)
    if header.ip_addresses == "truncated":
        network = network.supernet(new_prefix=48 if network.version == 6 else 24)
    return network, truth.user_agent, row.host.lower()


def _visitors(events: Iterable[Event]) -> int:
    return len({event.visitor for event in events if event.visitor is not None})


def _people(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.truth.traffic == "human"]


def _abnormal_hours(events: Sequence[Event]) -> list[tuple[int, str, str, str, int]]:
    counts = {hour: len(group) for hour, group in _by_hour(events).items()}
    if len(counts) < _FEWEST_HOURS:
        return []
    usual = median(counts.values())
    deviation = max(1, median(abs(number - usual) for number in counts.values()))
    return [
        (hour * HOUR_MS, "hour", _direction(number, usual), f"median {usual:.1f}", number)
        for hour, number in counts.items()
        if number >= _FEWEST_EVENTS and abs(number - usual) > _DEVIATIONS * deviation
    ]


def _direction(number: int, usual: float) -> str:
    return "hour_above_baseline" if number > usual else "hour_below_baseline"


def _abnormalities(event: Event) -> list[tuple[int, str, str, str, int]]:
    truth = event.truth
    reasons = []
    if event.status >= 400:
        reasons.append(("error_status", str(event.status)))
    if truth.method not in ("GET", "HEAD"):
        reasons.append(("unusual_method", truth.method))
    if truth.malformed:
        reasons.append(("malformed_query", event.request_id))
    if truth.user_agent is None:
        reasons.append(("no_user_agent", event.request_id))
    return [(truth.time_ms, "event", reason, detail, 1) for reason, detail in reasons]


def _by_hour(events: Iterable[Event]) -> dict[int, list[Event]]:
    return _grouped(events, lambda event: event.truth.time_ms // HOUR_MS)


def _grouped[K: Hashable](events: Iterable[Event], key: Callable[[Event], K]) -> dict[K, list[Event]]:
    groups: dict[K, list[Event]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return groups


def _time(time_ms: int) -> str:
    """Athena's text of a timestamp(3), in UTC."""
    return f"{datetime.fromtimestamp(time_ms // 1000, UTC):%Y-%m-%d %H:%M:%S}.{time_ms % 1000:03d}"


def _nulls_last(text: str | None) -> tuple[bool, str]:
    """A sort key: Athena puts NULL last."""
    return text is None, text or ""
