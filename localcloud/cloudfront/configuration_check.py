# SPDX-License-Identifier: Apache-2.0
"""What CloudFront refuses in a distribution or a policy: what does not exist, what is too long, what is in use.

Sources: the errors of CreateDistribution, DeleteResponseHeadersPolicy and DeleteOriginAccessControl, and the lengths in
DistributionConfig, ResponseHeadersPolicyConfig and OriginAccessControlConfig, all in the CloudFront API Reference. The
length of a policy's name is not published: aws/aws-cdk#21524 found it. "is too big" is CloudFront's own word (#10211).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from localcloud.clock import Clock
from localcloud.cloudfront.log_configs import find
from localcloud.ministack import Response, cloudformation, cloudfront
from localcloud.refusal import RefusedError

type Properties = Mapping[str, Any]

LONGEST_COMMENT, LONGEST_POLICY_NAME, LONGEST_ACCESS_CONTROL_NAME = 128, 128, 64
_SERVICE = "CloudFront"
# What a configuration can name: its element -> whether that exists, and the error if not.
_REFERENCES: Mapping[str, tuple[Callable[[str], bool], RefusedError]] = {
    "RealtimeLogConfigArn": (
        lambda arn: find(arn) is not None,
        RefusedError("NoSuchRealtimeLogConfig", "The real-time log configuration does not exist.", 404),
    ),
    "ResponseHeadersPolicyId": (
        lambda one: one in cloudfront.response_headers_policies or one in cloudfront.managed_response_headers_policies,
        RefusedError("NoSuchResponseHeadersPolicy", "The response headers policy does not exist.", 404),
    ),
    "CachePolicyId": (
        lambda one: one in cloudfront.cache_policies or one in cloudfront.managed_cache_policies,
        RefusedError("NoSuchCachePolicy", "The cache policy does not exist.", 404),
    ),
    "OriginAccessControlId": (
        lambda one: one in cloudfront.origin_access_controls,
        RefusedError("InvalidOriginAccessControl", "The origin access control is not valid.", 400),
    ),
    # Only a function that is live can be attached (CreateFunction).
    "FunctionARN": (
        lambda arn: cloudfront.live_function_code(arn) is not None,
        RefusedError("InvalidFunctionAssociation", "A CloudFront function association is invalid.", 400),
    ),
}


def install(_clock: Clock) -> None:
    """Check distributions and policies, whether the API or CloudFormation makes them."""
    cloudfront.distributions_using_policy.replace(distributions_that_use)
    cloudfront.distributions_using_cache_policy.replace(distributions_that_use)
    cloudfront.create_distribution.replace(_create_distribution)
    cloudfront.update_distribution.replace(_update_distribution)
    cloudfront.delete_origin_access_control.replace(_delete_origin_access_control)
    cloudfront.validate_origin_access_control.replace(_validate_origin_access_control)
    cloudformation.check_properties(
        cloudfront.create_distribution_in_stack, cloudfront.update_distribution_in_stack, _check_distribution_in_stack
    )
    cloudformation.check_properties(
        cloudfront.create_policy_in_stack, cloudfront.update_policy_in_stack, _checked_policy
    )
    cloudfront.create_policy_in_stack.replace(_create_policy_in_stack)  # which looks at the name, too
    cloudfront.delete_policy_in_stack.replace(_delete_policy_in_stack)


def distributions_that_use(identifier: str) -> list[str]:
    """The Ids of the distributions whose configuration names this Id. MiniStack does not see those in their XML."""
    return [
        str(distribution["Id"])
        for distribution in cloudfront.distributions.values()
        if f">{identifier}<" in (distribution.get("config_xml") or "")
    ]


def check_distribution(comment: str, named: Iterable[tuple[str, str]]) -> None:
    """Check a configuration by its comment and by (element, text) of its elements. Raises RefusedError."""
    if len(comment) > LONGEST_COMMENT:
        raise RefusedError("InvalidArgument", "The parameter Comment is too big.")
    for element, text in named:
        exists, refused = _REFERENCES.get(element, (None, None))
        if text and exists and refused and not exists(text):
            raise RefusedError(refused.code, refused.message, refused.status)


def _checked_xml(root: Element | None) -> Response | None:
    """The error response for a configuration sent to the API; None if there is none."""
    if root is None:
        return None
    config = root if _tag(root) == "DistributionConfig" else next(iter(_children(root, "DistributionConfig")), root)
    comment = next((child.text or "" for child in _children(config, "Comment")), "")
    try:
        check_distribution(comment, ((_tag(element), (element.text or "").strip()) for element in config.iter()))
    except RefusedError as refused:
        return cloudfront.error_response(refused.code, refused.message, refused.status)
    return None


def _create_distribution(headers: Mapping[str, str], body: bytes) -> Response:
    return _checked_xml(cloudfront.parse_body(body)) or cloudfront.create_distribution.own(headers, body)


def _update_distribution(dist_id: str, headers: Mapping[str, str], body: bytes) -> Response:
    return _checked_xml(cloudfront.parse_body(body)) or cloudfront.update_distribution.own(dist_id, headers, body)


def _delete_origin_access_control(oac_id: str, headers: Mapping[str, str]) -> Response:
    if oac_id in cloudfront.origin_access_controls and distributions_that_use(oac_id):
        message = "The origin access control is in use by one or more distributions."
        return cloudfront.error_response("OriginAccessControlInUse", message, 409)
    return cloudfront.delete_origin_access_control.own(oac_id, headers)


def _validate_origin_access_control(config: Element) -> Response | None:
    name = next((child.text or "" for child in _children(config, "Name")), "")
    if len(name) > LONGEST_ACCESS_CONTROL_NAME:
        return cloudfront.error_response("InvalidArgument", "The parameter Name is too big.", 400)
    return cloudfront.validate_origin_access_control.own(config)


def _check_distribution_in_stack(properties: Properties) -> None:
    config = properties.get("DistributionConfig") or {}
    try:
        check_distribution(str(config.get("Comment") or ""), _pairs(config))
    except RefusedError as refused:
        raise refused.in_stack(_SERVICE) from refused


def _create_policy_in_stack(logical_id: str, properties: Properties, stack_name: str) -> cloudformation.Created:
    config = _checked_policy(properties)
    taken = [policy["Config"]["Name"] for policy in cloudfront.response_headers_policies.values()]
    if config.get("Name") in taken:
        message = f"A response headers policy named {config['Name']} already exists."
        raise RefusedError("ResponseHeadersPolicyAlreadyExists", message, 409).in_stack(_SERVICE)
    created: cloudformation.Created = cloudfront.create_policy_in_stack.own(logical_id, properties, stack_name)
    return created


def _checked_policy(properties: Properties) -> Properties:
    """The policy's configuration, whose texts are not too long."""
    config: Properties = properties.get("ResponseHeadersPolicyConfig") or {}
    for name, longest in (("Name", LONGEST_POLICY_NAME), ("Comment", LONGEST_COMMENT)):
        if len(str(config.get(name) or "")) > longest:
            kind = "AWS::CloudFront::ResponseHeadersPolicy"
            raise ValueError(f"Invalid request provided: {kind}: The parameter {name} is too big.")
    return config


def _delete_policy_in_stack(physical_id: str, properties: Properties) -> None:
    if physical_id in cloudfront.response_headers_policies and distributions_that_use(physical_id):
        message = "The response headers policy cannot be deleted because it is attached to one or more cache behaviors."
        raise RefusedError("ResponseHeadersPolicyInUse", message, 409).in_stack(_SERVICE)
    cloudfront.delete_policy_in_stack.own(physical_id, properties)


def _pairs(part: object) -> Iterator[tuple[str, str]]:
    """Each name with its text, at any depth of a configuration."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if isinstance(value, str):
                yield str(name), value
            yield from _pairs(value)
    elif isinstance(part, list):
        for value in part:
            yield from _pairs(value)


def _children(element: Element, tag: str) -> list[Element]:
    return [child for child in element if _tag(child) == tag]


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
