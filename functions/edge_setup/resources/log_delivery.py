# SPDX-License-Identifier: Apache-2.0
"""Kind LogDelivery: CloudFront's standard logs (v2) of one distribution, written into a bucket.

Properties: Name (unique to the stack), DistributionArn, DestinationArn (`arn:aws:s3:::BUCKET/PREFIX`), OutputFormat,
FieldDelimiter, RecordFields (a list, in the order of delivery), SuffixPath (Hive-compatible: `{yyyy}` is `year=2026`).
Physical id: `log-delivery:DESTINATION-NAME@DISTRIBUTION-ARN`, so that another distribution, bucket or format replaces
the delivery, and other fields or another path change it in place.

A delivery joins a source (the distribution) and a destination (the bucket). A distribution has one source in an
account, which may be somebody else's: that one is used, and never deleted. A format "can't be updated later"
(CloudFront Developer Guide, "Output file format"). So names have a hash of what they stand for, and another one of
these gets another name.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request, texts
from protocol.response import NOT_CREATED
from resources.log_deliveries import LogDeliveries

PREFIX = "log-delivery:"
_HASH_CHARACTERS = 8


class NotTakenBack(Exception):
    """Something was made, another thing failed, and the first could not be deleted. The message says where to look."""


@dataclass(frozen=True)
class DeliveryId:
    """The stack's destination and the distribution: together the physical id."""

    destination_name: str
    distribution_arn: str

    @classmethod
    def parse(cls, physical_id: str) -> Self | None:
        """Parse a physical id; None when the text is another kind of id."""
        name, found, arn = physical_id.removeprefix(PREFIX).partition("@")
        return cls(name, arn) if physical_id.startswith(PREFIX) and found else None

    @property
    def physical_id(self) -> str:
        return f"{PREFIX}{self.destination_name}@{self.distribution_arn}"


def create(request: Request, deadline: Deadline) -> Outcome:
    """Make the delivery, or bring up to date the one that an earlier attempt of this stack made."""
    name, bucket, output_format = texts(request.properties, "Name", "DestinationArn", "OutputFormat")
    delivery = _own_delivery(request)
    configuration = _configuration(request)
    deliveries = LogDeliveries(deadline)
    try:
        destination = deliveries.destination(delivery.destination_name, bucket, output_format)
        source = deliveries.source(delivery.distribution_arn, _named(name, delivery.distribution_arn))
        deliveries.deliver(source, destination, configuration)
    except Exception as error:
        try:
            deliveries.take_back()
        except Exception as second:
            raise NotTakenBack(
                f"{error}; and taking back what was made failed ({second}): look for {name} in the log deliveries"
            ) from error
        raise
    return Outcome(delivery.physical_id, {"SourceName": source}, undo=deliveries.take_back)


def update(request: Request, deadline: Deadline) -> Outcome:
    """Change fields, delimiter and path in place.

    Another distribution, bucket or format makes another delivery: CloudFormation then requests to delete the old one.
    """
    return create(request, deadline)


def delete(request: Request, deadline: Deadline) -> None:
    """Delete the delivery, then its destination, and its source if that is the stack's and nothing else uses it.

    After a Create that was cut off there is no physical id: then what it may have left is looked for by its names.
    """
    found = DeliveryId.parse(request.physical_id)
    if found is None and request.physical_id.startswith(NOT_CREATED):
        with suppress(InvalidProperties):  # the Create failed because of these very properties
            found = _own_delivery(request)
    if found is None:
        return
    deliveries = LogDeliveries(deadline)
    sources = deliveries.sources_of(found.distribution_arn)
    all_deliveries = deliveries.deliveries()

    def joins(delivery: dict[str, Any]) -> bool:
        return delivery["deliverySourceName"] in sources and _destination_name(delivery) == found.destination_name

    others = [delivery for delivery in all_deliveries if not joins(delivery)]
    for delivery in filter(joins, all_deliveries):
        deliveries.delete(delivery["id"])
    # A replacement by the same stack for another distribution has the same destination.
    if found.destination_name not in map(_destination_name, others):
        deliveries.delete_destination(found.destination_name)
    used = {delivery["deliverySourceName"] for delivery in others}
    for source in sources:
        if request.owns(source) and source not in used:
            deliveries.delete_source(source)


def _own_delivery(request: Request) -> DeliveryId:
    name, distribution, bucket, output_format = texts(
        request.properties, "Name", "DistributionArn", "DestinationArn", "OutputFormat"
    )
    if not request.owns(name):
        # The stack recognizes what is its own by the name only.
        raise InvalidProperties(f"Name is {name}, which does not contain the stack's unique id")
    return DeliveryId(_named(name, bucket, output_format), distribution)


def _configuration(request: Request) -> dict[str, Any]:
    """What a delivery can change in place."""
    delimiter, suffix = texts(request.properties, "FieldDelimiter", "SuffixPath")
    fields = request.properties.get("RecordFields")
    if not isinstance(fields, list) or not fields:
        raise InvalidProperties("RecordFields is not a list with at least one log field")
    return {
        "recordFields": fields,
        "fieldDelimiter": delimiter,
        "s3DeliveryConfiguration": {"suffixPath": suffix, "enableHiveCompatiblePath": True},
    }


def _named(name: str, *parts: str) -> str:
    """A name for what these parts say, which no other parts have."""
    return f"{name}-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:_HASH_CHARACTERS]}"


def _destination_name(delivery: dict[str, Any]) -> str:
    return str(delivery["deliveryDestinationArn"]).rpartition(":")[2]
