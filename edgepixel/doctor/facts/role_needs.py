# SPDX-License-Identifier: Apache-2.0
"""What each stage's role must be allowed, so that a hit gets through. Pure. A test holds it to the template's policies.

It is not all that the template allows: only what no stage can do without.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from edgepixel.aws import lake_names
from edgepixel.doctor.parts.roles import Need

_ANY = "doctor"  # stands for any key or name in it


@dataclass(frozen=True)
class Arns:
    """The ARNs of a stack's resources, and the names of its database and crawler.

    `raw_stream` is None without real-time logs, `aggregated_stream` without aggregation, `glue` is how Glue's ARNs
    begin.
    """

    raw_stream: str | None
    aggregated_stream: str | None
    lake: str
    glue: str
    database: str
    crawler: str
    trigger: str

    @property
    def delivered_stream(self) -> str | None:
        """The stream that the delivery reads, if there is a delivery."""
        return self.aggregated_stream or self.raw_stream

    def catalog(self, table: str) -> tuple[str, ...]:
        """What Glue authorizes a call about a table by: the catalog, the database and the table."""
        return (
            f"{self.glue}:catalog",
            f"{self.glue}:database/{self.database}",
            f"{self.glue}:table/{self.database}/{table}",
        )


def role_needs(arns: Arns) -> Mapping[str, tuple[Need, ...]]:
    """The needs of each role, by its logical id in the template."""
    needs = {
        "CrawlerTriggerRole": (
            *(Need("glue:GetTable", arn) for arn in arns.catalog(lake_names.TABLE)),
            *(Need("glue:CreatePartition", arn) for arn in arns.catalog(lake_names.TABLE)),
            Need("glue:StartCrawler", f"{arns.glue}:crawler/{arns.crawler}"),
        ),
        "CrawlerRole": (
            Need("s3:ListBucket", arns.lake),
            Need("s3:GetObject", f"{arns.lake}/{lake_names.EVENTS}{_ANY}"),
            *(Need("glue:CreateTable", arn) for arn in arns.catalog(lake_names.TABLE)),
        ),
    }
    if arns.raw_stream and arns.delivered_stream:
        needs["RealtimeLogRole"] = (Need("kinesis:PutRecords", arns.raw_stream),)
        needs["DeliveryRole"] = (
            Need("kinesis:GetShardIterator", arns.delivered_stream),
            Need("kinesis:GetRecords", arns.delivered_stream),
            Need("s3:PutObject", f"{arns.lake}/{lake_names.EVENTS}{_ANY}"),
        )
    if arns.raw_stream and arns.aggregated_stream:
        needs["AggregatorRole"] = (
            Need("kinesis:GetShardIterator", arns.raw_stream),
            Need("kinesis:GetRecords", arns.raw_stream),
            Need("kinesis:PutRecords", arns.aggregated_stream),
            Need("s3:PutObject", f"{arns.lake}/{lake_names.QUARANTINE}{_ANY}"),
        )
    return needs
