# SPDX-License-Identifier: Apache-2.0
"""Who calls: a role that a service or a function has assumed, or a service by itself.

What is denied raises AccessDeniedError, and is a warning in the local cloud's log. What cannot be evaluated, a policy
or a call with something that the local cloud does not know, is denied too, and an error there. The account's
administrator, who has keys of their own, is not here: nothing that they do is evaluated.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from botocore.utils import ArnParser

from localcloud.iam import policies
from localcloud.iam.authorization_reference import resources
from localcloud.iam.evaluation import Decision
from localcloud.iam.permission_use import record_denial
from localcloud.iam.policy_document import CannotEvaluateError
from localcloud.ministack.server import account_id, region

_logger = logging.getLogger("localcloud.iam")

_FUNCTION_SESSION = "lambda.amazonaws.com"
# AWS's SDKs and services call by TLS; here they call this machine without it.
_TRANSPORT = {"aws:securetransport": "true"}
_caller: ContextVar["Session | None"] = ContextVar("caller", default=None)


class AccessDeniedError(Exception):
    """A call that IAM denies. The text is AWS's message; `action` and `resource` are what it names."""

    def __init__(self, message: str, action: str, resource: str) -> None:
        super().__init__(message)
        self.action = action
        self.resource = resource


@dataclass(frozen=True)
class Session:
    """A role that was assumed. `arn` is the session's: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`."""

    role: str
    arn: str

    def check(self, action: str, **names: str) -> None:
        """Raise AccessDeniedError unless the role may do this, in the current account and Region.

        `names` are the variables of the resources' ARNs in the service authorization reference, such as `BucketName`.
        """
        with _evaluated(self.arn, action):
            for resource in resources(action, _place() | names):
                self._check_one(action, resource, names.get("BucketName"), {})

    def check_pass_role(self, role_arn: str, service: str) -> None:
        """Raise AccessDeniedError unless the role may hand that role to a service (id_roles_use_passrole)."""
        with _evaluated(self.arn, "iam:PassRole"):
            self._check_one("iam:PassRole", role_arn, None, {"iam:passedtoservice": service})

    def _check_one(self, action: str, resource: str, bucket: str | None, more: Mapping[str, str]) -> None:
        context = {**_TRANSPORT, **more}
        own = policies.by_role(self.role, policies.of_role(self.role) or (), action, resource, context)
        policy = policies.of_bucket(account_id(), bucket) if bucket else None
        others = (
            policies.by_resource(bucket or "", policy, "", action, resource, context) if policy else Decision(False)
        )
        for decision, kind in ((own, "an identity-based"), (others, "a resource-based")):
            if not decision.allowed and decision.statement:
                raise _denied(self.arn, action, resource, f"with an explicit deny in {kind} policy")
        if not own.allowed and not others.allowed:  # in one account, either may allow
            raise _denied(self.arn, action, resource, f"because no identity-based policy allows the {action} action")


@contextmanager
def calling(session: Session | None) -> Iterator[None]:
    """Whoever calls in this block, and in what is started in it; None for the administrator."""
    before = _caller.set(session)
    try:
        yield
    finally:
        _caller.reset(before)


def current_caller() -> Session | None:
    """Who called, for a service that asks others with the caller's permissions; None for the administrator."""
    return _caller.get()


def assume(role_arn: str, service: str, session: str, context: Mapping[str, str] = MappingProxyType({})) -> Session:
    """A role of the current account, assumed by a service, which sends these condition keys.

    Raises AccessDeniedError if the role does not exist or its trust policy does not let the service.
    """
    name = role_arn.rpartition("/")[2]
    keys = {key.lower(): value for key, value in context.items()}
    trust = policies.trust_of_role(name)
    with _evaluated(service, "sts:AssumeRole"):
        if trust is None or not policies.by_resource(name, trust, service, "sts:AssumeRole", None, keys).allowed:
            raise _denied(service, "sts:AssumeRole", role_arn, "because no resource-based policy allows it")
    return Session(name, f"arn:aws:sts::{account_id()}:assumed-role/{name}/{session}")


def function_session(config: Mapping[str, Any]) -> Session:
    """The role of a function, assumed by Lambda. `config` is the function's configuration.

    Raises AccessDeniedError as `assume` does.
    """
    return assume(str(config.get("Role") or ""), _FUNCTION_SESSION, str(config.get("FunctionName", "")))


def check_service(
    service: str,
    document: policies.Document | None,
    action: str,
    resource: str,
    source_arn: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Raise AccessDeniedError unless a resource's policy lets a service do this by itself, without a role.

    `source_arn` is the resource for which the service does it: a rule, a distribution. `more` are condition keys of
    the request, in lower case.
    """
    keys = _TRANSPORT | {"aws:sourcearn": source_arn, "aws:sourceaccount": account_id(), **more}
    with _evaluated(service, action):
        if not document or not policies.by_resource(document[0], document, service, action, resource, keys).allowed:
            raise _denied(service, action, resource, f"because no resource-based policy allows the {action} action")


def stream_names(stream_arn: str) -> dict[str, str]:
    """The variables of a Kinesis stream's ARN. Raises InvalidArnException."""
    arn = ArnParser().parse_arn(stream_arn)
    return {"Region": arn["region"], "Account": arn["account"], "StreamName": arn["resource"].removeprefix("stream/")}


def _place() -> dict[str, str]:
    return {"Partition": "aws", "Region": region(), "Account": account_id()}


@contextmanager
def _evaluated(principal: str, action: str) -> Iterator[None]:
    """Deny what cannot be evaluated within."""
    try:
        yield
    except CannotEvaluateError as error:
        message = f"the local cloud cannot evaluate {error}: {principal} is denied {action}"
        _logger.log(logging.ERROR if record_denial(message) else logging.INFO, "%s", message)
        raise AccessDeniedError(message, action, "") from error


def _denied(principal: str, action: str, resource: str, reason: str) -> AccessDeniedError:
    """The error, with the message of "Troubleshoot access denied error messages" (IAM User Guide)."""
    message = f"User: {principal} is not authorized to perform: {action} on resource: {resource} {reason}"
    # Once as a warning: who is denied often tries again every few seconds.
    _logger.log(logging.WARNING if record_denial(message) else logging.INFO, "%s", message)
    return AccessDeniedError(message, action, resource)
