# SPDX-License-Identifier: Apache-2.0
"""Whose an order is that the site's own server told of: visitors named it, by any event with its id."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from edgepixel.answers.subject.conditions import SERVER
from edgepixel.truth.events import Event

type Order = tuple[str | None, str | None]  # site and id: an id is one order within its site


def order_of(event: Event) -> Order:
    """Of which order an event is. Its id may be missing: then the event names none."""
    return event.truth.site, event.truth.order_id


def is_by_server(event: Event) -> bool:
    """Whether the site's own server sent it."""
    return event.truth.traffic == SERVER


def named_by(events: Iterable[Event]) -> dict[Order, list[Hashable]]:
    """The visitors whose browsers named each order, in the order in which they first did. `events` by time."""
    found: dict[Order, list[Hashable]] = {}
    for event in events:
        if event.truth.order_id and event.visitor is not None and not is_by_server(event):
            names = found.setdefault(order_of(event), [])
            if event.visitor not in names:
                names.append(event.visitor)
    return found


def of_first_buyers(events: Sequence[Event]) -> list[Event]:
    """The events, those of the server as if the visitor had sent them who was the first to name their order."""
    names = named_by(events)
    return [
        replace(event, visitor=next(iter(names.get(order_of(event), ())), None)) if is_by_server(event) else event
        for event in events
    ]


def of_all_buyers(events: Sequence[Event]) -> list[Event]:
    """The events, a purchase by the server as if every visitor had sent it who named its order, and no other of it."""
    names = named_by(events)
    found: list[Event] = []
    for event in events:
        if not is_by_server(event):
            found.append(event)
        elif event.truth.event == "purchase":
            found += [replace(event, visitor=visitor) for visitor in names.get(order_of(event), ())]
    return found
