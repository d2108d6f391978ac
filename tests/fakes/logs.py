# SPDX-License-Identifier: Apache-2.0
"""Amazon CloudWatch Logs in memory: the log deliveries that the edge setup function makes and deletes."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.client import client_error

_ACCOUNT = "arn:aws:logs:us-east-1:123456789012"


@dataclass
class Logs:
    """Delivery sources and destinations by name, deliveries by id, in the Region that they belong to."""

    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    destinations: dict[str, dict[str, Any]] = field(default_factory=dict)
    deliveries: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: int = 2
    made: int = 0

    def put_delivery_source(self, name: str, resourceArn: str, logType: str) -> dict[str, Any]:
        for other in self.sources.values():
            if other["resourceArns"] == [resourceArn] and other["name"] != name:
                raise client_error(
                    "ConflictException", "This ResourceId has already been used in another Delivery Source"
                )
        self.sources[name] = {"name": name, "resourceArns": [resourceArn], "logType": logType}
        return {"deliverySource": self.sources[name]}

    def describe_delivery_sources(self, nextToken: str = "0") -> dict[str, Any]:
        return self._page(self.sources, "deliverySources", nextToken)

    def delete_delivery_source(self, name: str) -> None:
        if name not in self.sources:
            raise client_error("ResourceNotFoundException")
        if any(delivery["deliverySourceName"] == name for delivery in self.deliveries.values()):
            raise client_error("ConflictException")
        del self.sources[name]

    def put_delivery_destination(
        self, name: str, outputFormat: str, deliveryDestinationConfiguration: dict[str, str]
    ) -> dict[str, Any]:
        destination = {
            "name": name,
            "arn": f"{_ACCOUNT}:delivery-destination:{name}",
            "outputFormat": outputFormat,
            "deliveryDestinationConfiguration": deliveryDestinationConfiguration,
        }
        if name in self.destinations and self.destinations[name]["outputFormat"] != outputFormat:
            raise client_error("ConflictException")
        self.destinations[name] = destination
        return {"deliveryDestination": destination}

    def get_delivery_destination(self, name: str) -> dict[str, Any]:
        if name not in self.destinations:
            raise client_error("ResourceNotFoundException")
        return {"deliveryDestination": self.destinations[name]}

    def delete_delivery_destination(self, name: str) -> None:
        if name not in self.destinations:
            raise client_error("ResourceNotFoundException")
        arn = self.destinations[name]["arn"]
        if any(delivery["deliveryDestinationArn"] == arn for delivery in self.deliveries.values()):
            raise client_error("ConflictException")
        del self.destinations[name]

    def create_delivery(self, **arguments: Any) -> dict[str, Any]:
        for delivery in self.deliveries.values():
            if all(arguments[name] == delivery[name] for name in ("deliverySourceName", "deliveryDestinationArn")):
                raise client_error("ConflictException")
        self.made += 1
        identifier = f"delivery{self.made}"
        self.deliveries[identifier] = {"id": identifier, **arguments}
        return {"delivery": self.deliveries[identifier]}

    def update_delivery_configuration(self, id: str, **configuration: Any) -> dict[str, Any]:
        self.deliveries[id].update(configuration)
        return {}

    def describe_deliveries(self, nextToken: str = "0") -> dict[str, Any]:
        return self._page(self.deliveries, "deliveries", nextToken)

    def delete_delivery(self, id: str) -> None:
        if id not in self.deliveries:
            raise client_error("ResourceNotFoundException")
        del self.deliveries[id]

    def _page(self, table: dict[str, dict[str, Any]], key: str, token: str) -> dict[str, Any]:
        start = int(token)
        more = {"nextToken": str(start + self.page)} if start + self.page < len(table) else {}
        return {key: list(table.values())[start : start + self.page], **more}
