# SPDX-License-Identifier: Apache-2.0
"""Answers as people read them: amounts with their currency's decimals, and the names of countries. Pure.

`answer.toml` says which columns these are. Spreadsheets and programs get an answer as it is stored.
"""

from dataclasses import replace
from decimal import Decimal

from edgepixel.answers.countries import country_name
from edgepixel.answers.currencies import written
from edgepixel.answers.registry import Answer
from edgepixel.console.table import Record, Table, Value


def shown_table(table: Table, answer: Answer | None) -> Table:
    """The table for people; as it is if it is of no known answer, such as a saved query of somebody's own."""
    if answer is None:
        return table
    rows = tuple(
        tuple(_shown(value, column, record, answer) for column, value in record.items()) for record in table.records()
    )
    return replace(table, rows=rows)


def _shown(value: Value, column: str, record: Record, answer: Answer) -> Value:
    if value is None:
        return None
    if column in answer.amounts:
        currency = record.get("currency")
        return written(Decimal(str(value)), None if currency is None else str(currency))
    # In a list of several dimensions, only the rows of one are about countries.
    if column in answer.countries and record.get("dimension", "country") == "country":
        return country_name(str(value))
    return value


def in_words(name: str) -> str:
    """A class of traffic or a channel as people read it: `ai_crawler` is `AI crawler`."""
    words = name.replace("_", " ")
    return f"AI{words[2:]}" if words.startswith("ai ") else words
