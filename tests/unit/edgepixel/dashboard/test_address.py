# SPDX-License-Identifier: Apache-2.0
"""An address is all that a page is about: read, written and read again it is the same."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.filters import Filter
from edgepixel.answers.subject.periods import Dates
from edgepixel.answers.subject.steps import STEPS, Step
from edgepixel.dashboard.address import COMPARISONS, PERIODS, Address, read_address
from edgepixel.errors import AddressError


def read(query: str) -> Address:
    return read_address(parse_qsl(query, keep_blank_values=True), ("answer",))


@pytest.mark.parametrize(
    ("query", "subject"),
    [
        ("", Subject(days=28)),
        ("period=7d", Subject(days=7)),
        ("period=last-month", Subject(dates=Dates(name="last-month"))),
        ("from=2026-11-01&to=2026-11-02", Subject(dates=Dates(date(2026, 11, 1), date(2026, 11, 2)))),
        ("traffic-of=everyone", Subject(days=28, include_bots=True)),
        ("answer=pages", Subject(days=28)),
        ("funnel=view,%2Fa%2520b,sign+up", Subject(days=28, funnel=("view", "/a b", "sign up"))),
        ("funnel=", Subject(days=28)),
        ("country=DE", Subject(days=28, filters=(Filter("country", "=", "DE"),))),
        ("country!=DE", Subject(days=28, filters=(Filter("country", "!=", "DE"),))),
        ("page~=a%26b%3Dc", Subject(days=28, filters=(Filter("page", "~", "a&b=c"),))),
        ("campaign=", Subject(days=28, filters=(Filter("campaign", "=", ""),))),
        ("country=DE&country=DE", Subject(days=28, filters=(Filter("country", "=", "DE"),))),
        ("dimension=os&operator=%21%3D&value=iOS", Subject(days=28, filters=(Filter("os", "!=", "iOS"),))),
    ],
)
def test_an_address_is_read(query: str, subject: Subject) -> None:
    assert read(query).subject == subject


@pytest.mark.parametrize("period", [*PERIODS, "last-week", "365d"])
@pytest.mark.parametrize("comparison", COMPARISONS)
def test_a_link_leads_to_the_same_page(period: str, comparison: str) -> None:
    query = f"period={period}&compare={comparison}&title%21=%2F%3F%26%3D%C3%A9%22%27%3C&page~=x&campaign="
    address = read(query)
    assert read(address.link().partition("?")[2]) == address
    assert address.comparison == comparison


@pytest.mark.parametrize("by", STEPS)
def test_what_charts_show_stays_when_anything_else_is_chosen(by: Step) -> None:
    address = read(f"by={by}")
    assert address.by == by
    assert address.link() == f"/?by={by}"
    assert address.about("90d").only("country", "DE").link() == f"/?period=90d&by={by}&country=DE"
    assert read(address.compared("year").link().partition("?")[2]).by == by
    assert address.charted(None).link() == "/"


def test_the_steps_of_the_funnel_stay_when_anything_else_is_chosen() -> None:
    address = read("funnel=view,/50%25,/%25C3%25A9,signup&country=DE")
    assert address.funnel == ("view", "/50%", "/é", "signup")
    assert read(address.about("90d").only("os", "iOS").link().partition("?")[2]).funnel == address.funnel
    assert address.stepped(()).link() == "/?country=DE"


def test_the_shortest_address_is_the_default() -> None:
    assert read("").link() == "/"
    assert read("period=28d&compare=previous").link() == "/"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("period=never", "neither a number of days"),
        ("period=0d", "neither a number of days"),
        ("period=99999d", "neither a number of days"),
        ("period=²d", "neither a number of days"),
        ("by=minute", "by=minute is none of hour, day, week"),
        ("compare=month", "compare=month is none of"),
        ("from=2026-11-01", "must both be dates"),
        ("from=2026-11-02&to=2026-11-01", "is before"),
        ("from=x&to=y", "must both be dates"),
        ("traffic-of=bots", "neither people nor everyone"),
        ("sql=SELECT", "no parameter 'sql'"),
        ("=x", "no parameter ''"),
        ("funnel=view", "funnel: 'view' has 1 step"),
        ("funnel=view,a/*funnel*/", "no event and no page"),
        ("page~=", "needs the text"),
        ("dimension=nothing&operator=%3D&value=x", "no 'nothing' to filter by"),
        ("dimension=os&operator=%3C&value=x", "'<' is none of"),
        ("&".join(f"page={n}" for n in range(21)), "at most 20"),
        (f"page={'x' * 1025}", "longer than"),
    ],
)
def test_an_address_about_nothing_says_what_is_wrong(query: str, message: str) -> None:
    with pytest.raises(AddressError, match=message):
        read(query)


def test_a_row_replaces_the_value_of_its_dimension_and_keeps_everything_else() -> None:
    address = read("period=7d&country=DE&country!=FR&device=tv")
    assert address.only("country", "AT").link() == "/?period=7d&country%21=FR&device=tv&country=AT"
    assert address.without(Filter("device", "=", "tv")).link() == "/?period=7d&country=DE&country%21=FR"
    assert read("traffic=bot&os=iOS").of(everyone=True).link() == "/?traffic-of=everyone&os=iOS"
    assert address.about("90d").link("/csv", answer="pages").startswith("/csv?period=90d&country=DE")


@pytest.mark.parametrize("step", ["/a,b", "/a ", "/100%", "/100%,x", "/a%2Fb", "/%2541", "/k\u00e4se"])
def test_a_step_of_a_funnel_is_kept_by_its_own_link(step: str) -> None:
    address = Address(funnel=("view", step, "/c"))
    assert read_address(parse_qsl(urlsplit(address.link()).query)).funnel == ("view", step, "/c")
