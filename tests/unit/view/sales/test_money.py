# SPDX-License-Identifier: Apache-2.0
"""The columns value, currency and malformed_value: what is an amount of money, and what only looks like one."""

import pytest

from edgepixel.answers.currencies import minor_units
from tests.unit.view.event_view import Row, events

# what was sent as v=...: the value
VALUES = {
    "49.90": "49.9000", "49.9": "49.9000", "0": "0.0000", "-12.5": "-12.5000", "%2B3": "3.0000", "+3": "3.0000",
    "%2012%20": "12.0000", "+12+": "12.0000", "007": "7.0000", "5.": "5.0000", ".5": "0.5000", "18.605": "18.6050",
    "0.0001": "0.0001", "12.34565": "12.3457", "-12.34565": "-12.3457", "12.34564": "12.3456", "0.00004": "0.0000",
    "33.949999999999996": "33.9500", "0.1000000000000000055511151231257827": "0.1000", "-0": "0.0000",
    "99999999999999.9999": "99999999999999.9999", "0000000000000000000000001.00": "1.0000",
    "1." + "3" * 3000: "1.3333",
}  # fmt: skip

# sent as v=..., and no number in the pixel's form: what viewers, templates and other countries write
NO_VALUES = (
    "-33,95", "1,234.50", "1.999,00", "1%2C99", "1 234.50", "1%C2%A0234.50", "1'234.50", "1_000", "12,345",
    "%E2%82%AC5", "5%E2%82%AC", "EUR+5", "5+EUR", "$5", "5 kr", "%C2%A512", "5%", "1%", "%",
    "NaN", "Infinity", "-Infinity", "null", "undefined", "None", "true", "%5Bobject%20Object%5D", "%7B%7Btotal%7D%7D",
    "1e3", "1e309", "1e999999999", "-1E-999999999", "1E2", "0x1F", "--5", "--1", "1-", "-", "%2B-5", "%2B", ".", "..",
    "49.90.1", "1.2.3", "(5.00)", "5%00", "%D9%A1%D9%A2", "%EF%BC%95", "%E2%88%925",
    "99999999999999.99995", "100000000000000", "9" * 4000, "5;", "5%0A6",
)  # fmt: skip

# what was sent as c=...: the currency
CURRENCIES = {
    "EUR": "EUR", "eur": "EUR", "eUr": "EUR", "+usd%20": "USD", "%45UR": "EUR", "EUR%0A": "EUR", "KWD": "KWD",
    "jpy": "JPY", "CLF": "CLF", "ZWG": "ZWG", "XOF": "XOF", "HRK": "HRK", "BGN": "BGN", "SSP": "SSP",
}  # fmt: skip

NO_CURRENCIES = (
    "EURO", "E", "EU", "ABC", "%E2%82%AC", "$", "US$", "US%24", "12E", "978", "%C3%9FP", "%C3%9F%C3%9F", "%",
    "XXX", "XTS", "XAU", "DEM", "BTC", "RMB", "EUR,USD", "euros", "E%00R", "null", "undefined", "%EF%BC%A5UR",
)  # fmt: skip

# the query string: what malformed_value says
TOLD: dict[str, str | None] = {
    "v=49.90&c=EUR": None,
    "v=-49.90&c=eur": None,
    "e=refund&amp;v=-33,95&amp;c=EUR": "v=-33,95 c=EUR",
    "e=purchase&amp;v=%2049.90%20&amp;c=EUR": None,
    "c=EUR": None,
    "v=&c=EUR": None,
    "v=+&c=": None,
    "v=0": None,
    "v=0.00&c=": None,
    "e=view": None,
    "v=18.60549&c=KWD": None,  # rounded, which is no error: sums of floats have such ends
    "e=refund&v=-33,95&c=EUR": "v=-33,95 c=EUR",
    "v=%E2%82%AC5": "v=€5",
    "v=5+EUR&c=EUR": "v=5 EUR c=EUR",
    "v=1e3&c=": "v=1e3",
    "v=49.90&c=EURO": "v=49.90 c=EURO",
    "v=0&c=ABC": "v=0 c=ABC",
    "c=%E2%82%AC": "c=€",
    "v=49.90": "v=49.90",
    "v=%20-5%20&c=%20": "v=-5",
    "v=%&c=usd": "v=% c=usd",
    "v=NaN&c=undefined": "v=NaN c=undefined",
    f"v={'9' * 4000}&c={'E' * 4000}": f"v={'9' * 100} c={'E' * 100}",
}


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    values = [f"v={text}&c=EUR" for text in (*VALUES, *NO_VALUES)]
    currencies = [f"v=5&c={text}" for text in (*CURRENCIES, *NO_CURRENCIES, *minor_units())]
    return events({query: {"cs_uri_query": query} for query in (*values, *currencies, *TOLD)})


@pytest.mark.parametrize("text", VALUES, ids=lambda text: f"{text[:30]}~{len(text)}")
def test_a_plain_number_is_a_value_rounded_half_up_to_four_decimals(text: str, found: dict[str, Row]) -> None:
    row = found[f"v={text}&c=EUR"]
    assert (row["value"], row["malformed_value"]) == (VALUES[text], None)


@pytest.mark.parametrize("text", NO_VALUES, ids=lambda text: f"{text[:30]}~{len(text)}")
def test_what_looks_like_a_value_and_is_none_is_told(text: str, found: dict[str, Row]) -> None:
    row = found[f"v={text}&c=EUR"]
    assert row["value"] is None
    assert row["malformed_value"] is not None
    assert row["malformed_value"].startswith("v=")
    assert row["malformed_value"].endswith(" c=EUR")


@pytest.mark.parametrize("text", CURRENCIES)
def test_a_currency_is_known_in_any_case(text: str, found: dict[str, Row]) -> None:
    row = found[f"v=5&c={text}"]
    assert (row["currency"], row["malformed_value"]) == (CURRENCIES[text], None)


@pytest.mark.parametrize("text", NO_CURRENCIES)
def test_what_is_no_currency_is_told_and_the_value_stays(text: str, found: dict[str, Row]) -> None:
    row = found[f"v=5&c={text}"]
    assert (row["value"], row["currency"]) == ("5.0000", None)
    assert row["malformed_value"] is not None
    assert row["malformed_value"].startswith("v=5 c=")


def test_every_listed_currency_is_known(found: dict[str, Row]) -> None:
    assert [found[f"v=5&c={code}"]["currency"] for code in minor_units()] == list(minor_units())
    assert len(minor_units()) > 165


@pytest.mark.parametrize("query", TOLD, ids=lambda text: text[:40])
def test_what_was_sent_is_told_as_it_was_sent(query: str, found: dict[str, Row]) -> None:
    assert found[query]["malformed_value"] == TOLD[query]
