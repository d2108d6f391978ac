# SPDX-License-Identifier: Apache-2.0
"""What Firehose refuses in an S3 destination: buffers outside their limits, prefixes that lack something.

A delivery stream's name is checked by CloudFormation's schema.

Sources: the Firehose API Reference, CreateDeliveryStream and BufferingHints; the Firehose Developer Guide, "Understand
custom prefixes for Amazon S3 objects", semantic rules.
"""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.ministack import Response, cloudformation, firehose
from localcloud.ministack.server import error_response
from localcloud.refusal import RefusedError

type Properties = Mapping[str, Any]

_EXPRESSION = re.compile(r"!\{([^}]*)\}")
_ERROR_TYPE = "firehose:error-output-type"
_NAMESPACES = ("firehose", "timestamp", "partitionKeyFromQuery", "partitionKeyFromLambda")
_LONGEST_PREFIX = 1024
_BUFFERS = {"SizeInMBs": (1, 128), "IntervalInSeconds": (0, 900)}


def install() -> None:
    """Check delivery streams, whether the API or CloudFormation makes them."""
    firehose.validate_destination.replace(_validate_destination)
    firehose.update_in_stack.replace(_update_in_stack)


def check_destination(config: Properties) -> None:
    """Raise RefusedError for an S3 destination that Firehose does not take."""
    hints = config.get("BufferingHints") or {}
    for name, (least, most) in _BUFFERS.items():
        value = hints.get(name)
        if value is not None and not least <= int(value) <= most:
            bound = f"greater than or equal to {least}" if int(value) < least else f"less than or equal to {most}"
            raise RefusedError(
                "ValidationException",
                f"1 validation error detected: Value '{value}' at 'bufferingHints.{name[0].lower()}{name[1:]}' failed "
                f"to satisfy constraint: Member must have value {bound}",
            )
    prefix, error_prefix = str(config.get("Prefix") or ""), str(config.get("ErrorOutputPrefix") or "")
    for name, text in (("Prefix", prefix), ("ErrorOutputPrefix", error_prefix)):
        if len(text) > _LONGEST_PREFIX:
            raise RefusedError(
                "ValidationException", f"{name} must have length less than or equal to {_LONGEST_PREFIX}"
            )
        _check_expressions(name, text)
    if _ERROR_TYPE in _EXPRESSION.findall(prefix):
        raise RefusedError("InvalidArgumentException", f"Prefix cannot contain !{{{_ERROR_TYPE}}}")
    if _EXPRESSION.search(prefix) and not error_prefix:
        raise RefusedError(
            "InvalidArgumentException", "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions"
        )
    if _EXPRESSION.search(error_prefix) and _ERROR_TYPE not in _EXPRESSION.findall(error_prefix):
        raise RefusedError("InvalidArgumentException", f"ErrorOutputPrefix must contain !{{{_ERROR_TYPE}}}")


def _check_expressions(name: str, text: str) -> None:
    found = _EXPRESSION.findall(text)
    known = [one for one in found if one.partition(":")[0] in _NAMESPACES and one.partition(":")[2]]
    if len(known) != text.count("!{"):
        raise RefusedError("InvalidArgumentException", f"{name} contains an expression that is not valid: {text}")


def _validate_destination(kind: str, config: Properties) -> Response | None:
    if kind in ("ExtendedS3", "S3"):
        try:
            check_destination(config)
        except RefusedError as refused:
            return error_response(refused.code, refused.message)
    return firehose.validate_destination.own(kind, config)


def _update_in_stack(physical_id: str, old: Properties, new: Properties, stack_name: str) -> cloudformation.Created:
    try:
        check_destination(new.get("ExtendedS3DestinationConfiguration") or {})
    except RefusedError as refused:
        raise refused.in_stack("Firehose") from refused
    updated: cloudformation.Created = firehose.update_in_stack.own(physical_id, old, new, stack_name)
    return updated
