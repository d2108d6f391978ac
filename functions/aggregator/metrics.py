# SPDX-License-Identifier: Apache-2.0
"""The names of the function's custom metrics. CloudWatch bills each of them, so `edgepixel cost` counts them here."""

from enum import StrEnum


class Metric(StrEnum):
    """Everything that the function sends to CloudWatch, as it is called there."""

    LINES_IN = "LinesIn"
    LINES_OUT = "LinesOut"
    LINES_QUARANTINED = "LinesQuarantined"
    LINES_WITH_MORE_FIELDS = "LinesWithMoreFields"
    AGGREGATES_OUT = "AggregatesOut"
    PUT_RETRIES = "PutRetries"
    PACKING_EFFICIENCY = "PackingEfficiency"


ON_OCCASION = frozenset({Metric.LINES_WITH_MORE_FIELDS})
"""Sent only when there is something to tell, and billed for those hours only."""
