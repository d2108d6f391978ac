# SPDX-License-Identifier: Apache-2.0
"""How many of the hits are logged on each day, and how late."""

from edgepixel.console.table import Table
from edgepixel.report.panels import Answers, Panel, Period, Rows, whole

_DAYS_SHOWN = 31
_SHOWN = ("day", "hours", "counted", "hits_made", "missing", "percent", "median_seconds", "p99_seconds")


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The rows of whole days, the last ones first."""
    answer = answers["coverage"]
    days = [record for record in answer.records() if record["hour"] is None]
    made, missing = (sum(whole(record, column) for record in days) for column in ("hits_made", "missing"))
    rows = tuple(tuple(record[column] for column in _SHOWN) for record in reversed(days))
    return [
        Rows(
            "Coverage",
            f"{missing:,} of {made:,} hits that CloudFront counted have no log line yet.",
            Table(_SHOWN, rows, answer.scanned_bytes),
            _DAYS_SHOWN,
        )
    ]
