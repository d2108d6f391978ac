# SPDX-License-Identifier: Apache-2.0
"""The sections of the site."""

from edgepixel.report.panels import Answers, Panel, Period, ranking, sum_by


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """One ranking."""
    counted = sum_by(answers["topics"], "section", "events")
    return [ranking("Sections", "section", "views", counted, dimension="section")]
