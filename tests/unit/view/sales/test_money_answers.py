# SPDX-License-Identifier: Apache-2.0
"""What answers say of money that shops sent in any form: the template's own SQL over log lines."""

from collections.abc import Mapping

import pytest

from edgepixel.template.reader import answer_queries
from tests.unit.view.event_view import ask, line


def abnormal(*queries: str, **fields: str) -> list[tuple[str | None, ...]]:
    """Reason, detail, request id and number of the abnormal events of these hits."""
    lines = (line(f"id-{number}", cs_uri_query=query, **fields) for number, query in enumerate(queries))
    outcome = ask(answer_queries()["abnormal-events"], lines)
    kinds = {row[0] for row in outcome.rows}
    assert kinds <= {"event"}
    return [tuple(row[2:]) for row in outcome.rows]


CONFLICTS: Mapping[str, tuple[tuple[str, ...], str | None, int]] = {
    "another amount": (("v=49.90&c=EUR&o=A", "v=59.90&c=EUR&o=A"), "A: 49.90 EUR, 59.90 EUR", 2),
    "another currency": (("v=49.90&c=EUR&o=A", "v=49.90&c=USD&o=A"), "A: 49.90 EUR, 49.90 USD", 2),
    "no currency": (("v=7&c=EUR&o=A", "v=7&o=A"), "A: 7.00 (none), 7.00 EUR", 2),
    "three of three": (("v=3&c=JPY&o=A", "v=1&c=JPY&o=A", "v=2&c=JPY&o=A"), "A: 1 JPY, 2 JPY, 3 JPY", 3),
    "a thousandth": (("v=18.605&c=KWD&o=A", "v=18.606&c=KWD&o=A"), "A: 18.605 KWD, 18.606 KWD", 2),
    "less than a cent": (("v=1.001&c=EUR&o=A", "v=1.002&c=EUR&o=A"), "A: 1.0010 EUR, 1.0020 EUR", 2),
    "nothing, and something": (("v=0&c=EUR&o=A", "v=5&c=EUR&o=A"), "A: 0.00 EUR, 5.00 EUR", 2),
    "the same twice": (("v=49.90&c=EUR&o=A", "v=49.9&c=eur&o=A", "v=+49.900+&c=EUR&o=A"), None, 0),
    "no amount the second time": (("v=49.90&c=EUR&o=A", "o=A"), None, 0),
    "two orders": (("v=49.90&c=EUR&o=A", "v=59.90&c=EUR&o=B"), None, 0),
    "two sites": (("v=49.90&c=EUR&o=A&s=x", "v=59.90&c=EUR&o=A&s=y"), None, 0),
    "no id": (("v=49.90&c=EUR", "v=59.90&c=EUR&o="), None, 0),
    "a negative purchase": (("v=49.90&c=EUR&o=A", "v=-49.90&c=EUR&o=A"), None, 0),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_purchases_of_one_order_must_say_the_same(name: str) -> None:
    queries, detail, events = CONFLICTS[name]
    found = [row for row in abnormal(*(f"e=purchase&{query}" for query in queries)) if row[0] == "conflicting_order"]
    assert found == ([] if detail is None else [("conflicting_order", detail, "id-0", str(events))])


def test_a_refund_is_no_conflict_and_neither_is_a_cart() -> None:
    assert abnormal(
        "e=purchase&o=A&v=49.90&c=EUR", "e=refund&o=A&v=-10&c=EUR", "e=refund&o=A&v=12&c=EUR", "e=cart&o=A&v=1&c=EUR"
    ) == []  # fmt: skip


def test_one_hit_that_is_there_twice_is_no_conflict() -> None:
    same = line("id-0", cs_uri_query="e=purchase&o=A&v=49.90&c=EUR")
    assert ask(answer_queries()["abnormal-events"], [same, same]).rows == []


def test_a_refused_purchase_is_no_conflict() -> None:
    lines = [
        line("id-0", cs_uri_query="e=purchase&o=A&v=49.90&c=EUR"),
        line("id-1", cs_uri_query="e=purchase&o=A&v=59.90&c=EUR", sc_status="403"),
    ]
    assert [row[2] for row in ask(answer_queries()["abnormal-events"], lines).rows] == ["error_status"]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("e=refund&o=ID002&v=-33,95&c=EUR", "v=-33,95 c=EUR"),
        ("e=purchase&v=1,234.50&c=USD", "v=1,234.50 c=USD"),
        ("e=purchase&v=%E2%82%AC5", "v=€5"),
        ("e=purchase&v=5&c=EURO", "v=5 c=EURO"),
        ("e=purchase&v=5", "v=5"),
    ],
)
def test_what_cannot_be_read_is_an_abnormal_event(query: str, detail: str) -> None:
    assert abnormal(query) == [("malformed_value", detail, "id-0", "1")]


def test_sums_are_exact_and_never_of_two_currencies() -> None:
    sent = ("v=18.605&c=KWD", "v=0.0005&c=KWD", "v=4990&c=JPY", "v=0.1&c=EUR", "v=0.2&c=EUR", "v=-33,95&c=EUR", "v=7")
    lines = (line(f"id-{n}", cs_uri_query=f"e=purchase&o={n}&{query}") for n, query in enumerate(sent))
    outcome = ask(answer_queries()["campaign-revenue"], lines)
    assert [(row[3], row[4], row[5]) for row in outcome.rows] == [
        ("(none)", "1", "7.0000"),
        ("EUR", "3", "0.3000"),
        ("JPY", "1", "4990.0000"),
        ("KWD", "2", "18.6055"),
    ]
