# SPDX-License-Identifier: Apache-2.0
"""The account's log deliveries, as CloudWatch Logs has them: sources, destinations, and deliveries that join two.

Shapes and errors: CloudWatch Logs API Reference, PutDeliverySource, PutDeliveryDestination, CreateDelivery and
UpdateDeliveryConfiguration. Whatever is made here is remembered, so that it can be taken away again.
"""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, NEW_PERMISSION_SECONDS, error_code, retry_while
from protocol.deadline import Deadline

# "you must specify the US East (N. Virginia) Region", wherever the bucket is (CloudFront Developer Guide, "Enable
# standard logging (CloudWatch API)").
REGION = "us-east-1"
LOG_TYPE = "ACCESS_LOGS"
# Calls beside each other get "currently being updated" (terraform-provider-aws#42194), and what is deleted right after
# what used it can still be in use: both are conflicts.
BUSY = frozenset({"ConflictException"})
_PATIENCE_SECONDS = 120.0  # the function has 300, and takes back what it made in the rest
DENIED = frozenset({"AccessDeniedException"})
ABSENT = "ResourceNotFoundException"


class LogDeliveries:
    """Finds, makes and deletes, and repeats a call while CloudWatch Logs is busy.

    Raises StillRefused if it is busy for two minutes, if a new permission has no effect after one, or at the deadline.
    Other errors of AWS pass through.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._logs = boto3.client("logs", region_name=REGION, config=CLIENT_CONFIG)
        self._deadline = deadline
        self._made: list[Callable[[], None]] = []

    def sources_of(self, distribution_arn: str) -> list[str]:
        """The names of the sources of a distribution's access logs. AWS allows one, which anybody may have made."""
        return [
            source["name"]
            for source in self._listed("describe_delivery_sources", "deliverySources")
            if distribution_arn in source["resourceArns"] and source["logType"] == LOG_TYPE
        ]

    def deliveries(self) -> list[dict[str, Any]]:
        """All deliveries of the account."""
        return list(self._listed("describe_deliveries", "deliveries"))

    def source(self, distribution_arn: str, name: str) -> str:
        """The name of the distribution's source: the one that is there, or a new one."""

        def find_or_make() -> str:
            if found := self.sources_of(distribution_arn):
                return found[0]
            self._logs.put_delivery_source(name=name, resourceArn=distribution_arn, logType=LOG_TYPE)
            self._made.append(lambda: self.delete_source(name))
            return name

        return self._patiently(find_or_make, f"the delivery source of {distribution_arn} keeps being changed")

    def destination(self, name: str, resource_arn: str, output_format: str) -> str:
        """The ARN of the destination of that name, which is made if there is none."""

        def find_or_make() -> str:
            try:
                found = self._logs.get_delivery_destination(name=name)
            except ClientError as error:
                if error_code(error) != ABSENT:
                    raise
                found = self._logs.put_delivery_destination(
                    name=name,
                    outputFormat=output_format,
                    deliveryDestinationConfiguration={"destinationResourceArn": resource_arn},
                )
                self._made.append(lambda: self.delete_destination(name))
            return str(found["deliveryDestination"]["arn"])

        return self._patiently(find_or_make, f"the delivery destination {name} keeps being changed")

    def deliver(self, source: str, destination_arn: str, configuration: dict[str, Any]) -> None:
        """Join a source and a destination. A delivery of these two is brought up to date in place.

        `configuration`: the arguments that CreateDelivery and UpdateDeliveryConfiguration have in common.
        """

        def find_or_make() -> None:
            for delivery in self.deliveries():
                if (delivery["deliverySourceName"], delivery["deliveryDestinationArn"]) == (source, destination_arn):
                    if any(delivery.get(name) != value for name, value in configuration.items()):
                        self._logs.update_delivery_configuration(id=delivery["id"], **configuration)
                    return
            made = self._logs.create_delivery(
                deliverySourceName=source, deliveryDestinationArn=destination_arn, **configuration
            )
            identifier = str(made["delivery"]["id"])
            self._made.append(lambda: self.delete(identifier))

        self._patiently(find_or_make, f"the delivery of {source} keeps being changed")

    def take_back(self) -> None:
        """Delete what this object has made, the last first."""
        while self._made:
            self._made[-1]()
            self._made.pop()

    def delete(self, identifier: str) -> None:
        """Delete a delivery. An absent one is no error."""
        self._delete(lambda: self._logs.delete_delivery(id=identifier), f"the delivery {identifier}")

    def delete_destination(self, name: str) -> None:
        """Delete a destination. An absent one is no error."""
        self._delete(lambda: self._logs.delete_delivery_destination(name=name), f"the delivery destination {name}")

    def delete_source(self, name: str) -> None:
        """Delete a source. An absent one is no error."""
        self._delete(lambda: self._logs.delete_delivery_source(name=name), f"the delivery source {name}")

    def _delete(self, call: Callable[[], Any], what: str) -> None:
        def unless_absent() -> None:
            try:
                call()
            except ClientError as error:
                if error_code(error) != ABSENT:
                    raise

        self._patiently(unless_absent, f"{what} is still in use")

    def _patiently[T](self, call: Callable[[], T], trouble: str) -> T:
        def unless_busy() -> T:
            return retry_while(BUSY, call, self._deadline, advice=f"{trouble}; try again", patience=_PATIENCE_SECONDS)

        denied = "log deliveries may not be managed, or the bucket's policy does not let CloudWatch Logs write"
        return retry_while(DENIED, unless_busy, self._deadline, advice=denied, patience=NEW_PERMISSION_SECONDS)

    def _listed(self, operation: str, key: str) -> Iterator[dict[str, Any]]:
        for page in self._logs.get_paginator(operation).paginate():
            yield from page[key]
