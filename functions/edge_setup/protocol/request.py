# SPDX-License-Identifier: Apache-2.0
"""CloudFormation's request to a custom resource, as a checked value. Pure.

Source: CloudFormation User Guide, "Custom resource request and response reference".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class InvalidRequest(ValueError):
    """The event is not a request of CloudFormation. The message names every missing property."""


class InvalidProperties(ValueError):
    """The template's properties are incomplete or wrong. The message names every one of them."""


class RequestType(StrEnum):
    """What CloudFormation requests."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True)
class Request:
    """One request.

    `physical_id` is empty for Create, `old_properties` is empty unless the type is Update. `response_url` is pre-signed
    and thereby a credential: it is left out of the representation, and must never be logged.
    """

    type: RequestType
    request_id: str
    stack_id: str
    logical_id: str
    physical_id: str
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any]
    response_url: str = field(repr=False)

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> "Request":
        """Check an event. Raises one InvalidRequest that names everything that is missing."""
        names = ["RequestType", "RequestId", "StackId", "LogicalResourceId", "ResponseURL", "ResourceProperties"]
        if event.get("RequestType") in (RequestType.UPDATE, RequestType.DELETE):
            names.append("PhysicalResourceId")
        missing = [name for name in names if not event.get(name)]
        if missing:
            raise InvalidRequest(f"not a CloudFormation request: missing {', '.join(missing)}")
        if event["RequestType"] not in list(RequestType):
            raise InvalidRequest(f"RequestType is {event['RequestType']!r}, not one of {', '.join(RequestType)}")
        # Only HTTP: urllib would also open file:, which is a local file.
        if not str(event["ResponseURL"]).startswith(("https://", "http://")):
            raise InvalidRequest("ResponseURL is not an HTTP address")
        return cls(
            type=RequestType(event["RequestType"]),
            request_id=event["RequestId"],
            stack_id=event["StackId"],
            logical_id=event["LogicalResourceId"],
            physical_id=event.get("PhysicalResourceId", ""),
            properties=event["ResourceProperties"],
            old_properties=event.get("OldResourceProperties", {}),
            response_url=event["ResponseURL"],
        )

    def owns(self, name: str) -> bool:
        """Whether a resource of this name can only be this stack's.

        CloudFront is global, so a stack of the same name in another Region would claim the same names. A name is
        this stack's if it contains the stack's unique id, or begins with the stack's name and contains its Region.
        """
        parts = self.stack_id.split(":", 5)  # arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
        if len(parts) != 6 or parts[5].count("/") != 2:
            return False
        region = parts[3]
        _, stack_name, unique_id = parts[5].split("/")
        if not (region and stack_name and unique_id):
            return False
        return unique_id in name or (name.startswith(f"{stack_name}-") and region in name)


def texts(properties: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """The values of properties that must be non-empty text, in the order of the names.

    Raises one InvalidProperties that names all that are not.
    """
    bad = [name for name in names if not isinstance(properties.get(name), str) or not properties[name]]
    if bad:
        raise InvalidProperties(f"missing or not text: {', '.join(bad)}")
    return tuple(properties[name] for name in names)
