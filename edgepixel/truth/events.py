# SPDX-License-Identifier: Apache-2.0
"""What a question is about: the events of a ledger that fall into its period, and who of them are people."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from ipaddress import ip_network
from zoneinfo import ZoneInfo

from edgepixel.answers.currencies import DECIMALS
from edgepixel.answers.subject.conditions import DOCTOR_EVENT, IMAGE_STATUSES, SALES, SERVER
from edgepixel.answers.subject.paths import decoded_path
from edgepixel.errors import LedgerError
from edgepixel.traffic.hit import Truth
from edgepixel.traffic.ledger import Header, Ledger, Row

_UTC = ZoneInfo("UTC")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOTHING = "(none)"  # what an answer shows for a parameter that the view does not have
UNKNOWN = "(unknown)"  # and for what nobody could tell


@dataclass(frozen=True)
class Event:
    """A hit that was logged. `visitor` is who made it as far as the stack may know, which is nobody for `None`."""

    request_id: str
    status: int
    truth: Truth
    visitor: Hashable | None

    @property
    def path(self) -> str | None:
        """The page's, decoded: a page is one, however a browser encoded it."""
        return self.truth.page_path and decoded_path(self.truth.page_path)

    @property
    def page(self) -> str:
        """Its host and path, as answers name it; empty if it is unknown."""
        return f"{self.truth.page_host or ''}{self.path or ''}"


@dataclass(frozen=True)
class Facts:
    """What an answer may know, in order of time: `events` are the hits that got the image, `counted` those of people.
    `with_sales` are these and the purchases and refunds that the site's own server sent.

    `refused` are the hits that the edge refused, which no answer counts and one lists. Redirects are in none of them,
    and neither is what `edgepixel doctor` sends.
    `now_ms`: when it was asked, and `start_ms`: how far it looks back, in milliseconds since the epoch. `time_zone` is
    that of hours and days.
    """

    events: Sequence[Event]
    counted: Sequence[Event]
    with_sales: Sequence[Event]
    refused: Sequence[Event]
    start_ms: int
    now_ms: int
    time_zone: ZoneInfo = _UTC


def events_of(ledger: Ledger) -> list[Event]:
    """What a ledger's stack must hold, whether it counts or not.

    Raises LedgerError for a ledger whose times and addresses were not under control.
    """
    if not ledger.header.simulated:
        raise LedgerError(
            "this ledger was written against AWS, where times, addresses and countries are those of the machine "
            "that sent the hits; only a ledger of a local cloud holds the truth for every answer"
        )
    return [Event(row.request_id, row.status, row.truth, _visitor(row, ledger.header)) for row in ledger.logged()]


def facts_of(
    events: Iterable[Event],
    now_ms: int,
    days: int = 7,
    site: str | None = None,
    include_bots: bool = False,
    *,
    time_zone: str = "UTC",
    start_ms: int | None = None,
) -> Facts:
    """What answers that look `days` back from `now_ms`, or to `start_ms`, are about, of one site or of all."""
    start_ms = now_ms - days * DAY_MS if start_ms is None else start_ms
    inside = [
        event
        for event in sorted(events, key=lambda event: (event.truth.time_ms, event.request_id))
        if start_ms <= event.truth.time_ms < now_ms
        and site in (None, event.truth.site)
        and event.truth.event != DOCTOR_EVENT
    ]
    delivered = [event for event in inside if event.status in IMAGE_STATUSES]
    people = [event for event in delivered if event.truth.traffic == "human"]
    with_sales = [event for event in delivered if event.truth.traffic == "human" or _is_sale_by_server(event)]
    refused = [event for event in inside if event.status >= 400]
    counted, with_sales = (delivered, delivered) if include_bots else (people, with_sales)
    return Facts(delivered, counted, with_sales, refused, start_ms, now_ms, ZoneInfo(time_zone))


def visitors(events: Iterable[Event]) -> int:
    """How many visitors can be told apart."""
    return len({event.visitor for event in events if event.visitor is not None})


def grouped[K: Hashable](events: Iterable[Event], key: Callable[[Event], K]) -> dict[K, list[Event]]:
    """Events by key, in their order."""
    groups: dict[K, list[Event]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return groups


def percent(part: int, whole: int) -> float | None:
    """With one decimal, half a tenth up; None of nothing."""
    return (1000 * part + whole // 2) // whole / 10 if whole else None


def amount(event: Event) -> Decimal:
    """The event's value, with the view's decimals, half a unit of the last rounded up; nothing is 0."""
    return Decimal(event.truth.value or "0").quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_UP)


def money_text(amount: Decimal) -> str:
    """Athena's text of a value, or of a sum of values."""
    return f"{amount:.{DECIMALS}f}"


def time_text(local: datetime) -> str:
    """Athena's text of a timestamp(3)."""
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"


def nulls_last(text: str | None) -> tuple[bool, str]:
    """A sort key: Athena puts NULL last."""
    return text is None, text or ""


def _is_sale_by_server(event: Event) -> bool:
    return event.truth.traffic == SERVER and event.truth.event in SALES


def _visitor(row: Row, header: Header) -> Hashable | None:
    """Address, as far as it is stored, with user agent and host; None if no address is stored."""
    truth = row.truth
    hidden = truth.private and header.honors_privacy_control
    if truth.address is None or hidden or header.ip_addresses == "removed":
        return None
    return _network(truth.address, header.ip_addresses == "truncated"), truth.user_agent, row.host.lower()


@cache
def _network(address: str, truncated: bool) -> str:
    network = ip_network(address)
    return str(network.supernet(new_prefix=48 if network.version == 6 else 24)) if truncated else address
