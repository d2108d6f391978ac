# SPDX-License-Identifier: Apache-2.0
"""Filters as they are typed, what is refused, and the SQL that they become."""

import pytest

from edgepixel.answers.subject.conditions import Subject, answer_sql, subject_sql
from edgepixel.answers.subject.filters import (
    MOST_CHARACTERS,
    MOST_FILTERS,
    Filter,
    counts_programs,
    dimensions,
    filter_sql,
    left_out_of_sales,
    parse_filter,
)
from edgepixel.errors import FilterError, NoSuchConditionError
from edgepixel.questions.blanks import MOST_BYTES as MOST_QUERY_BYTES
from edgepixel.report.ask_command import ask_command
from edgepixel.template.reader import answer_queries


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        ("country=DE", Filter("country", "=", "DE"), "Country is DE"),
        ("country != DE", Filter("country", "!=", "DE"), "Country is not DE"),
        ("page~a=b", Filter("page", "~", "a=b"), "Page contains a=b"),
        ("page==b", Filter("page", "=", "=b"), "Page is =b"),
        ("campaign=", Filter("campaign", "=", ""), "Campaign is (none)"),
        ("campaign!=", Filter("campaign", "!=", ""), "Campaign is not (none)"),
        ("title=two\nlines", Filter("title", "=", "two\nlines"), "Title is two\nlines"),
    ],
)
def test_a_filter_is_read_as_it_is_written(text: str, expected: Filter, words: str) -> None:
    assert parse_filter(text) == expected
    assert expected.words == words
    assert parse_filter(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Germany", "'Germany' is not a filter: write country=DE, country!=DE or page~pricing"),
        ("", "is not a filter"),
        ("contry=DE", "there is no 'contry' to filter by. Did you mean 'country'?"),
        ("page~", "page~ needs the text that is looked for"),
        (f"page={'x' * (MOST_CHARACTERS + 1)}", f"the value of 'page' is longer than {MOST_CHARACTERS} characters"),
    ],
)
def test_what_is_no_filter_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert message in str(caught.value)


def test_several_values_of_one_dimension_are_alternatives_and_everything_else_must_hold() -> None:
    filters = [*map(parse_filter, ("country=DE", "device=tv", "country=FR", "country=DE", "os!=iOS", "os!=Windows"))]
    assert filter_sql(filters) == (
        "(country = 'DE' OR country = 'FR') AND device = 'tv' AND coalesce(os, '') <> 'iOS' "
        "AND coalesce(os, '') <> 'Windows'"
    )
    assert filter_sql([]) == "true"


def test_too_many_filters_are_refused() -> None:
    with pytest.raises(FilterError, match=f"at most {MOST_FILTERS}"):
        filter_sql([parse_filter(f"page={n}") for n in range(MOST_FILTERS + 1)])


def _are_taken(filters: list[Filter]) -> bool:
    try:
        return bool(filter_sql(filters))
    except FilterError:
        return False


@pytest.mark.parametrize("text", ["x", "ü", "😀", "'", "%", "/", "e.com/%20x"])
def test_as_many_bytes_as_are_taken_fit_into_a_query(text: str) -> None:
    """A part of a page with a slash and an escape is looked for in four ways, each with the SQL of a path."""
    value = (text * MOST_CHARACTERS)[: MOST_CHARACTERS - 2]
    whole = [parse_filter(f"page~{number}{value}") for number in range(MOST_FILTERS)]
    taken = max(number for number in range(MOST_FILTERS) if _are_taken(whole[:number]))
    with pytest.raises(FilterError, match=r"bytes.*, and at most .* are asked at once"):
        filter_sql(whole[: taken + 1])
    most = Subject(filters=whole[:taken])
    answers = answer_queries()
    filtered = [name for name, sql in answers.items() if "/* filters */" in sql]
    assert max(len(subject_sql(answers, name, most).encode()) for name in filtered) < MOST_QUERY_BYTES


def test_a_quote_stays_within_its_literal() -> None:
    assert filter_sql([parse_filter("title=it's")]) == "title = 'it''s'"


@pytest.mark.parametrize(("text", "expected"), [("traffic=bot", True), ("traffic_reason~x", True), ("os=iOS", False)])
def test_a_filter_about_traffic_counts_programs(text: str, expected: bool) -> None:
    assert counts_programs([parse_filter(text)]) is expected
    sql = subject_sql(answer_queries(), "pages", Subject(filters=(parse_filter(text),)))
    assert ("traffic = 'human' /* traffic */" not in sql) is expected


def test_an_answer_that_cannot_be_filtered_says_so() -> None:
    with pytest.raises(NoSuchConditionError, match="cannot be filtered"):
        answer_sql(answer_queries(), "coverage", filters=[parse_filter("os=iOS")])
    with pytest.raises(NoSuchConditionError, match="until its template is deployed anew"):
        answer_sql({"old": "SELECT 1"}, "old", filters=[parse_filter("os=iOS")])


def test_the_command_has_each_filter() -> None:
    subject = Subject(7, filters=tuple(map(parse_filter, ("country=DE", "title=it's"))))
    assert ask_command("pages", subject, "edgepixel") == (
        "edgepixel ask pages --days 7 --filter country=DE --filter 'title=it'\"'\"'s'"
    )


def test_every_dimension_has_a_title_and_no_blank_is_left() -> None:
    for name, one in dimensions().items():
        assert one.name == name
        assert one.title
        assert "{{" not in one.sql


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ((), ""),
        (("country!=DE", "country=", "site=shop", "event=purchase", "campaign=brand"), ""),
        (("country!=",), "purchases that the site's server sent have no country"),
        (("country=DE",), "purchases that the site's server sent have no country"),
        (
            ("country=DE", "country=FR", "page~shop", "currency=EUR"),
            "purchases that the site's server sent have no country or page, "
            "and visits and their campaigns have no currency",
        ),
    ],
)  # fmt: skip
def test_what_filters_leave_out_of_sales_is_told(texts: tuple[str, ...], words: str) -> None:
    told = f"Filters leave out what has no such value: {words}." if words else ""
    assert left_out_of_sales([*map(parse_filter, texts)]) == told


def test_either_form_of_a_text_is_found() -> None:
    looked_in = "strpos(lower(coalesce(item, '')), lower('{}')) > 0"
    either = " OR ".join(map(looked_in.format, ("a%C3%BC", "aü")))
    assert filter_sql([parse_filter("item~a%C3%BC")]) == f"({either})"
