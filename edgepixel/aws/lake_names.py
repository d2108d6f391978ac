# SPDX-License-Identifier: Apache-2.0
"""Names in a stack's lake and catalog, as this version's template.yaml has them: read from it where that is simple.

A test holds the others to it.
"""

from edgepixel.template import read_template


def _variable(function: str, name: str) -> str:
    """An environment variable of a function, which the template gives as plain text."""
    return str(read_template()["Resources"][function]["Properties"]["Environment"]["Variables"][name])


EVENTS = "events/"
QUARANTINE = _variable("AggregatorFunction", "QUARANTINE_PREFIX")
DELIVERY_ERRORS = "delivery-errors/"
REPLAYED = "replayed/"
IMPORTED = "imported/"
FAILED_BATCHES = "aws/lambda/"
"""Where Lambda keeps the batches that it discards. Lambda chooses the name (AWS Lambda developer guide, "Retain
discarded batch records for a Kinesis Data Streams event source")."""

TABLE = _variable("CrawlerTriggerFunction", "TABLE_NAME")
"""The table of raw log lines."""
