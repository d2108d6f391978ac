# SPDX-License-Identifier: Apache-2.0
"""What senders should look at. Without a mistake there is no panel."""

from edgepixel.report.panels import Answers, Panel, Period, Rows

_DESCRIPTION = (
    "Hits that will not count as their sender thinks: what was sent, what is meant, how often, and the newest of them."
)


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The first rows."""
    return [Rows("Mistakes", _DESCRIPTION, answers["mistakes"])]
