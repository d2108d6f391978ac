# SPDX-License-Identifier: Apache-2.0
"""Answers as people read them, and as they are stored."""

import json
from typing import Any

import pytest

from edgepixel.answers import registry
from edgepixel.answers.countries import country_name
from edgepixel.answers.shown import shown_table
from edgepixel.answers.view.columns import columns
from edgepixel.console.table import Table, is_number, to_csv, to_json
from edgepixel.truth.events import facts_of
from edgepixel.truth.expected import TRUTHS

CARTS = Table(
    ("item", "currency", "carts", "abandoned", "abandoned_percent", "abandoned_value"),
    (
        ("lamp", "EUR", 3, 2, 66.7, "1234.5050"),
        ("lamp", "JPY", 1, 1, 100.0, "4990.0000"),
        ("lamp", "KWD", 1, 1, 100.0, "18.6050"),
        ("lamp", "(none)", 1, 0, 0.0, None),
    ),
)


def shown(table: Table, name: str) -> list[tuple[Any, ...]]:
    return list(shown_table(table, registry.answer(name)).rows)


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert [row[-1] for row in shown(CARTS, "abandoned-carts")] == ["1,234.51", "4,990", "18.605", None]
    assert [row[:-1] for row in shown(CARTS, "abandoned-carts")] == [row[:-1] for row in CARTS.rows]


def test_amounts_stand_on_the_right() -> None:
    assert is_number(shown_table(CARTS, registry.answer("abandoned-carts")), 5)


def test_programs_get_what_is_stored() -> None:
    assert [record["abandoned_value"] for record in json.loads(to_json(CARTS))] == [
        "1234.5050", "4990.0000", "18.6050", None,
    ]  # fmt: skip
    assert "lamp,JPY,1,1,100.0,4990.0000" in to_csv(CARTS)


def test_only_countries_become_names() -> None:
    audience = Table(
        ("dimension", "value", "visitors", "visitors_percent", "events"),
        (("country", "DE", 9, 1.0, 9), ("campaign", "DE", 9, 1.0, 9), ("source", "AT", 9, 1.0, 9)),
    )
    assert [row[1] for row in shown(audience, "audience")] == ["Germany", "DE", "AT"]
    topics = Table(("section", "country", "device", "events", "visitors"), (("DE", "DE", "desktop", 1, 1),))
    assert shown(topics, "topics") == [("DE", "Germany", "desktop", 1, 1)]


def test_a_query_that_is_not_ours_is_shown_as_it_is() -> None:
    assert shown_table(CARTS, registry.known_answer("somebody-elses")) is CARTS


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("DE", "Germany"), ("XK", "Kosovo"), ("ZZ", "Unknown Region"), ("GB", "United Kingdom"), ("TW", "Taiwan"),
        ("AX", "Åland Islands"), ("QQ", "QQ"), ("de", "de"), ("(unknown)", "(unknown)"), ("T1", "T1"), ("", ""),
    ],
)  # fmt: skip
def test_a_country_has_its_name_and_what_is_none_stays(code: str, name: str) -> None:
    assert country_name(code) == name


def test_marked_columns_are_columns_of_their_answer() -> None:
    nothing = facts_of([], 0)
    for answer in registry.answers():
        truth = TRUTHS.get(answer.name)
        found = truth(nothing).columns if truth else answer.module("truth").COLUMNS
        assert set(answer.amounts) | set(answer.countries) <= set(found), answer.name
        assert not answer.amounts or "currency" in found, answer.name
        money = {name for name in found if name.endswith(("_value", "_revenue"))} - {"malformed_value"}
        if "order_id" in found:  # the view's own column: elsewhere `value` is that of a dimension
            money |= {"value"} & set(found)
        assert money == set(answer.amounts), answer.name
        assert not {"country"} & set(found) - set(answer.countries), answer.name
    assert next(column.type for column in columns() if column.name == "value") == "decimal(18,4)"


def test_the_limit_of_an_answer_is_that_of_its_query() -> None:
    limits = {answer.name: answer.most_rows for answer in registry.answers()}
    assert limits["pages"] == 200
    assert limits["recent-events"] == 50
    assert limits["billable-beacons"] is None
    assert limits["audience"] is None
