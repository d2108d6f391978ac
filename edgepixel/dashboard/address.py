# SPDX-License-Identifier: Apache-2.0
"""The address of a page is all that it is about: period, comparison, whose events count, filters. Pure.

    /?period=last-month&compare=weekday&by=week&country=DE&page~=pricing&device!=tv&funnel=view,signup

A filter stands as `country=DE`, `country!=DE` or `page~=pricing`, with `!` or `~` at the end of the name. What is not
there is as it is by default, so that addresses are short.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args
from urllib.parse import urlencode

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.filters import Filter, dimensions, filter_sql, make_filter, require_room
from edgepixel.answers.subject.funnels import parse_funnel
from edgepixel.answers.subject.paths import encoded_step
from edgepixel.answers.subject.periods import NAMED, Comparison, Dates
from edgepixel.answers.subject.steps import STEPS, Step
from edgepixel.errors import AddressError, FilterError, FunnelError

DEFAULT_PERIOD = "28d"
DEFAULT_COMPARISON: Comparison = "previous"
PERIODS: Mapping[str, str] = {
    "today": "Today",
    "yesterday": "Yesterday",
    "7d": "7 days",
    "this-week": "This week",
    "last-week": "Last week",
    "28d": "28 days",
    "90d": "90 days",
    "this-month": "This month",
    "last-month": "Last month",
    "this-year": "This year",
}
"""What a click chooses, with its title. An address may have each name of `NAMED`, too, and any number of days."""
COMPARISONS: Mapping[Comparison, str] = {
    "previous": "the period before",
    "weekday": "the same weekdays before",
    "year": "the year before",
    "none": "nothing",
}
_OWN = ("period", "from", "to", "compare", "by", "traffic-of", "funnel")
_EVERYONE = "everyone"
_MOST_DAYS = 3660


@dataclass(frozen=True)
class Address:
    """What a page is about. `period` is a name, or days such as `28d`; empty if there are `dates`.

    `by`: what charts over time show, if it was chosen.
    `everyone`: programs count as people do. `funnel`: its steps, if others than usual.
    """

    period: str = DEFAULT_PERIOD
    dates: tuple[date, date] | None = None
    comparison: Comparison = DEFAULT_COMPARISON
    by: Step | None = None
    everyone: bool = False
    filters: Sequence[Filter] = ()
    funnel: Sequence[str] = ()

    @property
    def subject(self) -> Subject:
        """The same for the answers. Its filters are not checked for what they hold: any text may be looked for."""
        if self.dates is not None:
            chosen = Subject(dates=Dates(*self.dates))
        elif self.period in NAMED:
            chosen = Subject(dates=Dates(name=self.period))
        else:
            chosen = Subject(days=int(self.period.removesuffix("d")))
        return replace(chosen, include_bots=self.everyone, filters=tuple(self.filters), funnel=tuple(self.funnel))

    def pairs(self) -> list[tuple[str, str]]:
        """Its parameters, as a form has them."""
        pairs: list[tuple[str, str]] = []
        if self.dates is not None:
            pairs += [("from", str(self.dates[0])), ("to", str(self.dates[1]))]
        elif self.period != DEFAULT_PERIOD:
            pairs.append(("period", self.period))
        if self.comparison != DEFAULT_COMPARISON:
            pairs.append(("compare", self.comparison))
        if self.by is not None:
            pairs.append(("by", self.by))
        if self.everyone:
            pairs.append(("traffic-of", _EVERYONE))
        if self.funnel:
            steps = (encoded_step(step) if step.startswith("/") else step for step in self.funnel)
            pairs.append(("funnel", ",".join(steps)))
        pairs += [
            (f"{one.dimension}{'' if one.operator == '=' else one.operator[0]}", one.value) for one in self.filters
        ]
        return pairs

    def link(self, path: str = "/", **more: str) -> str:
        """A link to a page about the same, with `more` parameters of that page."""
        query = urlencode([*self.pairs(), *more.items()])
        return f"{path}?{query}" if query else path

    def about(self, period: str) -> "Address":
        """The same about another period by name."""
        return replace(self, period=period, dates=None)

    def compared(self, comparison: Comparison) -> "Address":
        """The same with another comparison."""
        return replace(self, comparison=comparison)

    def charted(self, by: Step | None) -> "Address":
        """The same with charts by hour, day or week, or as the period is long."""
        return replace(self, by=by)

    def of(self, *, everyone: bool) -> "Address":
        """The same of people or of everyone, instead of one class of traffic."""
        others = tuple(one for one in self.filters if one.dimension != "traffic")
        return replace(self, everyone=everyone, filters=others)

    def only(self, dimension: str, value: str) -> "Address":
        """The same of the events whose dimension is the value, instead of another value."""
        others = tuple(one for one in self.filters if (one.dimension, one.operator) != (dimension, "="))
        return replace(self, filters=(*others, Filter(dimension, "=", value)))

    def stepped(self, funnel: Sequence[str]) -> "Address":
        """The same with the funnel of other steps; of none: of the usual ones."""
        return replace(self, funnel=tuple(funnel))

    def unfiltered(self) -> "Address":
        """The same without any filter."""
        return replace(self, filters=())

    def without(self, left_out: Filter) -> "Address":
        """The same without one of its filters."""
        return replace(self, filters=tuple(one for one in self.filters if one != left_out))


def read_address(parameters: Iterable[tuple[str, str]], own: Sequence[str] = ()) -> Address:
    """What an address is about, from the pairs behind `?`; `own` are parameters of the page itself.

    The form that adds a filter sends it as `dimension`, `operator` and `value`. Raises AddressError.
    """
    found: dict[str, str] = {}
    filters: list[Filter] = []
    form: dict[str, str] = {}
    for name, value in parameters:
        if name in own:
            continue
        if name in _OWN:
            found[name] = value
        elif name in ("dimension", "operator", "value"):
            form[name] = value
        else:
            filters.append(_filter(name, value))
    if form:
        filters.append(_made(form.get("dimension", ""), form.get("operator", "="), form.get("value", "").strip()))
    distinct = tuple(dict.fromkeys(filters))
    try:
        require_room(distinct)
    except FilterError as error:
        raise AddressError(str(error)) from error
    address = Address(
        comparison=_comparison(found.get("compare", DEFAULT_COMPARISON)),
        by=_step(found.get("by", "")),
        everyone=_everyone(found.get("traffic-of", "")),
        filters=distinct,
        funnel=_funnel(found.get("funnel", "")),
    )
    if "from" in found or "to" in found:
        return replace(address, period="", dates=_dates(found))
    return replace(address, period=_period(found.get("period") or DEFAULT_PERIOD))


def _filter(name: str, value: str) -> Filter:
    operator = {"!": "!=", "~": "~"}.get(name[-1:], "=")
    dimension = name if operator == "=" else name[:-1]
    if dimension not in dimensions():
        raise AddressError(f"this page has no parameter {name!r}")
    return _made(dimension, operator, value)


def _made(dimension: str, operator: str, value: str) -> Filter:
    try:
        made = make_filter(dimension, operator, value)
        filter_sql([made])
    except FilterError as error:
        raise AddressError(str(error)) from error
    return made


def _period(text: str) -> str:
    number = text.removesuffix("d")
    if text in NAMED or (
        text.endswith("d") and number.isascii() and number.isdigit() and 0 < int(number) <= _MOST_DAYS
    ):
        return text
    raise AddressError(f"period={text} is neither a number of days such as 28d, nor one of {', '.join(NAMED)}")


def _dates(found: Mapping[str, str]) -> tuple[date, date]:
    try:
        first, last = date.fromisoformat(found["from"]), date.fromisoformat(found["to"])
    except (KeyError, ValueError) as error:
        raise AddressError("from and to must both be dates such as 2026-11-27") from error
    if last < first:
        raise AddressError(f"to={last} is before from={first}")
    return first, last


def _comparison(text: str) -> Comparison:
    for name in COMPARISONS:
        if text == name:
            return name
    raise AddressError(f"compare={text} is none of {', '.join(get_args(Comparison.__value__))}")


def _step(text: str) -> Step | None:
    for name in STEPS:
        if text == name:
            return name
    if text:
        raise AddressError(f"by={text} is none of {', '.join(STEPS)}")
    return None


def _funnel(text: str) -> tuple[str, ...]:
    try:
        return parse_funnel(text) if text else ()
    except FunnelError as error:
        raise AddressError(f"funnel: {error}") from error


def _everyone(text: str) -> bool:
    if text not in ("", "people", _EVERYONE):
        raise AddressError(f"traffic-of={text} is neither people nor {_EVERYONE}")
    return text == _EVERYONE
