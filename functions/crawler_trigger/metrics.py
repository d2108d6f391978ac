# SPDX-License-Identifier: Apache-2.0
"""The names of the function's custom metrics. CloudWatch bills each of them, so `edgepixel cost` counts them here."""

from enum import StrEnum


class Metric(StrEnum):
    """Everything that the function sends to CloudWatch, as it is called there."""

    PARTITIONS_REGISTERED = "PartitionsRegistered"
    CRAWLS_STARTED = "CrawlsStarted"
    TABLES_REPAIRED = "TablesRepaired"


ON_OCCASION = frozenset({Metric.CRAWLS_STARTED, Metric.TABLES_REPAIRED})
"""Sent only when there is something to tell, and billed for those hours only."""
