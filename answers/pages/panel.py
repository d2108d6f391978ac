# SPDX-License-Identifier: Apache-2.0
"""The pages that were viewed most."""

from edgepixel.console.table import Record, shown
from edgepixel.report.panels import Answers, Panel, Period, ranking, whole


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """One ranking."""
    records = answers["pages"].records()
    counted = [(_page(record), whole(record, "events")) for record in records]
    values = [f"{record['page_host'] or ''}{record['page_path'] or ''}" for record in records]
    return [ranking("Pages", "page", "views", counted, dimension="page", values=values)]


def _page(record: Record) -> str:
    return shown(f"{record['page_host'] or ''}{record['page_path'] or ''}", "page_path") or "(unknown)"
