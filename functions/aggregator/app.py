# SPDX-License-Identifier: Apache-2.0
"""Aggregator: log lines of the raw stream become aggregates in the aggregated stream."""

import os
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from batch import Aggregator
from destinations import connect
from metrics import Metric
from settings import Settings

logger = Logger()
tracer = Tracer()
metrics = Metrics()

settings = Settings.from_environment(os.environ)
aggregator = Aggregator(settings, *connect(settings))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Send a Kinesis event's log lines on. Returns the first record that Lambda must deliver again, if there is one."""
    outcome = aggregator.aggregate(event["Records"], context.get_remaining_time_in_millis)
    report = logger.info if outcome.first_unsent is None else logger.warning
    report("Batch aggregated", **asdict(outcome))
    metrics.add_metric(Metric.LINES_IN, MetricUnit.Count, outcome.lines_in)
    metrics.add_metric(Metric.LINES_OUT, MetricUnit.Count, outcome.lines_out)
    metrics.add_metric(Metric.LINES_QUARANTINED, MetricUnit.Count, outcome.lines_quarantined)
    metrics.add_metric(Metric.AGGREGATES_OUT, MetricUnit.Count, outcome.aggregates_out)
    metrics.add_metric(Metric.PUT_RETRIES, MetricUnit.Count, outcome.put_retries)
    if outcome.lines_with_more_fields:
        metrics.add_metric(Metric.LINES_WITH_MORE_FIELDS, MetricUnit.Count, outcome.lines_with_more_fields)
    if outcome.packing_efficiency is not None:
        metrics.add_metric(Metric.PACKING_EFFICIENCY, MetricUnit.Percent, outcome.packing_efficiency)
    if outcome.first_unsent is None:
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": outcome.first_unsent}]}
