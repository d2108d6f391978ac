# SPDX-License-Identifier: Apache-2.0
"""The event that a viewer request function gets. Pure.

Sources: CloudFront Developer Guide, "CloudFront Functions event structure" and "Restrictions on all edge functions".
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

type Values = Mapping[str, str | Sequence[str]]
"""A name's value, or its values if it came several times."""

# "Disallowed headers": no function sees them.
_HIDDEN = re.compile(
    r"connection|expect|keep-alive|proxy-authenticate|proxy-authorization|proxy-connection|trailer|upgrade"
    r"|x-accel-(?:buffering|charset|limit-rate|redirect)|x-amz-cf-.*|x-amzn-auth|x-amzn-cf-(?:billing|id|xff)"
    r"|x-amzn-errortype|x-amzn-fle-profile|x-amzn-header-(?:count|order)|x-amzn-lambda-integration-tag"
    r"|x-amzn-requestid|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip|cloudfront-viewer-cert-pem"
    r"|client-cert|client-cert-chain"
)


def viewer_request(
    *,
    address: str,
    headers: Values,
    uri: str = "/pixel.gif",
    query: Values | None = None,
    method: str = "GET",
    request_id: str = "",
    distribution_id: str = "",
    domain_name: str = "",
    event_type: str = "viewer-request",
) -> dict[str, Any]:
    """The event of a viewer's request. `headers`: lower-case names; `address`: the viewer's, as CloudFront saw it."""
    return {
        "version": "1.0",
        "context": {
            "distributionDomainName": domain_name,
            "distributionId": distribution_id,
            "eventType": event_type,
            "requestId": request_id,
        },
        "viewer": {"ip": address},
        "request": {
            "method": method,
            "uri": uri,
            "querystring": _items(query or {}),
            "headers": _items({n: v for n, v in headers.items() if n != "cookie" and not is_hidden(n)}),
            "cookies": _items(_cookies(headers.get("cookie", ""))),
        },
    }


def is_hidden(name: str) -> bool:
    """Whether functions neither see nor may add a header of this lower-case name."""
    return _HIDDEN.fullmatch(name) is not None


def _items(values: Values) -> dict[str, Any]:
    """Each name with `value`, and with `multiValue` if it came several times."""
    items: dict[str, Any] = {}
    for name, value in values.items():
        every = [value] if isinstance(value, str) else list(value)
        items[name] = {"value": every[0]}
        if len(every) > 1:
            items[name]["multiValue"] = [{"value": one} for one in every]
    return items


def _cookies(header: str | Sequence[str]) -> dict[str, list[str]]:
    cookies: dict[str, list[str]] = {}
    for part in (header if isinstance(header, str) else "; ".join(header)).split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name:
            cookies.setdefault(name, []).append(value.strip())
    return cookies
