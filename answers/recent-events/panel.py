# SPDX-License-Identifier: Apache-2.0
"""What came in last."""

from edgepixel.report.panels import Answers, Panel, Period, Rows, with_columns

# Of the rest, which the answer has, few readers of a page ask.
_COLUMNS = (
    "event_time", "event", "site", "page", "item", "order_id", "value", "currency", "country", "device",
    "traffic_reason",
)  # fmt: skip
_MOST = 25


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The first rows, without columns in which they have nothing: a blog has no orders."""
    return [Rows("Recent events", "", with_columns(answers["recent-events"], _COLUMNS, _MOST), _MOST)]
