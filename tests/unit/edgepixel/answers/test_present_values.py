# SPDX-License-Identifier: Apache-2.0
"""What is said when nothing was counted of a site or a filter's value: whether it is there, and what is."""

import pytest
import sqlglot

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.filters import Filter, dimensions, parse_filter
from edgepixel.answers.subject.present_values import MOST_VALUES, chosen, counts_nothing, missing, question, questions
from edgepixel.console.table import Table, Value
from edgepixel.report.gather import ANSWERS
from edgepixel.truth.events import facts_of
from edgepixel.truth.expected import TRUTHS

SHOP = [Filter("site", "=", "Shop")]


def found(*values: Value) -> Table:
    return Table(("value", "hits"), tuple((value, 9) for value in values))


@pytest.mark.parametrize("name", TRUTHS)
def test_of_no_events_every_answer_counts_nothing(name: str) -> None:
    assert counts_nothing(TRUTHS[name](facts_of([], 0)))


def test_an_answer_with_a_number_counts_something_and_so_does_one_without_numbers() -> None:
    assert not counts_nothing(Table(("day", "visitors", "events"), ((None, 0, 1),)))
    assert not counts_nothing(Table(("day", "cost"), (("2026-11-23", 0),)))
    assert {"visitor-count", "funnel"} <= set(ANSWERS)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("shop", "blog", None), " Did you mean 'shop'? There are: shop, blog, (none)."),
        (("blog", ""), " There are: blog, (none)."),
        (("blog", "long.shop.example"), " Did you mean 'long.shop.example'? There are: blog, long.shop.example."),
        ((None,), " There are: (none)."),
        (tuple("abcdefghijklmnopqrst"), f" There are: {', '.join('abcdefghijklmno')} and 5 more."),
        (("shop", "SHOP", "sHop"), " Did you mean 'shop'? There are: shop, SHOP, sHop."),
        (("evil\x1b[2J", "\u202e"), " There are: evil\ufffd[2J, \ufffd."),
    ],
)  # fmt: skip
def test_a_value_that_no_event_has_is_named_with_those_there_are(values: tuple[Value, ...], words: str) -> None:
    assert missing(SHOP, found(*values)) == f"No event of this period has the site 'Shop'.{words}"


def test_nothing_is_said_of_a_value_that_is_there_or_may_be() -> None:
    assert missing(SHOP, found("blog", "Shop")) == ""
    either = [Filter("country", "=", "DE"), Filter("country", "=", "XX")]
    assert missing(either, found("FR", "DE")) == ""
    assert missing(either, found("FR")).startswith("No event of this period has the country 'DE' or 'XX'.")
    assert missing(SHOP, found(*(str(number) for number in range(MOST_VALUES)))) == "", "there are more than were told"
    assert missing(SHOP, found()) == "There is no event at all in this period."


def test_the_site_is_looked_for_first_and_of_filters_the_first_that_names_a_value() -> None:
    filters = tuple(map(parse_filter, ("country!=DE", "page~x", "event=a", "event=b", "device=tv", "item=")))
    assert chosen(Subject(site="Shop", filters=filters)) == SHOP
    assert chosen(Subject(filters=filters)) == [Filter("event", "=", "a"), Filter("event", "=", "b")]
    assert chosen(Subject(filters=filters[:2])) == []
    assert chosen(Subject(7)) == []


def test_the_question_is_about_the_period_and_reads_the_view_once() -> None:
    assert list(questions()) == [question(name) for name in dimensions()]
    for name in dimensions():
        sql = subject_sql(questions(), question(name), Subject(30))
        assert "-30 /* days */" in sql
        assert sql.count("FROM events") == 1
        assert f"LIMIT {MOST_VALUES}" in sql
        sqlglot.parse_one(sql, read="trino")


def test_a_page_may_be_chosen_as_a_browser_sends_it() -> None:
    found = Table(("value", "hits"), (("h/k\u00e4se", 9),))
    assert missing([Filter("page", "=", "h/k%C3%A4se")], found) == ""
    assert "Did you mean 'h/k\u00e4se'?" in missing([Filter("page", "=", "h/k%C3%A4s")], found)
