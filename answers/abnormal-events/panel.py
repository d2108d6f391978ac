# SPDX-License-Identifier: Apache-2.0
"""What is out of the ordinary."""

from edgepixel.report.panels import Answers, Panel, Period, Rows

_DESCRIPTION = (
    "Hours far from what is usual at that time, storms of the same request, and events abnormal in themselves."
)


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The first rows."""
    return [Rows("Abnormal", _DESCRIPTION, answers["abnormal-events"], most=25)]
