# SPDX-License-Identifier: Apache-2.0
"""What Lambda refuses: limits of a function, and a second event source mapping of the same pair.

Sources: the Lambda Developer Guide, "Lambda quotas" (900 seconds, 4 KB of environment variables); the Lambda API
Reference, CreateEventSourceMapping; for AWS's words, serverless-application-model#1320 and tmobile/jazz#74. Batch sizes
and windows are in CloudFormation's schema. Not checked: whether a function's role may write to an S3 destination.
"""

import json
from collections.abc import Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.ministack import Request, Response, cloudformation, functions
from localcloud.ministack.server import error_response
from localcloud.refusal import RefusedError

type Properties = Mapping[str, Any]

LONGEST_TIMEOUT_SECONDS, MOST_ENVIRONMENT_BYTES = 900, 4096
LARGEST_BATCH, LONGEST_WINDOW_SECONDS = 10_000, 300
_SERVICE = "Lambda"


def install(_clock: Clock) -> None:
    """Refuse what AWS refuses, whether the API or CloudFormation asks."""
    functions.create_source_mapping.replace(_create_source_mapping)
    functions.create_source_mapping_in_stack.replace(_create_source_mapping_in_stack)
    cloudformation.check_properties(
        functions.create_function_in_stack, functions.update_function_in_stack, _check_function_in_stack
    )


def check_function(properties: Properties) -> None:
    """Raise RefusedError for a function that is over a limit."""
    if int(properties.get("Timeout") or 0) > LONGEST_TIMEOUT_SECONDS:
        raise RefusedError(
            "ValidationException",
            f"1 validation error detected: Value '{properties['Timeout']}' at 'timeout' failed to satisfy constraint: "
            f"Member must have value less than or equal to {LONGEST_TIMEOUT_SECONDS}",
        )
    variables = (properties.get("Environment") or {}).get("Variables") or {}
    if len(json.dumps(variables, separators=(",", ":")).encode()) > MOST_ENVIRONMENT_BYTES:
        raise RefusedError(
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided exceeded the 4KB limit.",
        )


def check_source_mapping(source_arn: str, function_name: str, settings: Properties) -> None:
    """Raise RefusedError for a second mapping of a function and a stream, and for settings that are over a limit."""
    for name, longest in (("BatchSize", LARGEST_BATCH), ("MaximumBatchingWindowInSeconds", LONGEST_WINDOW_SECONDS)):
        if int(settings.get(name) or 0) > longest:
            raise RefusedError(
                "ValidationException",
                f"1 validation error detected: Value '{settings[name]}' at '{name[0].lower()}{name[1:]}' failed to "
                f"satisfy constraint: Member must have value less than or equal to {longest}",
            )
    name, qualifier = functions.name_and_qualifier(function_name)
    for mapping in functions.mappings.values():
        of_it = (mapping["EventSourceArn"], mapping["FunctionName"], mapping.get("Qualifier"))
        if of_it == (source_arn, name, qualifier):
            raise RefusedError(
                "ResourceConflictException",
                f'The event source arn (" {source_arn} ") and function (" {name} ") provided mapping already exists. '
                f"Please update or delete the existing mapping with UUID {mapping['UUID']}",
                409,
            )


def _create_source_mapping(request: Request) -> Response:
    try:
        check_source_mapping(str(request.get("EventSourceArn", "")), str(request.get("FunctionName", "")), request)
    except RefusedError as refused:
        return error_response(refused.code, refused.message, status=refused.status)
    return functions.create_source_mapping.own(request)


def _create_source_mapping_in_stack(logical_id: str, properties: Properties, stack_name: str) -> cloudformation.Created:
    try:
        source, function = properties.get("EventSourceArn", ""), properties.get("FunctionName", "")
        check_source_mapping(source, function, properties)
    except RefusedError as refused:
        raise refused.in_stack(_SERVICE) from refused
    created: cloudformation.Created = functions.create_source_mapping_in_stack.own(logical_id, properties, stack_name)
    return created


def _check_function_in_stack(properties: Properties) -> None:
    try:
        check_function(properties)
    except RefusedError as refused:
        raise refused.in_stack(_SERVICE) from refused
