# SPDX-License-Identifier: Apache-2.0
"""CloudFormation: the resource types that it knows."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudformation as _cloudformation
from ministack.services.cloudformation import provisioners as _provisioners

from localcloud.ministack import HandleRequest, Replaceable

# Type -> its handlers: "create"(logical id, properties, stack's name) -> (physical id, attributes),
# "update"(physical id, old properties, new properties, stack's name) -> the same, "delete"(physical id, properties).
resource_handlers: dict[str, dict[str, Callable[..., Any]]] = _provisioners._RESOURCE_HANDLERS

handle_request: HandleRequest = _cloudformation.handle_request
reset: Callable[[], None] = _cloudformation.reset

# The stored form of an AWS::CloudWatch::Alarm. It knows no metric math.
alarm_record: Replaceable[[str, Mapping[str, Any]], dict[str, Any]] = Replaceable(
    _provisioners, "_cw_metric_alarm_record", "name, props"
)
