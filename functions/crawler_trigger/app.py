# SPDX-License-Identifier: Apache-2.0
"""Crawler trigger: a new object in the lake becomes a queryable hour."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from aws_calls import connect
from catalog import Catalog, CatalogNotReady, Registration
from crawls import is_end_of_crawl
from metrics import Metric
from partition import IgnoredReason, partition_of
from settings import Settings

logger = Logger()
tracer = Tracer()
metrics = Metrics()

settings = Settings.from_environment(os.environ)
catalog = Catalog(connect(settings), settings)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Register the hour of an S3 "Object Created" event from EventBridge, or all hours after a crawl.

    Returns what was done. Raises CatalogNotReady while a crawl may still make the table right: then Lambda retries
    the asynchronous invocation, and finally sends the event to the on-failure destination, so that no hour is lost.
    """
    partition = None if is_end_of_crawl(event, settings.crawler_name) else partition_of(event, settings.events_prefix)
    if isinstance(partition, IgnoredReason):
        logger.info("Event ignored", reason=partition.value)
        metrics.add_metric(Metric.PARTITIONS_REGISTERED, MetricUnit.Count, 0)
        return {"outcome": "ignored", "reason": partition.value}
    # Logged as `folder`: Powertools writes its own `location` into every entry.
    location = f"s3://{settings.lake_bucket}/{settings.events_prefix}" if partition is None else partition.location
    # Whoever follows one object's way finds it by its key; the end of a crawl is about none.
    object_key = None if partition is None else event["detail"]["object"]["key"]
    try:
        outcome = catalog.after_crawl() if partition is None else catalog.register(partition)
    except CatalogNotReady as error:
        logger.warning("Catalog not ready", reason=str(error), folder=location, object_key=object_key)
        metrics.add_metric(Metric.CRAWLS_STARTED, MetricUnit.Count, int(error.crawl_started))
        raise
    if outcome.repaired:
        logger.warning("Table made right from the log fields", reason=outcome.repaired, partitions=outcome.partitions)
    logger.info(
        "Partitions are in the catalog",
        registration=outcome.registration.value,
        folder=location,
        object_key=object_key,
    )
    metrics.add_metric(Metric.PARTITIONS_REGISTERED, MetricUnit.Count, outcome.partitions)
    if outcome.registration is Registration.TABLE_REPAIRED:
        metrics.add_metric(Metric.TABLES_REPAIRED, MetricUnit.Count, int(bool(outcome.repaired)))
    return {"outcome": outcome.registration.value, "location": location}
