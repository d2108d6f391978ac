# SPDX-License-Identifier: Apache-2.0
"""The names of countries, from answers/countries.toml."""

import tomllib
from functools import cache

from edgepixel.answers.registry import FOLDER


def country_name(code: str) -> str:
    """The English name of a country by its code (ISO 3166-1 alpha-2). What is no known code stays as it is."""
    return _names().get(code, code)


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = tomllib.loads((FOLDER / "countries.toml").read_text(encoding="utf-8"))["names"]
    return names
