# SPDX-License-Identifier: Apache-2.0
"""CloudFront: distributions, cache policies, the API and the viewers' requests."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from ministack import app as _app
from ministack.core import iam_evaluator as _iam_evaluator
from ministack.services import cloudfront as _cloudfront

from localcloud.ministack import Replaceable, Response, Table, cloudformation

type Distribution = Mapping[str, Any]
"""What MiniStack stores of a distribution: `Id`, `DomainName`, and its configuration as the text `config_xml`."""

distributions: Table = _cloudfront._distributions  # Id -> Distribution
invalidations: Table = _cloudfront._invalidations  # Id of a distribution -> its invalidations
cache_policies: Table = _cloudfront._cache_policies  # Id -> policy; AWS's own are in the next one
managed_cache_policies: Mapping[str, Any] = _cloudfront._MANAGED_CACHE_POLICIES

response_headers_policies: Table = _cloudfront._response_headers_policies  # likewise
managed_response_headers_policies: Mapping[str, Any] = _cloudfront._MANAGED_RESPONSE_HEADERS_POLICIES
origin_access_controls: Table = _cloudfront._oacs  # Id -> origin access control
# The Ids of the distributions that a policy of this Id is attached to.
distributions_using_policy: Replaceable[[str], list[str]] = Replaceable(
    _cloudfront, "_distributions_using_policy", "policy_id"
)
distributions_using_cache_policy: Replaceable[[str], list[str]] = Replaceable(
    _cloudfront, "_distributions_using_cache_policy", "policy_id"
)

aliases_of: Callable[[Distribution], Iterable[str]] = _cloudfront._get_distribution_aliases
# The cache behaviour of a parsed distribution for a path.
matching_behavior: Callable[[Any, str], Mapping[str, Any] | None] = _cloudfront._match_behavior
query_value: Callable[[Mapping[str, Any], str], str] = _cloudfront._qval
# Root tag, what fills the root, status.
xml_response: Callable[[str, Callable[[Element], None], int], Response] = _cloudfront._xml_response
error_response: Callable[[str, str, int], Response] = _cloudfront._error  # code, message, status
parse_body: Callable[[bytes], Element | None] = _cloudfront._parse_body

create_distribution: Replaceable[[Mapping[str, str], bytes], Response] = Replaceable(
    _cloudfront, "_create_distribution", "headers, body"
)
update_distribution: Replaceable[[str, Mapping[str, str], bytes], Response] = Replaceable(
    _cloudfront, "_update_distribution", "dist_id, headers, body"
)
delete_origin_access_control: Replaceable[[str, Mapping[str, str]], Response] = Replaceable(
    _cloudfront, "_delete_oac", "oac_id, headers"
)
# The error of a configuration that is not valid; None for a valid one.
validate_origin_access_control: Replaceable[[Element], Response | None] = Replaceable(
    _cloudfront, "_validate_oac_config", "el"
)
create_function: Replaceable[[Mapping[str, str], bytes], Response] = Replaceable(
    _cloudfront, "_cf_create_function", "headers, body"
)
update_function: Replaceable[[str, Mapping[str, str], bytes], Response] = Replaceable(
    _cloudfront, "_cf_update_function", "name, headers, body"
)
delete_function: Replaceable[[str, Mapping[str, str]], Response] = Replaceable(
    _cloudfront, "_cf_delete_function", "name, headers"
)
create_distribution_in_stack = cloudformation.handler("AWS::CloudFront::Distribution", "create")
update_distribution_in_stack = cloudformation.handler("AWS::CloudFront::Distribution", "update")
create_policy_in_stack = cloudformation.handler("AWS::CloudFront::ResponseHeadersPolicy", "create")
update_policy_in_stack = cloudformation.handler("AWS::CloudFront::ResponseHeadersPolicy", "update")
delete_policy_in_stack = cloudformation.handler("AWS::CloudFront::ResponseHeadersPolicy", "delete")
create_function_in_stack = cloudformation.handler("AWS::CloudFront::Function", "create")
update_function_in_stack = cloudformation.handler("AWS::CloudFront::Function", "update")
delete_function_in_stack = cloudformation.handler("AWS::CloudFront::Function", "delete")

handle_request: Replaceable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]] = Replaceable(
    _cloudfront, "handle_request", "method, path, headers, body, query_params"
)
# Distribution, method, path, path as sent, query as sent, headers, body, query parameters, viewer's address.
handle_viewer_request: Replaceable[
    [Distribution, str, str, str, str, Mapping[str, str], bytes, Mapping[str, Any], str], Awaitable[Response]
] = Replaceable(
    _cloudfront,
    "handle_viewer_request",
    "dist, method, path, raw_uri, raw_query_string, headers, body, query_params, client_ip='127.0.0.1'",
)
parse_distribution: Replaceable[[Distribution], Any] = Replaceable(
    _cloudfront, "parse_distribution_dataplane_config", "dist"
)
# Function's ARN, event: what the function returns. Raises FunctionError.
run_function: Replaceable[[str, Mapping[str, Any]], Awaitable[Any]] = Replaceable(
    _cloudfront, "_run_function", "function_arn, event"
)
FunctionError: type[Exception] = _cloudfront.CloudFrontFunctionError
functions: Table = _cloudfront._functions  # name -> function
live_function_code: Callable[[str], bytes | None] = _cloudfront.live_function_code  # of a function's ARN
# Event's type, distribution's Id and domain, request's id, method, path, query parameters, headers, viewer's address.
build_function_event: Replaceable[
    [str, str, str, str, str, str, Mapping[str, Any], Mapping[str, str], str], dict[str, Any]
] = Replaceable(
    _cloudfront,
    "_build_function_event",
    "event_type, dist_id, dist_domain, request_id, method, uri, query_params, headers, client_ip",
)
new_request_id: Replaceable[[], str] = Replaceable(_cloudfront, "_cf_request_id", "")
# Status, explanation, X-Cache: an error page of the edge's own.
error_page: Callable[[int, str, str], Response] = _cloudfront._cf_error_response
reset: Replaceable[[], None] = Replaceable(_cloudfront, "reset", "")
# The first label of the cloudfront.net name that a Host header asks for; None: the request is not a viewer's.
label_of_host: Replaceable[[str], str | None] = Replaceable(_app, "_parse_cloudfront_dataplane_host", "host")


def pin_request_origin(address: str, *, secure_transport: bool) -> None:
    """Say where the current request comes from, and whether by TLS, to those who evaluate bucket policies."""
    _iam_evaluator.pin_request_origin(address, secure_transport)
