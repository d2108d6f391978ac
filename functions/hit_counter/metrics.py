# SPDX-License-Identifier: Apache-2.0
"""The names of the function's custom metrics. CloudWatch bills each of them, so `edgepixel cost` counts them here."""

from enum import StrEnum

HOURS_A_DAY = 1
"""In how many hours of a day the metrics are sent. CloudWatch bills a metric by the hours in which it is sent."""


class Metric(StrEnum):
    """Everything that the function sends to CloudWatch, as it is called there."""

    COVERAGE = "Coverage"
