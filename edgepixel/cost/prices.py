# SPDX-License-Identifier: Apache-2.0
"""AWS's list prices in us-east-1, in US dollars, without tax or discounts. The only place that holds prices.

GB means 2^30 bytes. Collected on COLLECTED from dated copies of AWS's price list and pages, which each entry names: AWS
changes prices without notice, so compare with the page of each service before you rely on a number.
"""

from dataclasses import dataclass

COLLECTED = "2026-11-23"
REGION = "us-east-1"
GB = 2**30

_INFRACOST = "AWS price list as in infracost's reference outputs, 2024-07-01"


@dataclass(frozen=True)
class Price:
    """`usd` for every `per` `unit`s. `free` is how many units a month every account has free of charge, always."""

    item: str
    usd: float
    per: int
    unit: str
    source: str
    page: str
    free: float = 0

    @property
    def each(self) -> float:
        """US dollars for one unit."""
        return self.usd / self.per


# Of 10,000 HTTPS requests: United States, Mexico and Canada; Europe and most other places; South America.
NORTH_AMERICA, EUROPE, SOUTH_AMERICA = 0.0100, 0.0120, 0.0220

CLOUDFRONT_REQUEST = Price(
    "CloudFront requests, HTTPS", NORTH_AMERICA, 10_000, "requests", _INFRACOST, "cloudfront/pricing", free=10_000_000
)
CLOUDFRONT_TRANSFER = Price(
    "CloudFront transfer", 0.085, 1, "GB", "copy of AWS's page, 2025", "cloudfront/pricing", free=1024
)
EDGE_FUNCTION = Price(
    "CloudFront Functions invocations",
    0.10,
    1_000_000,
    "invocations",
    "cur.vantage.sh and awsnegotiations.com on AWS's page, 2026",
    "cloudfront/pricing",
    free=2_000_000,
)
LOG_LINE = Price("CloudFront real-time log lines", 0.01, 1_000_000, "lines", _INFRACOST, "cloudfront/pricing")

SHARD_HOUR = Price("Kinesis shard hours", 0.015, 1, "hours", _INFRACOST, "kinesis/data-streams/pricing")
PUT_UNIT = Price(
    "Kinesis PUT payload units", 0.014, 1_000_000, "25 KB units", _INFRACOST, "kinesis/data-streams/pricing"
)
STREAM_HOUR = Price("Kinesis on-demand stream hours", 0.04, 1, "hours", _INFRACOST, "kinesis/data-streams/pricing")
STREAM_IN = Price("Kinesis on-demand data in", 0.08, 1, "GB", _INFRACOST, "kinesis/data-streams/pricing")
STREAM_OUT = Price("Kinesis on-demand data out", 0.04, 1, "GB", _INFRACOST, "kinesis/data-streams/pricing")

LAMBDA_REQUEST = Price("Lambda requests", 0.20, 1_000_000, "requests", _INFRACOST, "lambda/pricing", free=1_000_000)
LAMBDA_TIME = Price("Lambda time, arm64", 0.0000133334, 1, "GB-seconds", _INFRACOST, "lambda/pricing", free=400_000)
TRACE = Price(
    "X-Ray traces", 5.00, 1_000_000, "traces", "awsnegotiations.com on AWS's page, 2026", "xray/pricing", free=100_000
)
CUSTOM_METRIC = Price(
    "CloudWatch custom metrics",
    0.30,
    1,
    "metrics",
    "signoz.io on AWS's page, 2026-02-15",
    "cloudwatch/pricing",
    free=10,
)
ALARM_METRIC = Price(
    "CloudWatch alarms, each metric", 0.10, 1, "metrics", "c3x.dev, 2026-11-23", "cloudwatch/pricing", free=10
)
DASHBOARD = Price(
    "CloudWatch dashboards", 3.00, 1, "dashboards", "factualminds.com, 2026-06-13", "cloudwatch/pricing", free=3
)

FUNCTION_LOGS = Price(
    "CloudWatch Logs ingestion", 0.50, 1, "GB", "copy of AWS's page, 2025", "cloudwatch/pricing", free=5
)

KMS_REQUEST = Price("KMS requests for the streams", 0.03, 10_000, "requests", _INFRACOST, "kms/pricing", free=20_000)

FIREHOSE = Price("Firehose ingestion", 0.029, 1, "GB", "calculators' copies of AWS's page, 2026-03", "firehose/pricing")

S3_STORAGE = Price("S3 storage, one month of events", 0.023, 1, "GB-months", _INFRACOST, "s3/pricing")
S3_PUT = Price("S3 PUT and LIST requests", 0.005, 1_000, "requests", _INFRACOST, "s3/pricing")
CATALOG_REQUEST = Price(
    "Glue catalog requests", 1.00, 1_000_000, "requests", "copy of AWS's page, 2021", "glue/pricing", free=1_000_000
)
CRAWL = Price("Glue crawl at set-up, once", 0.44, 1, "DPU-hours", _INFRACOST, "glue/pricing")

PRICES = (
    CLOUDFRONT_REQUEST,
    CLOUDFRONT_TRANSFER,
    EDGE_FUNCTION,
    LOG_LINE,
    SHARD_HOUR,
    PUT_UNIT,
    STREAM_HOUR,
    STREAM_IN,
    STREAM_OUT,
    KMS_REQUEST,
    LAMBDA_REQUEST,
    LAMBDA_TIME,
    TRACE,
    CUSTOM_METRIC,
    ALARM_METRIC,
    DASHBOARD,
    FUNCTION_LOGS,
    FIREHOSE,
    S3_STORAGE,
    S3_PUT,
    CATALOG_REQUEST,
    CRAWL,
)
"""In the order of a bill."""

ATHENA_TB_USD = 5.0
"""US dollars for each TB (2^40 bytes) that a query reads, in most Regions (https://aws.amazon.com/athena/pricing/)."""

_ATHENA_STEP_BYTES, _ATHENA_LEAST_STEPS = 2**20, 10

ATHENA_PRICE = f"${ATHENA_TB_USD:.2f} per TB scanned, at least {_ATHENA_LEAST_STEPS} MB per query"


def athena_usd(scanned_bytes: int) -> float:
    """The price of a query in US dollars: its bytes are rounded up to a megabyte, and to ten at least."""
    steps = max(_ATHENA_LEAST_STEPS, -(-scanned_bytes // _ATHENA_STEP_BYTES))
    return steps * _ATHENA_STEP_BYTES / 2**40 * ATHENA_TB_USD
