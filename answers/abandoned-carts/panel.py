# SPDX-License-Identifier: Apache-2.0
"""What was left in carts."""

from edgepixel.report.panels import Answers, Panel, Period, Rows


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The first rows."""
    return [Rows("Abandoned carts", "", answers["abandoned-carts"])]
