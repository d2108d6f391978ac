# SPDX-License-Identifier: Apache-2.0
"""CloudFront's real-time logs: one Kinesis record with one log line for each viewer request.

A local viewer is always this machine, now. Simulation headers say who and when it shall be instead; they are taken off
before anything else sees the request.

Edge caching is imitated as far as a log line shows it: MiniStack fetches every time, and the line says `Hit` from the
second success of a path on, as it would under a cache policy without query strings.
"""

import base64
import json
import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import defusedxml.ElementTree
from ministack.core.arn import parse_arn
from ministack.core.iam_evaluator import pin_request_origin
from ministack.core.responses import new_uuid, set_request_region
from ministack.services import cloudfront, kinesis

from localcloud import realtime_log_configs
from localcloud.clock import Clock
from localcloud.log_line import format_line
from localcloud.realtime_log_configs import LogConfig

_logger = logging.getLogger("localcloud.realtime_logs")

ADDRESS, COUNTRY, ASN = "x-localcloud-address", "x-localcloud-country", "x-localcloud-asn"
EDGE_LOCATION, TIME, PROTOCOL = "x-localcloud-edge-location", "x-localcloud-time", "x-forwarded-proto"
SIMULATION_HEADERS = frozenset({ADDRESS, COUNTRY, ASN, EDGE_LOCATION, TIME, PROTOCOL})
_DEFAULT_EDGE_LOCATION = "LOC50-P1"
_HEADERS_BYTES = 800  # CloudFront truncates cs-headers to that

_cached: set[tuple[str, str]] = set()  # (distribution, path) that the edge has answered before
_streams_reported_missing: set[str] = set()


def install(clock: Clock) -> None:
    """Add the API of log configurations, and a log line to every viewer request of a behaviour that has one."""
    realtime_log_configs.install(clock)
    serve = cloudfront.handle_viewer_request
    parse = cloudfront.parse_distribution_dataplane_config

    @lru_cache(maxsize=64)
    def parse_version(_distribution: str, _etag: str, config_xml: str) -> Any:
        return parse({"config_xml": config_xml})

    def parse_once(dist: dict[str, Any]) -> Any:
        """MiniStack parses a distribution's XML for every request; it changes only with its ETag."""
        return parse_version(dist["Id"], dist["ETag"], dist["config_xml"])

    async def handle_viewer_request(
        dist: dict[str, Any],
        method: str,
        path: str,
        raw_uri: str,
        raw_query_string: str,
        headers: Mapping[str, Any],
        body: bytes,
        query_params: Mapping[str, Any],
        client_ip: str = "127.0.0.1",
    ) -> tuple[int, dict[str, str], bytes]:
        started = time.time()
        viewer = {name: value for name, value in headers.items() if name not in SIMULATION_HEADERS}
        simulated = {name: str(headers[name]) for name in SIMULATION_HEADERS if name in headers}
        address = simulated.get(ADDRESS, client_ip)
        # The origin's side needs to know of TLS, which MiniStack is told by this header.
        served = {**viewer, PROTOCOL: simulated[PROTOCOL]} if PROTOCOL in simulated else viewer
        # CloudFront fetches from S3 by TLS, and bucket policies may insist on it.
        pin_request_origin(address, secure_transport=True)
        status, response_headers, response_body = await serve(
            dist, method, path, raw_uri, raw_query_string, served, body, query_params, address
        )
        config = _log_config(parse_once(dist), dist, path)
        if config and random.random() * 100 < config.sampling_rate:  # noqa: S311 (sampling is no secret)
            taken = time.time() - started
            request = _Request(dist, method, raw_uri, raw_query_string, viewer, simulated, address)
            values = _values(request, status, response_headers, len(response_body), taken)
            _write(config, format_line(values, config.fields))
        return status, response_headers, response_body

    cloudfront.parse_distribution_dataplane_config = parse_once
    cloudfront.handle_viewer_request = handle_viewer_request


@dataclass(frozen=True)
class _Request:
    """A viewer's request as the edge saw it: headers without the simulation's, which are in `simulated`."""

    dist: Mapping[str, Any]
    method: str
    uri: str
    query: str
    headers: Mapping[str, Any]
    simulated: Mapping[str, str]
    address: str

    def header(self, name: str) -> str:
        return _one(self.headers.get(name, ""))


def _values(
    request: _Request, status: int, response_headers: Mapping[str, str], body_bytes: int, taken: float
) -> dict[str, str]:
    """Every field that can be told, raw. `taken`: seconds that the response took."""
    simulated = request.simulated
    result = _result_type(request.dist["Id"], request.uri, status)
    return {
        "timestamp": f"{float(simulated[TIME]) if TIME in simulated else time.time():.3f}",
        "c-ip": request.address,
        "c-ip-version": "IPv6" if ":" in request.address else "IPv4",
        "time-to-first-byte": f"{taken:.3f}",
        "time-taken": f"{taken:.3f}",
        "sc-status": str(status),
        "sc-bytes": str(body_bytes),
        "sc-content-len": str(body_bytes),
        "sc-content-type": response_headers.get("Content-Type", ""),
        "cs-method": request.method,
        "cs-protocol": simulated.get(PROTOCOL, "http"),
        "cs-protocol-version": "HTTP/1.1",
        "cs-host": request.header("host"),
        "cs-uri-stem": f"{request.uri}?{request.query}" if request.query else request.uri,
        "cs-uri-query": request.query,
        "cs-user-agent": request.header("user-agent"),
        "cs-referer": request.header("referer"),
        "cs-cookie": request.header("cookie"),
        "cs-accept": request.header("accept"),
        "cs-accept-encoding": request.header("accept-encoding"),
        "x-forwarded-for": request.header("x-forwarded-for"),
        "cs-headers": _headers_text(request.headers),
        "cs-header-names": "".join(f"{name}\n" for name in request.headers),
        "cs-headers-count": str(len(request.headers)),
        "x-host-header": request.dist["DomainName"],
        "x-edge-location": simulated.get(EDGE_LOCATION, _DEFAULT_EDGE_LOCATION),
        "x-edge-request-id": response_headers["X-Amz-Cf-Id"],
        "x-edge-result-type": result,
        "x-edge-response-result-type": result,
        "x-edge-detailed-result-type": result,
        "c-country": simulated.get(COUNTRY, ""),
        "asn": simulated.get(ASN, ""),
    }


def _log_config(parsed: Any, dist: dict[str, Any], path: str) -> LogConfig | None:
    """The log configuration of the behaviour that answers a path."""
    behavior = cloudfront._match_behavior(parsed, path)
    pattern = behavior["path_pattern"] if behavior else None
    arn = _log_config_arns(dist["config_xml"]).get(pattern)
    return realtime_log_configs.find(arn) if arn else None


@lru_cache(maxsize=64)
def _log_config_arns(config_xml: str) -> dict[str | None, str]:
    """Path pattern of each behaviour (None: the default one) -> ARN of its log configuration, if it has one."""
    arns: dict[str | None, str] = {}
    for element in defusedxml.ElementTree.fromstring(config_xml).iter():
        children = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element}
        if arn := children.get("RealtimeLogConfigArn"):
            arns[children.get("PathPattern")] = arn
    return arns


def _one(value: Any) -> str:
    """A header's text: MiniStack keeps repeated headers as a list."""
    return ", ".join(value) if isinstance(value, list) else str(value)


def _headers_text(viewer: Mapping[str, Any]) -> str:
    """cs-headers before its encoding: `name:value` and a newline each, cut where CloudFront cuts."""
    text = "".join(f"{name}:{_one(value)}\n" for name, value in viewer.items())
    return text.encode("utf-8", "surrogateescape")[:_HEADERS_BYTES].decode("utf-8", "surrogateescape")


def _result_type(distribution: str, path: str, status: int) -> str:
    if status >= 400:
        return "Error"
    if status >= 300:
        return "Redirect"
    if (distribution, path) in _cached:
        return "Hit"
    _cached.add((distribution, path))
    return "Miss"


def _write(config: LogConfig, line: str) -> None:
    """Put one record with one line on the configuration's stream. A missing stream loses the line, as in AWS."""
    set_request_region(parse_arn(config.stream_arn).region)
    record = {
        "StreamARN": config.stream_arn,
        "PartitionKey": new_uuid(),
        "Data": base64.b64encode(line.encode("ascii")).decode("ascii"),
    }
    status, _, body = kinesis._put_record(record)
    if status != 200 and config.stream_arn not in _streams_reported_missing:
        _streams_reported_missing.add(config.stream_arn)
        _logger.warning("log lines are lost: %s takes none: %s", config.stream_arn, json.loads(body).get("message"))
