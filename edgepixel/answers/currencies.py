# SPDX-License-Identifier: Apache-2.0
"""The currencies of answers/currencies.toml, ISO 4217's: which there are, and how their amounts are written."""

import tomllib
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from textwrap import wrap

from edgepixel.answers.registry import FOLDER

DECIMALS = 4
"""Of the view's column `value`: the most that a currency has (CLF, UYW)."""

_USUAL = 2  # of most currencies, of those that are withdrawn, and of an amount in none
_SQL_WIDTH = 112


@cache
def minor_units() -> dict[str, int]:
    """How many decimals an amount has, by the code of its currency."""
    listed = tomllib.loads((FOLDER / "currencies.toml").read_text(encoding="utf-8"))
    current = {code: int(units) for units, codes in listed["minor_units"].items() for code in codes.split()}
    return current | dict.fromkeys(listed["withdrawn"], _USUAL)


def written(amount: Decimal, currency: str | None) -> str:
    """An amount for people, such as `1,234.50`: half a minor unit of its currency rounded up, away from zero."""
    units = minor_units().get(currency or "", _USUAL)
    rounded = amount.quantize(Decimal(1).scaleb(-units), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:,}"  # no -0.00


def exact(amount: Decimal, currency: str | None) -> str:
    """An amount with its currency's decimals, and with more where it has more: see `exact_sql`."""
    units = minor_units().get(currency or "", _USUAL)
    whole, _, decimals = f"{amount:.{DECIMALS}f}".partition(".")
    kept = decimals if int(decimals[units:] or "0") else decimals[:units]
    return f"{whole}.{kept}" if kept else whole


def codes_sql() -> str:
    """Every code as SQL's list of texts, over several lines."""
    return _texts(sorted(minor_units()))


def exact_sql() -> str:
    """SQL for the column `value`, in the currency of the column `currency`, as text that hides no digit."""
    lines = ["CASE"]
    for units in sorted(set(minor_units().values()) - {_USUAL}):
        codes = _texts(sorted(code for code, its in minor_units().items() if its == units))
        lines.append(f"  WHEN currency IN ({codes.replace('\n', '\n    ')}) THEN {_without_zeros(units)}")
    return "\n".join([*lines, f"  ELSE {_without_zeros(_USUAL)}", "END"])


def _without_zeros(units: int) -> str:
    """The text of `value` without the zeros behind a currency's minor units, if nothing else is there."""
    text = "CAST(value AS varchar)"
    if units == DECIMALS:
        return text
    point = "[.]" if units == 0 else ""
    return f"regexp_replace({text}, '{point}0{{{DECIMALS - units}}}$', '')"


def _texts(codes: list[str]) -> str:
    return "\n".join(wrap(", ".join(f"'{code}'" for code in codes), _SQL_WIDTH))
