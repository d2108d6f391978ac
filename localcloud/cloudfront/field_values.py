# SPDX-License-Identifier: Apache-2.0
"""The value of each field of a log line, from a viewer's request and the edge's response. Pure.

Meaning of the fields: CloudFront Developer Guide, "Use real-time access logs".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloudfront.simulation_headers import Simulation

_TRUNCATED_BYTES = 800  # cs-headers, cs-header-names and cs-cookie


@dataclass(frozen=True)
class ViewerRequest:
    """A request as the edge saw it: path and query as they were sent, headers by lower-case name."""

    method: str
    uri: str
    query: str
    headers: Mapping[str, str]
    distribution_domain: str


@dataclass(frozen=True)
class ViewerResponse:
    """What the viewer got. `seconds`: how long that took. `log_data`: log field -> what a function said for it."""

    status: int
    headers: Mapping[str, Any]
    body_bytes: int
    result_type: str
    seconds: float
    log_data: Mapping[str, str] = field(default_factory=dict)


def field_values(
    request: ViewerRequest, simulation: Simulation, response: ViewerResponse, path_pattern: str, now: float
) -> dict[str, str]:
    """Every field that is known here, not encoded. `now`: seconds since the epoch, when the response was finished."""
    headers = request.headers
    return {
        "timestamp": f"{now if simulation.time is None else simulation.time:.3f}",
        "c-ip": simulation.address,
        "c-ip-version": "IPv6" if ":" in simulation.address else "IPv4",
        "c-country": simulation.country,
        "asn": simulation.asn,
        "time-to-first-byte": f"{response.seconds:.3f}",
        "time-taken": f"{response.seconds:.3f}",
        "sc-status": str(response.status),
        "sc-content-len": str(response.body_bytes),
        "sc-content-type": str(response.headers.get("Content-Type", "")),
        "cs-method": request.method,
        "cs-protocol": simulation.protocol,
        "cs-protocol-version": "HTTP/1.1",
        "cs-host": headers.get("host", ""),
        # Unlike in standard logs, with the query.
        "cs-uri-stem": f"{request.uri}?{request.query}" if request.query else request.uri,
        "cs-uri-query": request.query,
        "cs-user-agent": headers.get("user-agent", ""),
        "cs-referer": headers.get("referer", ""),
        "cs-cookie": _truncated(headers.get("cookie", "")),
        "cs-accept": headers.get("accept", ""),
        "cs-accept-encoding": headers.get("accept-encoding", ""),
        "x-forwarded-for": headers.get("x-forwarded-for", ""),
        "cs-headers": _truncated("".join(f"{name}:{value}\n" for name, value in headers.items())),
        "cs-header-names": _truncated("".join(f"{name}\n" for name in headers)),
        "cs-headers-count": str(len(headers)),
        "cache-behavior-path-pattern": path_pattern,
        "x-host-header": request.distribution_domain,
        "x-edge-location": simulation.edge_location,
        "x-edge-request-id": str(response.headers["X-Amz-Cf-Id"]),
        "x-edge-result-type": response.result_type,
        "x-edge-response-result-type": response.result_type,
        "x-edge-detailed-result-type": response.result_type,
        **response.log_data,
    }


def _truncated(text: str) -> str:
    """The text cut to CloudFront's limit. A character may be cut in two; its rest is a lone surrogate."""
    return text.encode("utf-8", "surrogateescape")[:_TRUNCATED_BYTES].decode("utf-8", "surrogateescape")
