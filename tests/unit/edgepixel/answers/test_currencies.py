# SPDX-License-Identifier: Apache-2.0
"""Currencies and how their amounts are written."""

import re
import tomllib
from decimal import Decimal

import pytest

from edgepixel.answers.currencies import DECIMALS, exact, exact_sql, minor_units, written
from edgepixel.answers.registry import FOLDER
from localcloud.in_process_lake import run_query
from tests.conftest import ROOT
from tests.unit.view.event_view import NOW

# ISO 4217, list one: the unusual ones, and a few of the usual.
MINOR_UNITS = {
    "JPY": 0,
    "KRW": 0,
    "XOF": 0,
    "ISK": 0,
    "EUR": 2,
    "USD": 2,
    "IDR": 2,
    "HUF": 2,
    "KWD": 3,
    "TND": 3,
    "CLF": 4,
}


def test_minor_units_are_those_of_the_standard() -> None:
    assert minor_units().items() >= MINOR_UNITS.items()
    assert set(minor_units().values()) == {0, 2, 3, 4}
    assert max(minor_units().values()) == DECIMALS
    assert all(re.fullmatch("[A-Z]{3}", code) for code in minor_units())
    assert minor_units().keys().isdisjoint({"XXX", "XTS", "XAU", "XDR", "ABC", "DEM"})


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.5000", "EUR", "1,234.50"),
        ("12.3450", "EUR", "12.35"),
        ("-12.3450", "EUR", "-12.35"),
        ("12.3449", "EUR", "12.34"),
        ("18.6050", "KWD", "18.605"),
        ("37.2105", "KWD", "37.211"),
        ("4990.0000", "JPY", "4,990"),
        ("0.5", "JPY", "1"),
        ("0.4", "JPY", "0"),
        ("-0.0040", "USD", "0.00"),
        ("0.1235", "CLF", "0.1235"),
        ("5", "(none)", "5.00"),
        ("5", None, "5.00"),
        ("99999999999999999999.9999", "USD", "100,000,000,000,000,000,000.00"),
    ],
)
def test_an_amount_is_rounded_to_its_currency_where_people_read_it(
    amount: str, currency: str | None, text: str
) -> None:
    assert written(Decimal(amount), currency) == text


def test_a_sum_is_rounded_once() -> None:
    assert written(Decimal("0.0050") * 3, "EUR") == "0.02"


EXACT = [
    ("49.9000", "EUR", "49.90"),
    ("12.3450", "EUR", "12.3450"),
    ("-12.3000", None, "-12.30"),
    ("18.6050", "KWD", "18.605"),
    ("18.6000", "KWD", "18.600"),
    ("18.6055", "KWD", "18.6055"),
    ("4990.0000", "JPY", "4990"),
    ("4990.5000", "JPY", "4990.5000"),
    ("0.1200", "CLF", "0.1200"),
    ("100.0000", "UGX", "100"),
]


@pytest.mark.parametrize(("amount", "currency", "text"), EXACT)
def test_an_exact_amount_hides_no_digit(amount: str, currency: str | None, text: str) -> None:
    assert exact(Decimal(amount), currency) == text


def test_sql_writes_an_exact_amount_as_python_does() -> None:
    rows = ", ".join(
        f"(CAST('{amount}' AS decimal(18,4)), {f"'{currency}'" if currency else 'CAST(NULL AS varchar)'})"
        for amount, currency, _ in EXACT
    )
    sql = f"SELECT value, currency, {exact_sql()} FROM (VALUES {rows}) AS t (value, currency)"  # noqa: S608 (our own)
    outcome = run_query(sql, NOW)
    assert outcome.rows == [[*given] for given in EXACT]


def test_the_data_dictionary_says_which_currencies_there_are() -> None:
    listed = tomllib.loads((FOLDER / "currencies.toml").read_text(encoding="utf-8"))
    page = (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
    assert f"list one, as published on {listed['published']}" in page
    assert f"({', '.join(sorted(listed['withdrawn']))})" in page
