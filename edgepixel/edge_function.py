# SPDX-License-Identifier: Apache-2.0
"""The edge function, edge/hit.js: its code as a stack deploys it, and what it says of a hit, without a cloud."""

import re
from collections.abc import Mapping
from functools import cache

from edgepixel.errors import EdgePixelError
from edgepixel.paths import ROOT
from localcloud.cloudfront.functions.engine import run
from localcloud.cloudfront.functions.event import viewer_request

_SOURCE = ROOT / "edge" / "hit.js"
_PARAMETERS = ("IpAddresses", "HonorGlobalPrivacyControl")


def source() -> str:
    """The code with the names of the parameters that Fn::Sub fills in. Raises EdgePixelError for another one."""
    text = _SOURCE.read_text(encoding="utf-8")
    others = set(re.findall(r"\$\{([^}]*)\}?", text)) - set(_PARAMETERS)
    if others:
        raise EdgePixelError(f"edge/hit.js holds ${{{min(others)}}}, which Fn::Sub would take for a parameter")
    return text


@cache
def code(ip_addresses: str, honor_global_privacy_control: str) -> str:
    """The code for values of the parameters IpAddresses and HonorGlobalPrivacyControl."""
    text = source()
    for name, value in zip(_PARAMETERS, (ip_addresses, honor_global_privacy_control), strict=True):
        text = text.replace(f"${{{name}}}", value)
    return text


def log_data(
    address: str,
    headers: Mapping[str, str],
    ip_addresses: str = "truncated",
    honor_global_privacy_control: str = "true",
) -> str:
    """What the function logs of a hit, before CloudFront encodes it: `v=1&a=203.0.113.0&l=en-GB`.

    `headers`: the viewer's, by lower-case names. Raises EdgePixelError if the function fails.
    """
    done = run(code(ip_addresses, honor_global_privacy_control), viewer_request(address=address, headers=headers))
    if done.error is not None or done.log_data is None:
        raise EdgePixelError(f"the edge function failed: {done.error or 'it logged nothing'}")
    return done.log_data
