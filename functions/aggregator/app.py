# SPDX-License-Identifier: Apache-2.0
"""Aggregator: log lines in, aggregates out."""

import os
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from aws import connect_quarantine, connect_stream
from batch import Batches
from settings import Settings

logger = Logger()
tracer = Tracer()
metrics = Metrics()

settings = Settings.from_environment(os.environ)
batches = Batches(
    settings,
    connect_stream(settings.aggregated_stream_name),
    cache(lambda: connect_quarantine(settings.quarantine_bucket)),
)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Aggregate one batch of a Kinesis event source; names the first record that has to come again, if any."""
    result = batches.process(event["Records"], lambda: context.get_remaining_time_in_millis() / 1000)

    metrics.add_metric("LinesIn", MetricUnit.Count, result.lines_in)
    metrics.add_metric("LinesOut", MetricUnit.Count, result.lines_out)
    metrics.add_metric("LinesQuarantined", MetricUnit.Count, result.lines_quarantined)
    metrics.add_metric("AggregatesOut", MetricUnit.Count, result.aggregates_out)
    metrics.add_metric("PackingEfficiency", MetricUnit.Percent, result.packing_efficiency)
    metrics.add_metric("PutRetries", MetricUnit.Count, result.put_retries)
    summary = {"records_in": len(event["Records"]), **asdict(result)}
    if result.first_unsent is None:
        logger.info("Batch aggregated", **summary)
        return {"batchItemFailures": []}
    logger.warning("Batch not sent whole", **summary)
    return {"batchItemFailures": [{"itemIdentifier": result.first_unsent}]}
