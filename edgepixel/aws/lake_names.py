# SPDX-License-Identifier: Apache-2.0
"""Names in a stack's lake and catalog, as this version's template.yaml has them: read from it where that is simple.

A test holds the others to it.
"""

from edgepixel.template.reader import read_template


def _variable(function: str, name: str) -> str:
    """An environment variable of a function, which the template gives as plain text."""
    return str(read_template()["Resources"][function]["Properties"]["Environment"]["Variables"][name])


EVENTS = "events/"
REALTIME_DAY = f"{EVENTS}dt=%Y-%m-%d/"
STANDARD_DAY = f"{EVENTS}year=%Y/month=%m/day=%d/"
DAY_FOLDERS = (REALTIME_DAY, STANDARD_DAY)
"""A day's folder of hours, of real-time and of standard logs, as strftime writes it."""
QUARANTINE = _variable("AggregatorFunction", "QUARANTINE_PREFIX")
DELIVERY_ERRORS = "delivery-errors/"
REPLAYED = "replayed/"
IMPORTED = "imported/"
QUERY_RESULTS = "query-results/"
ERASURES = "erasures/"
"""The receipts of `edgepixel erase`."""
CROSS_CHECK = "cross-check/"
FAILED_BATCHES = "aws/lambda/"
"""Where Lambda keeps the batches that it discards. Lambda chooses the name (AWS Lambda developer guide, "Retain
discarded batch records for a Kinesis Data Streams event source")."""

TABLE = _variable("CrawlerTriggerFunction", "TABLE_NAME")
"""The table of raw log lines."""
DAYS_TABLE = _variable("CompactorFunction", "DAYS_TABLE_NAME")
"""The table of typed days."""
DAYS_MADE_TABLE = _variable("CompactorFunction", "DAYS_MADE_TABLE_NAME")
"""The table of typed days that were made and are not used yet."""
RAW_VIEW = _variable("CompactorFunction", "RAW_VIEW_NAME")
"""The view that has the rules: raw log lines as events."""
TYPED = _variable("CompactorFunction", "TYPED_PREFIX")


def partition_of(folder: str) -> tuple[str, str]:
    """The values of the partition that an hour's folder is, as the crawler trigger registers it: day and hour."""
    values = [part.partition("=")[2] for part in folder.removeprefix(EVENTS).strip("/").split("/")]
    return "-".join(values[:-1]), values[-1] if len(values) == 2 else f"{values[-1]}-standard"
