# SPDX-License-Identifier: Apache-2.0
"""An explicit name is taken once: CloudFormation does not make a resource under a name that exists.

MiniStack's types whose API overwrites (log groups, alarms, dashboards, roles, functions) would share the resource.
Sources: the CloudFormation CLI User Guide, "Resource type handler contract" (a create handler returns AlreadyExists);
the AWS CloudFormation User Guide, "Name type" (names are unique).
"""

import json
from collections.abc import Mapping
from typing import Any

from localcloud.cloudformation.schemas import identifier_paths, value_at
from localcloud.ministack import Table, cloudformation, cloudwatch, functions, iam

type Properties = Mapping[str, Any]

# Resources that may have been made without a stack.
_STORES: Mapping[str, Table] = {
    "AWS::CloudWatch::Alarm": cloudwatch.alarms,
    "AWS::CloudWatch::Dashboard": cloudwatch.dashboards,
    "AWS::IAM::Role": iam.roles,
    "AWS::Lambda::Function": functions.functions,
    "AWS::Logs::LogGroup": cloudwatch.log_groups,
}


def check_free(resource_type: str, properties: Properties) -> None:
    """Raise ValueError if a resource of the type has the explicit name of this one, in a stack or in its service."""
    paths = identifier_paths(resource_type)
    names = [value_at(properties, path) for path in paths]
    if not names or not all(names):
        return
    for stack in cloudformation.stacks.values():
        for resource in (stack.get("_resources") or {}).values():
            if resource["ResourceType"] == resource_type and names == [
                value_at(resource["Properties"], path) for path in paths
            ]:
                raise ValueError(f"{'|'.join(map(str, names))} already exists in stack {stack['StackId']}")
    if len(names) == 1 and names[0] in _STORES.get(resource_type, {}):
        identifier = json.dumps({f"/properties/{'/'.join(paths[0])}": names[0]}, separators=(",", ":"))
        raise ValueError(f"Resource of type '{resource_type}' with identifier '{identifier}' already exists.")
