# SPDX-License-Identifier: Apache-2.0
"""From a row of a standard log to a line of the lake: the log fields of the template, without what is not stored.

A line has the form of a real-time log line (localcloud/cloudfront/log_line.py): each value encoded once, tabs between.
`x-host-header` is what real-time logs call `cs-host`, and the other way round (CloudFront Developer Guide, "Standard
logging reference" and "Use real-time access logs").
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from edgepixel.import_logs.log_rows import NOTHING, BadRowError, Names, Row
from edgepixel.import_logs.viewer_privacy import Protect
from edgepixel.import_logs.wanted_requests import Decision, Wanted
from localcloud.cloudfront.log_line import encode_field

# What standard logs call a field of the lake, if not as real-time logs do: the first that has a value. A time has a
# form of its own, and headers are in no standard log.
_SOURCES: dict[str, tuple[str, ...]] = {
    "cs-host": ("x-host-header", "cs-host"),
    "x-host-header": ("cs-host",),
    "timestamp": (),
    "cs-headers": (),
}

_FIRST = datetime(2008, 11, 18, tzinfo=UTC).timestamp()  # CloudFront's first day
_END = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_DATE, _TIME = re.compile(rb"(\d{4})-(\d\d)-(\d\d)"), re.compile(rb"(\d\d):(\d\d):(\d\d)")
_MILLISECONDS = re.compile(rb"[0-9]{12,13}")
_HOUR_MS = 3_600_000
_MOST_PLANS = 256  # in JSON, every line can have other fields

# What stands in a line without being encoded: all of printable ASCII but what encode_field encodes; and tab and %.
_PLAIN = bytes(byte for byte in range(33, 127) if encode_field(chr(byte)) == chr(byte)) + b"\t%"
# Of characters that should be encoded, those that show that nothing in a value is.
_NEVER_IN_ENCODED = re.compile(rb"[\x00-\x20\x7f-\xff]")


class LakeLine(NamedTuple):
    """A line with its newline, and the hour of its request: hours since 1970."""

    hour: int
    text: bytes


class LakeLines:
    """Makes lines with `fields` (`edgepixel.template.reader.log_fields`) of the requests that are wanted."""

    def __init__(self, fields: Sequence[str], wanted: Wanted, protect: Protect) -> None:
        self._fields = fields
        self._wanted = wanted
        self._protect = protect
        self._places = {name: place for place, name in enumerate(fields)}
        self._plans: dict[Names, _Plan] = {}

    def line(self, row: Row) -> LakeLine | None:
        """The line of a request; None if it is not wanted. Raises BadRowError."""
        plan = self._plans.get(row.names)
        if plan is None:
            if len(self._plans) == _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[row.names] = _plan(self._fields, row.names, self._wanted)
        values = row.values
        differing = plan.decide(values)
        if differing is None:
            return None
        milliseconds = plan.milliseconds(values)
        values.append(NOTHING)
        line = [values[place] or NOTHING for place in plan.places]
        for place, other in plan.alternatives:
            if line[place] == NOTHING:
                line[place] = values[other] or NOTHING
        places = self._places
        for name, value in differing.items():
            line[places[name]] = value
        line[places["timestamp"]] = b"%d.%03d" % divmod(milliseconds, 1000)
        line[places["cs-user-agent"]] = _once(line[places["cs-user-agent"]])
        text = b"\t".join(line)
        if text.translate(None, _PLAIN) or text.count(b"\t") != len(line) - 1:
            line = [_encoded(value) for value in line]
        self._protect(line)
        if line[places["x-edge-request-id"]] == NOTHING:
            line[places["x-edge-request-id"]] = _made_up_id(line)
        return LakeLine(milliseconds // _HOUR_MS, b"\t".join(line) + b"\n")


class _Plan(NamedTuple):
    """How rows with certain fields become lines. A place beyond a row's values is that of an appended NOTHING."""

    decide: Decision
    milliseconds: Callable[[Sequence[bytes]], int]
    places: tuple[int, ...]
    alternatives: tuple[tuple[int, int], ...]


def _plan(fields: Sequence[str], names: Names, wanted: Wanted) -> _Plan:
    places: list[int] = []
    alternatives: list[tuple[int, int]] = []
    for field in fields:
        there = [names.index(source) for source in _SOURCES.get(field, (field,)) if source in names]
        alternatives += [(len(places), other) for other in there[1:]]
        places.append(there[0] if there else len(names))
    return _Plan(wanted.decision(names), _clock(names), tuple(places), tuple(alternatives))


def _clock(names: Names) -> Callable[[Sequence[bytes]], int]:
    """What reads a request's time from a row's values: `timestamp(ms)`, or `date` and `time`, which are UTC."""
    if "timestamp-ms" in names:
        place = names.index("timestamp-ms")
        return lambda values: _from_milliseconds(values[place])
    if {"date", "time"} <= set(names):
        date, time = names.index("date"), names.index("time")
        return lambda values: _from_date_and_time(values[date], values[time])
    raise BadRowError("it has neither timestamp(ms) nor date and time, so no request's time is known")


def _from_milliseconds(text: bytes) -> int:
    if not _MILLISECONDS.fullmatch(text):
        raise BadRowError("timestamp(ms) is no number of milliseconds")
    return _plausible(int(text))


@lru_cache(4096)
def _from_date_and_time(date: bytes, time: bytes) -> int:
    day, clock = _DATE.fullmatch(date), _TIME.fullmatch(time)
    if day is None or clock is None:
        raise BadRowError("date and time are not like 2019-12-04 and 21:02:31")
    try:
        moment = datetime(*map(int, (*day.groups(), *clock.groups())), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError as error:
        raise BadRowError(f"date and time are none: {error}") from error
    return _plausible(round(moment.timestamp()) * 1000)


def _plausible(milliseconds: int) -> int:
    if not _FIRST <= milliseconds / 1000 < _END:
        raise BadRowError("the time is before CloudFront's first day or after 2100")
    return milliseconds


def _once(agent: bytes) -> bytes:
    """An agent encoded once. Old standard logs have it encoded twice, with %2520 for each space."""
    if b"%2520" in agent and b"%20" not in agent:
        return agent.replace(b"%25", b"%")
    return agent


def _encoded(value: bytes) -> bytes:
    """A value of which something that the log's format encodes is not encoded: the whole of it, or only that."""
    raw = _NEVER_IN_ENCODED.search(value) is not None
    parts = [value] if raw else re.split(rb"(%)", value)
    return b"".join(
        part if part == b"%" and not raw else encode_field(part.decode("utf-8", "surrogateescape")).encode()
        for part in parts
    )


def _made_up_id(line: Sequence[bytes]) -> bytes:
    """An id for a request of a log that is too old to have one: the same wherever the same line is found.

    It is made of what is stored, so it tells no more about the address than that.
    """
    return b"import-" + hashlib.sha256(b"\t".join(line)).hexdigest()[:32].encode()
