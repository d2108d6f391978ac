# SPDX-License-Identifier: Apache-2.0
"""Names in a stack's lake and catalog, as template.yaml has them. A test holds them to it.

They are not read from the template, because a command may be pointed at the stack of another version.
"""

EVENTS = "events/"
QUARANTINE = "quarantine/"
DELIVERY_ERRORS = "delivery-errors/"
REPLAYED = "replayed/"
FAILED_BATCHES = "aws/lambda/"
"""Where Lambda keeps the batches that it discards. Lambda chooses the name (AWS Lambda developer guide, "Retain
discarded batch records for a Kinesis Data Streams event source")."""

TABLE = "pixel_events"
"""The table of raw log lines."""
