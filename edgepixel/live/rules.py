# SPDX-License-Identifier: Apache-2.0
"""Log lines become events by the aggregator's and the view's own rules, as in `edgepixel explain`: none are here."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from edgepixel.answers.subject.conditions import DOCTOR_EVENT, IMAGE_STATUSES
from edgepixel.answers.subject.paths import decoded_path
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Record as Row
from edgepixel.errors import LiveError
from edgepixel.explain.aggregator import Quarantined, aggregator, record_lines
from edgepixel.explain.view import View
from edgepixel.live.event import Event
from edgepixel.live.stream import Record
from edgepixel.template.reader import log_fields

MOST_LINES = 20_000
"""Of one look at the stream that become events. The view takes some seconds for more."""
_LONGEST_TEXT = 300  # characters: a URL can have thousands, and be another one each time


@dataclass
class Judged:
    """The events of some lines, and how many lines are none: `quarantined` by reason, not counted by answers, or
    `dropped` because they were too many."""

    events: list[Event] = field(default_factory=list)
    quarantined: Counter[str] = field(default_factory=Counter)
    uncounted: int = 0
    dropped: int = 0


class Rules:
    """For one stack. It needs the packages of the extra `local`, and there is one in a process (`View`).

    Without an aggregator nothing puts bad lines into quarantine or shortens what is stored, but the view cannot read
    what is no log line: those are left out as the aggregator would.
    """

    def __init__(self, stack: Stack) -> None:
        fields = log_fields()
        aggregated = "AggregatorFunctionName" in stack.outputs
        addresses, honors = (stack.ip_addresses, stack.honors_privacy_control) if aggregated else ("full", False)
        self._lines: Callable[[bytes], list[bytes]] = record_lines()
        self._stored = aggregator(fields, addresses, honors)
        self._view = View(request_id=fields.index("x-edge-request-id"))

    def judge(self, records: Sequence[Record]) -> Judged:
        """The events of what the stream had, in order. Of more than MOST_LINES lines, the oldest are dropped.

        Raises LiveError if the view cannot tell what they are.
        """
        judged = Judged()
        lines = [(line, one.arrived) for one in records for line in self._lines(one.data)]
        if len(lines) > MOST_LINES:
            lines.sort(key=lambda pair: pair[1])
            judged.dropped = len(lines) - MOST_LINES
            del lines[: judged.dropped]
        good: list[bytes] = []
        arrivals: list[float] = []
        for line, arrived in lines:
            try:
                good.append(self._stored(line))
                arrivals.append(arrived)
            except Quarantined as quarantined:
                judged.quarantined[quarantined.reason] += 1
        try:
            rows = list(self._view.events(good))
        except RuntimeError as error:
            raise LiveError(f"the view does not tell what log lines of the raw stream are: {error}") from error
        for row, arrived in zip(rows, arrivals, strict=True):
            if _counts(row):
                judged.events.append(_event(row, arrived))
            else:
                judged.uncounted += 1
        return judged


def _counts(row: Row) -> bool:
    """Whether answers count it: what answers/conditions.sql asks, but for the period."""
    return (
        row["status"] in IMAGE_STATUSES
        and row["event"] != DOCTOR_EVENT
        and bool(row["has_request_id"])
        and row["event_time"] is not None
    )


def _event(row: Row, arrived: float) -> Event:
    moment = datetime.fromisoformat(str(row["event_time"])).replace(tzinfo=UTC)
    visitor = row["visitor"]
    # As the dimension `page` of answers/dimensions.toml.
    page = f"{row['page_host'] or ''}{decoded_path(str(row['page_path'] or ''))}"
    texts = (str(row["traffic"]), page or None, row["country"], row["channel"])
    traffic, *others = (None if text is None else sys.intern(str(text)[:_LONGEST_TEXT]) for text in texts)
    return Event(
        str(row["request_id"]),
        moment.timestamp(),
        arrived,
        None if visitor is None else int(visitor),
        str(traffic),
        *others,
    )
