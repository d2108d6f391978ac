# SPDX-License-Identifier: Apache-2.0
"""Hit counter: what CloudFront counted of the hits, beside the lines that came of them."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from aws_calls import connect
from counting import judge, read
from days import days_read, judged_day, now_of
from metrics import Metric
from settings import Settings

logger = Logger()
tracer = Tracer()
metrics = Metrics()

settings = Settings.from_environment(os.environ)
calls = connect(settings)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Bring the tables `pixel_hits_made` and `pixel_objects` up to date, then measure the last day that is complete.

    The event is EventBridge's scheduled event; whoever invokes it by hand may add `days`, how many days to read.
    Returns what was read and measured. Raises if CloudWatch, the lake or Athena fail: then Lambda retries the
    asynchronous invocation, which does all of it again, and finally sends the event to the on-failure destination.
    """
    now = now_of(event)
    days = days_read(event, now)
    hits, objects = read(calls, settings, days, now)
    logger.info("Hits counted", counted=settings.counted.value, days=len(days), hits=hits, objects=objects)
    day = judged_day(now, settings.lines_within)
    coverage = judge(calls, settings, day, lambda: context.get_remaining_time_in_millis() / 1000)
    result: dict[str, Any] = {"hits": hits, "objects": objects, "day": str(day), "percent": None}
    if coverage is None:
        logger.info("Coverage is not known", day=str(day), counted=settings.counted.value)
        return result
    logger.info("Coverage measured", day=str(day), hits_made=coverage.hits_made, hits_logged=coverage.hits_logged)
    if coverage.tells:
        metrics.add_metric(Metric.COVERAGE, MetricUnit.Percent, coverage.percent)
        metrics.flush_metrics()
    return result | {"percent": coverage.percent}
