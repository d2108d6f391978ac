# SPDX-License-Identifier: Apache-2.0
"""What CloudFront refuses of a function: its size, name, runtime and comment, and the deletion of one that is in use.

Sources: the errors of CreateFunction, UpdateFunction and DeleteFunction and the constraints of FunctionConfig, all in
the CloudFront API Reference; "Quotas on CloudFront Functions". Code that cannot be compiled is taken, by what is
documented: compilation errors are a reason for throttling ("View CloudFront and edge function metrics").
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from localcloud.ministack import Response, cloudformation, cloudfront
from localcloud.refusal import RefusedError

type Properties = Mapping[str, Any]

LARGEST_CODE_BYTES, LONGEST_COMMENT = 10 * 1024, 128
RUNTIMES = ("cloudfront-js-1.0", "cloudfront-js-2.0")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SERVICE = "CloudFront"


def install() -> None:
    """Check functions, whether the API or CloudFormation makes them."""
    cloudfront.create_function.replace(_create_function)
    cloudfront.update_function.replace(_update_function)
    cloudfront.delete_function.replace(_delete_function)
    cloudformation.check_properties(
        cloudfront.create_function_in_stack, cloudfront.update_function_in_stack, _check_function_in_stack
    )
    cloudfront.delete_function_in_stack.replace(_delete_function_in_stack)


def check_function(name: str | None, code: bytes, config: Mapping[str, Any]) -> None:
    """Raise RefusedError for a function that CloudFront does not take. `name`: None if CloudFormation chooses it."""
    if name is not None and not _NAME.fullmatch(name):
        raise RefusedError("InvalidArgument", "The parameter Name must match [a-zA-Z0-9-_]{1,64}.")
    if config.get("Runtime") not in RUNTIMES:
        raise RefusedError("InvalidArgument", f"The parameter Runtime must be one of {', '.join(RUNTIMES)}.")
    if len(str(config.get("Comment") or "")) > LONGEST_COMMENT:
        raise RefusedError("InvalidArgument", "The parameter Comment is too big.")
    if not code:
        raise RefusedError("InvalidArgument", "The parameter FunctionCode is required.")
    if len(code) > LARGEST_CODE_BYTES:
        raise RefusedError("FunctionSizeLimitExceeded", "The function is too large.", 413)


def _checked(root: Element | None, name: str | None) -> Response | None:
    """The error response for a function sent to the API; None if MiniStack may have it."""
    if root is None:
        return None
    texts = {str(element.tag).rpartition("}")[2]: element.text or "" for element in root.iter()}
    try:
        code = base64.b64decode(texts.get("FunctionCode", ""), validate=True)
    except binascii.Error:
        return None  # MiniStack says so
    try:
        check_function(texts.get("Name", "") if name is None else name, code, texts)
    except RefusedError as refused:
        return cloudfront.error_response(refused.code, refused.message, refused.status)
    return None


def _create_function(headers: Mapping[str, str], body: bytes) -> Response:
    return _checked(cloudfront.parse_body(body), None) or cloudfront.create_function.own(headers, body)


def _update_function(name: str, headers: Mapping[str, str], body: bytes) -> Response:
    return _checked(cloudfront.parse_body(body), name) or cloudfront.update_function.own(name, headers, body)


def _delete_function(name: str, headers: Mapping[str, str]) -> Response:
    try:
        _check_unused(name)
    except RefusedError as refused:
        return cloudfront.error_response(refused.code, refused.message, refused.status)
    return cloudfront.delete_function.own(name, headers)


def _check_function_in_stack(properties: Properties) -> None:
    config = properties.get("FunctionConfig") or {}
    code = str(properties.get("FunctionCode") or "").encode()
    try:
        check_function(properties.get("Name"), code, config)
    except RefusedError as refused:
        raise refused.in_stack(_SERVICE) from refused


def _delete_function_in_stack(physical_id: str, properties: Properties) -> None:
    try:
        _check_unused(physical_id)
    except RefusedError as refused:
        raise refused.in_stack(_SERVICE) from refused
    cloudfront.delete_function_in_stack.own(physical_id, properties)


def _check_unused(name: str) -> None:
    function = cloudfront.functions.get(name)
    used = function and [
        distribution["Id"]
        for distribution in cloudfront.distributions.values()
        if f">{function['arn']}<" in (distribution.get("config_xml") or "")
    ]
    if used:
        message = "Cannot delete the function because it's attached to one or more cache behaviors."
        raise RefusedError("FunctionInUse", message, 409)
