# SPDX-License-Identifier: Apache-2.0
"""Crawler trigger: a new object in the lake becomes a queryable hour."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from catalog import CatalogNotReady, Registration, connect
from metrics import Metric
from partition import IgnoredReason, partition_of
from settings import Settings

logger = Logger()
tracer = Tracer()
metrics = Metrics()

settings = Settings.from_environment(os.environ)
catalog = connect(settings)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Register the hour of an S3 "Object Created" event from EventBridge. Returns what was done.

    Raises CatalogNotReady while the table is missing or wrong: then Lambda retries the asynchronous invocation, and
    finally sends the event to the on-failure destination, so that no hour is lost.
    """
    partition = partition_of(event, settings.events_prefix)
    if isinstance(partition, IgnoredReason):
        logger.info("Event ignored", reason=partition.value)
        metrics.add_metric(Metric.PARTITIONS_REGISTERED, MetricUnit.Count, 0)
        return {"outcome": "ignored", "reason": partition.value}
    try:
        registration = catalog.register(partition)
    except CatalogNotReady as error:
        logger.warning("Catalog not ready", reason=str(error), location=partition.location)
        metrics.add_metric(Metric.CRAWLS_STARTED, MetricUnit.Count, int(error.crawl_started))
        raise
    logger.info("Partition is in the catalog", registration=registration.value, location=partition.location)
    metrics.add_metric(Metric.PARTITIONS_REGISTERED, MetricUnit.Count, int(registration is Registration.REGISTERED))
    return {"outcome": registration.value, "location": partition.location}
