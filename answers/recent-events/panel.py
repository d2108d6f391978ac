# SPDX-License-Identifier: Apache-2.0
"""What came in last."""

from edgepixel.report.panels import Answers, Panel, Period, Rows


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The first rows."""
    return [Rows("Recent events", "", answers["recent-events"], most=25)]
