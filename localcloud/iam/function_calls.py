# SPDX-License-Identifier: Apache-2.0
"""API calls of functions: each is made with the credentials of the function's role, and evaluated.

A function gets an access key of its own, as from Lambda. What a request is signed with says who calls; the signature
itself is not checked. Requests with any other key are the administrator's, and go through.
"""

import hashlib
import logging
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.iam.api_calls import Need, deleted_keys, needs
from localcloud.iam.principals import AccessDeniedError, Session, calling, function_session
from localcloud.ministack import Response, cloudwatch, iam
from localcloud.ministack.iam import Parameters

_logger = logging.getLogger("localcloud.iam")

_CLOUDFRONT = "cloudfront.amazonaws.com"


def install(_clock: Clock) -> None:
    """Give functions their roles' credentials, and evaluate what is called with them."""
    iam.execution_credentials.replace(execution_credentials)
    iam.dispatch.replace(dispatch)
    iam.virtual_hosted_s3.replace(virtual_hosted_s3)


def execution_credentials(config: Mapping[str, Any]) -> dict[str, str]:
    """The credentials of a function with this configuration, in variables of its environment.

    Raises AccessDeniedError if Lambda may not assume the function's role.
    """
    session = function_session(config)
    digest = hashlib.sha256(f"{config.get('FunctionArn')} {config.get('Role')}".encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:56], digest[8:]
    iam.register_session(key, {"Arn": session.arn, "UserId": session.role, "SecretAccessKey": secret})
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


def caller(headers: Mapping[str, str], query: Parameters) -> Session | None:
    """The role's session that signed a request; None for the administrator."""
    session = iam.sessions.get(iam.access_key_id(headers, query))
    return Session(session["Arn"].split("/")[1], session["Arn"]) if session else None


async def dispatch(
    method: str, path: str, headers: dict[str, str], body: bytes, query: Parameters, request_id: str
) -> Response:
    """MiniStack's entrance, for calls that the caller's role allows."""
    session = caller(headers, query)
    if session and (denied := _denied(session, method, path, headers, body, query, request_id)):
        return denied
    with calling(session):
        return await iam.dispatch.own(method, path, headers, body, query, request_id)


async def virtual_hosted_s3(
    host: str, path: str, method: str, headers: dict[str, str], body: bytes, query: Parameters
) -> Response | None:
    """S3 by the host's name. Functions do not use it: with an address as endpoint, SDKs name buckets in paths."""
    if caller(headers, query) is None:
        return await iam.virtual_hosted_s3.own(host, path, method, headers, body, query)
    return None


def _denied(
    session: Session, method: str, path: str, headers: dict[str, str], body: bytes, query: Parameters, request_id: str
) -> Response | None:
    """The response to a call that is not allowed, or that cannot be evaluated."""
    service = iam.service_of(method, path, headers, query)
    action = iam.action_of(service, method, path, headers, body, query)
    try:
        for need in _needs(service, action, path, body):
            _check(session, need)
    except AccessDeniedError as error:
        if service == "s3" and method == "POST" and "delete" in query:
            return _refused_keys(body, str(error))
        return iam.denial(service, error.action, session.arn, request_id, headers, str(error))
    return None


def _needs(service: str, action: str | None, path: str, body: bytes) -> list[Need]:
    """What the call needs. Raises AccessDeniedError if that cannot be said."""
    try:
        if action:
            return needs(action, path, body, cloudwatch.deliveries)
        reason = "no IAM action is known for it"
    except (ValueError, ElementTree.ParseError) as error:
        reason = f"its body cannot be read: {error}"
    message = f"the local cloud cannot evaluate a call of {service} to {path}: {reason}"
    _logger.error("%s", message)
    raise AccessDeniedError(message, action or service, "")


def _refused_keys(body: bytes, message: str) -> Response:
    """DeleteObjects succeeds, and says of each key that it was refused; here one refused key refuses them all."""
    result = ElementTree.Element("DeleteResult", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
    for key in deleted_keys(body):
        error = ElementTree.SubElement(result, "Error")
        for tag, text in (("Key", key), ("Code", "AccessDenied"), ("Message", message)):
            ElementTree.SubElement(error, tag).text = text
    return 200, {"Content-Type": "application/xml"}, ElementTree.tostring(result)


def _check(session: Session, need: Need) -> None:
    if need.passes:
        session.check_pass_role(need.passes, _CLOUDFRONT)
    else:
        session.check(need.action, **need.names)
