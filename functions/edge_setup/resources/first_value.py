# SPDX-License-Identifier: Apache-2.0
"""Kind FirstValue: a parameter's value at the creation of the resource, whatever the parameter says later.

Properties: Value. Physical id: `first-value:value`. Attribute: Value, always that of the Create.

For a property that CloudFormation would replace a resource for, where the replacement must not happen.
"""

from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request, texts

PREFIX = "first-value:"


def create(request: Request, deadline: Deadline) -> Outcome:
    """Take the value."""
    (value,) = texts(request.properties, "Value")
    return _outcome(value)


def update(request: Request, deadline: Deadline) -> Outcome:
    """Keep the first value. Raises InvalidProperties if the physical id does not tell it."""
    value = request.physical_id.removeprefix(PREFIX)
    if value in ("", request.physical_id):
        raise InvalidProperties(f"the physical id {request.physical_id} is not {PREFIX}VALUE")
    return _outcome(value)


def delete(request: Request, deadline: Deadline) -> None:
    """There is nothing to delete."""


def _outcome(value: str) -> Outcome:
    return Outcome(f"{PREFIX}{value}", {"Value": value})
