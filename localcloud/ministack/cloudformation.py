# SPDX-License-Identifier: Apache-2.0
"""CloudFormation: the resource types that it knows, and how a stack makes, updates and replaces a resource.

Some functions stand here twice: MiniStack's module of stacks has names of its own for them.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.services import cloudformation as _cloudformation
from ministack.services.cloudformation import provisioners as _provisioners
from ministack.services.cloudformation import stacks as _lifecycle

from localcloud.ministack import HandleRequest, Replaceable, ReplaceableHandler, Table

type Properties = Mapping[str, Any]
type Created = tuple[str, Any]
"""Physical id and attributes."""

# Type -> its handlers: "create"(logical id, properties, stack's name) -> (physical id, attributes),
# "update"(physical id, old properties, new properties, stack's name) -> the same, "delete"(physical id, properties).
resource_handlers: dict[str, dict[str, Callable[..., Any]]] = _provisioners._RESOURCE_HANDLERS

handle_request: HandleRequest = _cloudformation.handle_request
reset: Callable[[], None] = _cloudformation.reset

# The stored form of an AWS::CloudWatch::Alarm. It knows no metric math.
alarm_record: Replaceable[[str, Mapping[str, Any]], dict[str, Any]] = Replaceable(
    _provisioners, "_cw_metric_alarm_record", "name, props"
)

stacks: Table = _cloudformation._stacks  # name -> stack, with its `_resources` by logical id

# Stack's name and id, the stack, the failed operation, a reason: undoes a create or an update.
roll_back: Replaceable[[str, str, dict[str, Any], Mapping[str, Any], str], Awaitable[None]] = Replaceable(
    _lifecycle, "_roll_back_operation", "stack_name, stack_id, stack, operation, reason_override=''"
)
# Stack's id and name, logical id, type, status, reason, physical id, detailed status: writes an event of the stack.
add_event: Replaceable[..., None] = Replaceable(
    _lifecycle,
    "_add_event",
    "stack_id, stack_name, logical_id, resource_type, status, reason='', physical_id='', detailed_status=''",
)
# Type, logical id, properties, stack's name: makes a resource.
provision_resource: Replaceable[[str, str, Properties, str], Created] = Replaceable(
    _lifecycle, "_provision_resource", "resource_type, logical_id, props, stack_name"
)
# Type, physical id, old and new properties, stack's name, logical id, attributes: updates or replaces a resource.
update_resource: Replaceable[[str, str, Properties, Properties, str, str | None, Mapping[str, Any] | None], Created] = (
    Replaceable(
        _lifecycle,
        "_update_resource",
        "resource_type, physical_id, old_props, new_props, stack_name, logical_id=None, old_attrs=None",
    )
)
# Type, physical id, old and new properties, stack's name, logical id: makes the new resource of a replacement.
replace_resource: Replaceable[[str, str, Properties, Properties, str, str | None], Created] = Replaceable(
    _provisioners, "_replace_resource", "resource_type, physical_id, old_props, new_props, stack_name, logical_id"
)
# Type, property: `Always`, `Conditionally` or `Never`. The second one is for change sets.
property_recreation: Replaceable[[str, str], str] = Replaceable(
    _provisioners, "_property_recreation", "resource_type, name"
)
described_recreation: Replaceable[[str, str], str] = Replaceable(
    _lifecycle, "_property_recreation", "resource_type, name"
)
# Type, old and new properties: whether the resource is replaced. The second one announces it in the stack's events.
replacing_change: Replaceable[[str, Properties, Properties], bool] = Replaceable(
    _provisioners, "_replacing_change", "resource_type, old_props, new_props"
)
announced_change: Replaceable[[str, Properties, Properties], bool] = Replaceable(
    _lifecycle, "_replacing_change", "resource_type, old_props, new_props"
)
# Type, old and new properties, physical id: why a resource with an explicit name cannot be replaced. Likewise.
named_replacement_error: Replaceable[[str, Properties, Properties, str | None], str | None] = Replaceable(
    _provisioners,
    "_custom_named_replacement_error",
    "resource_type, old_props, new_props, physical_id=None",
)
announced_replacement_error: Replaceable[[str, Properties, Properties, str | None], str | None] = Replaceable(
    _lifecycle, "_custom_named_replacement_error", "resource_type, old_props, new_props, physical_id=None"
)
# Type, physical id, properties, stack's name, logical id.
delete_resource: Callable[[str, str, Properties, str | None, str | None], None] = _provisioners._delete_resource


def delete_predecessor(delete: Callable[..., None], *args: object) -> None:
    """Call `delete` when the cleanup after the update begins; never if the template retains what is replaced."""
    _provisioners._delete_predecessor(delete, *args)


def check_properties(
    create: ReplaceableHandler, update: ReplaceableHandler, check: Callable[[Properties], object]
) -> None:
    """Call `check` with the properties of a resource before a stack makes or changes it. Its error is the reason."""

    def checked_create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        check(properties)
        created: Created = create.own(logical_id, properties, stack_name)
        return created

    def checked_update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        check(new)
        updated: Created = update.own(physical_id, old, new, stack_name, logical_id)
        return updated

    create.replace(checked_create)
    update.replace(checked_update)


def handler(resource_type: str, operation: str) -> ReplaceableHandler:
    """What makes (`create`), changes (`update`) or removes (`delete`) resources of a type that MiniStack knows."""
    return ReplaceableHandler(resource_handlers, resource_type, operation)


# Not beside Glue's own functions, because this module takes seconds to import, and a lake needs no stacks.
update_glue_database = handler("AWS::Glue::Database", "update")
