# SPDX-License-Identifier: Apache-2.0
"""What an update replaces: a resource one of whose create-only properties changes, by CloudFormation's own schemas.

MiniStack has the order of AWS (make the new one, update what refers to it, delete the old one in the cleanup; keep the
old one if the update rolls back), but a list of its own of what replaces, which lacks some of the types here.
Sources: the AWS CloudFormation User Guide, "Understand update behaviors of stack resources" and "Name type".
"""

from collections.abc import Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.cloudformation.schemas import create_only_paths, identifier_paths, is_custom, schema_of, value_at
from localcloud.cloudformation.taken_names import check_free
from localcloud.ministack import cloudformation

type Properties = Mapping[str, Any]

# Types whose physical id is a part of their identity only: a table's is its name without its database's.
_PARTIAL_IDS = {"AWS::Glue::Table"}


def install(_clock: Clock) -> None:
    """Let MiniStack's CloudFormation decide by the schemas."""
    cloudformation.property_recreation.replace(property_recreation)
    cloudformation.described_recreation.replace(property_recreation)
    cloudformation.replacing_change.replace(replaces)
    cloudformation.announced_change.replace(replaces)
    cloudformation.named_replacement_error.replace(named_replacement_error)
    cloudformation.announced_replacement_error.replace(named_replacement_error)
    cloudformation.replace_resource.replace(replace_resource)


def replaces(resource_type: str, old_props: Properties, new_props: Properties) -> bool:
    """Whether the update makes a new resource."""
    if is_custom(resource_type):
        return False  # its function decides, by the physical id that it returns
    if schema_of(resource_type) is None:
        return cloudformation.replacing_change.own(resource_type, old_props, new_props)
    return any(value_at(old_props, path) != value_at(new_props, path) for path in create_only_paths(resource_type))


def property_recreation(resource_type: str, name: str) -> str:
    """What a change set says of a changed property: `Always`, `Conditionally` or `Never`."""
    schema = schema_of(resource_type)
    if schema is None or is_custom(resource_type):
        return cloudformation.property_recreation.own(resource_type, name)
    if [name] in create_only_paths(resource_type):
        return "Always"
    nested = any(path[0] == name for path in create_only_paths(resource_type))
    sometimes = f"/properties/{name}" in schema.get("conditionalCreateOnlyProperties", [])
    return "Conditionally" if nested or sometimes else "Never"


def named_replacement_error(
    resource_type: str, old_props: Properties, new_props: Properties, physical_id: str | None = None
) -> str | None:
    """AWS's refusal to replace a resource that keeps its explicit name: both would have that name at the same time."""
    names = [value_at(new_props, path) for path in identifier_paths(resource_type)]
    kept = names == [value_at(old_props, path) for path in identifier_paths(resource_type)]
    if kept and names and all(names) and replaces(resource_type, old_props, new_props):
        return (
            "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
            f"Rename {physical_id or '|'.join(map(str, names))} and update the stack again."
        )
    return cloudformation.named_replacement_error.own(resource_type, old_props, new_props, physical_id)


def replace_resource(
    resource_type: str,
    physical_id: str,
    old_props: Properties,
    new_props: Properties,
    stack_name: str,
    logical_id: str | None,
) -> tuple[str, Any]:
    """Make the new resource. The old one is deleted in the cleanup, also if both have the same physical id."""
    check_free(resource_type, new_props)
    created = cloudformation.replace_resource.own(
        resource_type, physical_id, old_props, new_props, stack_name, logical_id
    )
    if created[0] == physical_id and resource_type in _PARTIAL_IDS:
        cloudformation.delete_predecessor(
            cloudformation.delete_resource, resource_type, physical_id, old_props, stack_name, logical_id
        )
    return created
