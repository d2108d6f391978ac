# SPDX-License-Identifier: Apache-2.0
"""The pages that were viewed most, and those with which most visits began and ended."""

from edgepixel.answers.registry import answer
from edgepixel.console.table import Record, shown
from edgepixel.report.panels import Answers, Panel, Period, Ranking, ranking, whole


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """Three rankings."""
    records = answers["pages"].records()
    most = answer("pages").most_rows
    # A page that is not listed has fewer views than each of these, and no more visits than views.
    least = whole(records[-1], "events") if most is not None and len(records) >= most else 1
    return [
        _ranking("Pages", "views", records, "events"),
        _ranking("Entry pages", "visits", _most(records, "entries", least), "entries"),
        _ranking("Exit pages", "visits", _most(records, "exits", least), "exits"),
    ]


def _most(records: list[Record], number: str, least: int) -> list[Record]:
    """The pages with the most of a number, as far as no other page can have more."""
    sure = [record for record in records if whole(record, number) >= least]
    return sorted(sure, key=lambda record: -whole(record, number))


def _ranking(title: str, unit: str, records: list[Record], number: str) -> Ranking:
    counted = [(_page(record), whole(record, number)) for record in records]
    values = [f"{record['page_host'] or ''}{record['page_path'] or ''}" for record in records]
    return ranking(title, "page", unit, counted, dimension="page", values=values)


def _page(record: Record) -> str:
    return shown(f"{record['page_host'] or ''}{record['page_path'] or ''}", "page_path") or "(unknown)"
