# SPDX-License-Identifier: Apache-2.0
"""IAM: roles and policies; STS: credentials of sessions; the entrance of API calls, and the form of a denial."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from ministack import app as _app
from ministack.core import iam_actions as _iam_actions
from ministack.core import iam_evaluator as _iam_evaluator
from ministack.core import lambda_runtime as _lambda_runtime
from ministack.core import router as _router
from ministack.services import eventbridge as _eventbridge
from ministack.services import iam as _iam
from ministack.services import lambda_svc as _lambda
from ministack.services import s3 as _s3
from ministack.services import sts as _sts

from localcloud.ministack import Replaceable, Response, Table

type Parameters = Mapping[str, Any]
"""Query parameters of a request, each with the list of its values."""

# name -> role, with its AssumeRolePolicyDocument, its InlinePolicies by name, and the ARNs of its AttachedPolicies
roles: Table = _iam._roles
reset: Callable[[], None] = _iam.reset
# ARN of a policy, AWS's own included -> its Versions and DefaultVersionId.
lookup_policy: Callable[[str], Mapping[str, Any] | None] = _iam._lookup_policy

# Access key id -> session, with the `Arn` of the assumed role.
sessions: MutableMapping[str, dict[str, Any]] = _sts._sessions
register_session: Callable[[str, dict[str, Any]], None] = _sts.register_session
# A function's configuration -> the credentials in its environment.
execution_credentials: Replaceable[[Mapping[str, Any]], dict[str, str]] = Replaceable(
    _lambda_runtime, "execution_credentials", "config"
)

# Method, path, headers, body, query parameters, id of the request: every call of an API, path-style S3 included.
dispatch: Replaceable[[str, str, dict[str, str], bytes, Parameters, str], Awaitable[Response]] = Replaceable(
    _app, "_dispatch_service_request", "method, path, headers, body, query_params, request_id"
)
# Host, path, method, headers, body, query parameters: S3 with the bucket in the host's name.
virtual_hosted_s3: Replaceable[[str, str, str, dict[str, str], bytes, Parameters], Awaitable[Response | None]] = (
    Replaceable(_app, "_handle_s3_vhost_request", "host, path, method, headers, body, query_params")
)
# Headers, query parameters -> the access key id that a request is signed with, or an empty text.
access_key_id: Callable[[Mapping[str, str], Parameters], str] = _router.extract_access_key_id
# Method, path, headers, query parameters -> the name of the service that a request is for.
service_of: Callable[[str, str, Mapping[str, str], Parameters], str] = _router.detect_service
# Service, method, path, headers, body, query parameters -> the IAM action, by AWS's API models and S3's own table.
action_of: Callable[[str, str, str, Mapping[str, str], bytes, Parameters], str | None] = _iam_actions.extract_iam_action

# Account, bucket, key, ARN of the distribution, id of an origin access identity: whether S3 lets CloudFront read.
cloudfront_may_read: Replaceable[[str, str, str, str, str], bool] = Replaceable(
    _s3, "_cloudfront_origin_allows", "owner, bucket_name, key, source_arn, oai_id"
)
# Target, event, rule: EventBridge's delivery to one target of a rule.
invoke_target: Replaceable[..., None] = Replaceable(_eventbridge, "_invoke_target", "target, event, rule, view=None")
# ARN of the destination, function's name, event, result: an asynchronous invocation that failed for good.
route_async_failure: Replaceable[[str, str, Any, Mapping[str, Any]], None] = Replaceable(
    _lambda, "_route_async_failure", "target_arn, func_name, event, result"
)


def bucket_policy(account: str, bucket: str) -> str:
    """The text of a bucket's policy; empty if it has none."""
    return _s3._bucket_policies.get_scoped(account, None, bucket) or ""


def denial(service: str, action: str, principal: str, request_id: str, headers: dict[str, str], text: str) -> Response:
    """AccessDenied in the form of a service's protocol, with this message."""
    response: Response = _iam_actions.access_denied_response(
        service, action, principal, request_id, headers=headers, message=text
    )
    return response


def decided_by_ministack(document: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether MiniStack's own evaluator allows an action, by one policy: what tests compare ours with."""
    evaluated = _iam_evaluator.EvalContext("", "AssumedRole", "", action, resource, "", service_context=dict(context))
    evaluated.secure_transport = context.get("aws:securetransport") == "true"
    return bool(
        _iam_evaluator.evaluate(evaluated, [_iam_evaluator.parse_policy_document(document)]).decision == "Allow"
    )
