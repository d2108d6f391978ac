# SPDX-License-Identifier: Apache-2.0
"""The kinds of custom resources, and which function of which kind serves a request."""

from typing import Protocol

from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request, RequestType
from protocol.response import NOT_CREATED
from resources import (
    data_removal,
    distribution_attachment,
    first_value,
    log_delivery,
    origin_access_control,
    pixel_object,
    pixel_script,
    realtime_log_config,
)


class Kind(Protocol):
    """What every kind's module offers."""

    def create(self, request: Request, deadline: Deadline) -> Outcome:
        """Make the resource."""

    def update(self, request: Request, deadline: Deadline) -> Outcome:
        """Change the resource as requested; a new physical id replaces the old resource."""

    def delete(self, request: Request, deadline: Deadline) -> None:
        """Delete the resource, if it exists."""


KINDS: dict[str, Kind] = {
    "LogDelivery": log_delivery,
    "RealtimeLogConfig": realtime_log_config,
    "OriginAccessControl": origin_access_control,
    "PixelObject": pixel_object,
    "PixelScript": pixel_script,
    "DistributionAttachment": distribution_attachment,
    "DataRemoval": data_removal,
    "FirstValue": first_value,
}
# A Create of these that Lambda ends in the middle of a call can leave something in what belongs to somebody else, or
# something that keeps writing.
SEARCHED_AFTER_A_FAILED_CREATE = frozenset({"DistributionAttachment", "LogDelivery"})


def perform(request: Request, deadline: Deadline) -> Outcome:
    """Do what CloudFormation requests. Raises InvalidProperties for an unknown kind, and what the kind raises."""
    name = request.properties.get("Kind")
    not_created = request.type is RequestType.DELETE and request.physical_id.startswith(NOT_CREATED)
    if not_created and name not in SEARCHED_AFTER_A_FAILED_CREATE:
        # The Create failed, perhaps because of these very properties: there is nothing to delete.
        return Outcome(request.physical_id)
    if name not in KINDS:
        raise InvalidProperties(f"Kind is {name!r}, not one of {', '.join(KINDS)}")
    kind = KINDS[name]
    if request.type is RequestType.CREATE:
        return kind.create(request, deadline)
    if request.type is RequestType.UPDATE:
        return kind.update(request, deadline)
    kind.delete(request, deadline)
    return Outcome(request.physical_id)
