# SPDX-License-Identifier: Apache-2.0
"""CloudFront's real-time logs: one Kinesis record with one log line for each viewer request.

A local viewer is always this machine, now. Simulation headers claim another one and another time; they are removed
before anything else sees the request.
"""

import random
import time
from collections.abc import Mapping
from typing import Any, Protocol

from localcloud.clock import Clock
from localcloud.cloudfront import log_configs, log_stream
from localcloud.cloudfront.cache_behaviors import log_config_arns, matched_path, parsed_once
from localcloud.cloudfront.edge_cache import EdgeCache
from localcloud.cloudfront.field_values import ViewerRequest, ViewerResponse, field_values
from localcloud.cloudfront.functions import counts, invocation
from localcloud.cloudfront.log_configs import LogConfig
from localcloud.cloudfront.log_line import format_line
from localcloud.cloudfront.simulation_headers import PROTOCOL, Simulation, SimulationError, without_simulation
from localcloud.ministack import Response, cloudfront
from localcloud.ministack.cloudfront import Distribution

_ERROR = "Error from cloudfront"  # X-Cache of the edge's own error pages


class StandardLogs(Protocol):
    """What takes the requests that standard logs are written of."""

    def add(self, distribution: str, values: Mapping[str, str]) -> None:
        """Log one request."""

    def clear(self) -> None:
        """Forget what waits to be written."""


def install(clock: Clock, standard_logs: StandardLogs) -> None:
    """Add the API of log configurations, and a log line to every viewer request of a behaviour that has one.

    `standard_logs` gets every viewer request of every distribution.
    """
    log_configs.install(clock)
    edge_cache = EdgeCache()
    parse = parsed_once(cloudfront.parse_distribution.own)

    async def handle_viewer_request(
        dist: Distribution,
        method: str,
        path: str,
        raw_uri: str,
        raw_query_string: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
        client_ip: str = "127.0.0.1",
    ) -> Response:
        started = time.time()
        path = matched_path(raw_uri)
        try:
            simulation = Simulation.of(headers, client_ip)
        except SimulationError as error:
            return 400, {"Content-Type": "text/plain"}, f"{error}\n".encode()
        viewer_headers = without_simulation(headers)
        # MiniStack learns of TLS by this header, and has to: a viewer protocol policy depends on it.
        served = {**viewer_headers, PROTOCOL: "https"} if simulation.protocol == "https" else viewer_headers
        # CloudFront fetches from S3 by TLS, and bucket policies may insist on it.
        cloudfront.pin_request_origin(simulation.address, secure_transport=True)
        with invocation.of_request(raw_query_string) as functions:
            status, response_headers, response_body = await cloudfront.handle_viewer_request.own(
                dist, method, path, raw_uri, raw_query_string, served, body, query_params, simulation.address
            )
            if functions.failure:
                status, explanation, _ = functions.failure
                status, response_headers, response_body = cloudfront.error_page(status, explanation, _ERROR)
        behavior = cloudfront.matching_behavior(parse(dist), path) or {}
        if functions.failure:
            result = functions.failure[2]
        elif functions.generated_response:
            result = "FunctionGeneratedResponse"
        else:
            result = edge_cache.result(dist["Id"], behavior, method, path, status, response_headers)
        if result == "Hit":
            response_headers["X-Cache"] = "Hit from cloudfront"
        counts.count(dist["Id"], functions.counts, time.time() if simulation.time is None else simulation.time)
        config = _log_config(dist, behavior)
        request = ViewerRequest(method, raw_uri, raw_query_string, viewer_headers, dist["DomainName"])
        seconds = time.time() - started
        response = ViewerResponse(status, response_headers, len(response_body), result, seconds, functions.log_data)
        pattern = behavior.get("path_pattern") or "*"
        values = field_values(request, simulation, response, pattern, time.time())
        standard_logs.add(dist["Id"], values)
        if config and random.random() * 100 < config.sampling_rate:  # noqa: S311 (sampling is no secret)
            log_stream.write(config.stream_arn, config.role_arn, format_line(values, config.fields))
        return status, response_headers, response_body

    def reset() -> None:
        cloudfront.reset.own()
        log_configs.clear()
        edge_cache.clear()
        standard_logs.clear()

    invocation.install()
    cloudfront.parse_distribution.replace(parse)
    cloudfront.handle_viewer_request.replace(handle_viewer_request)
    cloudfront.reset.replace(reset)


def _log_config(dist: Distribution, behavior: Mapping[str, Any]) -> LogConfig | None:
    arn = log_config_arns(dist.get("config_xml") or "").get(behavior.get("path_pattern")) if behavior else None
    return log_configs.find(arn) if arn else None
