# SPDX-License-Identifier: Apache-2.0
"""Which viewer requests leave a log line, in which stream, and with which fields."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudfront import log_configs, log_stream, real_time_logs
from localcloud.cloudfront.cache_behaviors import log_config_arns
from localcloud.cloudfront.log_configs import LogConfig
from localcloud.ministack import cloudfront

ARN = "arn:aws:cloudfront::000000000000:realtime-log-config/log"
CONFIG_XML = f"""<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
<DefaultCacheBehavior><TargetOriginId>site</TargetOriginId></DefaultCacheBehavior>
<CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>/pixel.gif</PathPattern>
<TargetOriginId>site</TargetOriginId><RealtimeLogConfigArn>{ARN}</RealtimeLogConfigArn></CacheBehavior></Items>
</CacheBehaviors></DistributionConfig>"""
DISTRIBUTION = {"Id": "E1", "DomainName": "d1.cloudfront.net", "config_xml": CONFIG_XML}


class StandardLogs:
    """Remembers the requests that it is given."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str]] = []

    def add(self, distribution: str, values: Mapping[str, str]) -> None:
        self.requests.append((distribution, values["cs-uri-stem"], values["cache-behavior-path-pattern"]))

    def clear(self) -> None:
        self.requests.clear()


type Written = list[tuple[str, str, str]]


@pytest.fixture
def standard_logs() -> StandardLogs:
    return StandardLogs()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, standard_logs: StandardLogs) -> Iterator[Written]:
    """The extension over a MiniStack that always serves the pixel; its lines, with their streams and roles."""

    async def serve(*_: Any) -> tuple[int, dict[str, str], bytes]:
        return 200, {"X-Amz-Cf-Id": "id==", "X-Cache": "Miss from cloudfront"}, b"GIF89a"

    lines: Written = []
    monkeypatch.setattr(cloudfront.handle_viewer_request, "own", serve)
    real_time_logs.install(Clock(), standard_logs)
    monkeypatch.setattr(log_stream, "write", lambda stream, role, line: lines.append((stream, role, line)))
    yield lines
    log_configs.clear()


def _configure(rate: int) -> None:
    fields = ("timestamp", "cs-uri-stem", "cache-behavior-path-pattern")
    log_configs._configs["log"] = LogConfig("log", ARN, rate, "stream-arn", "role-arn", fields)


def _request(path: str = "/pixel.gif", **headers: str) -> int:
    sent = {"host": "d1.cloudfront.net"} | {name.replace("_", "-"): value for name, value in headers.items()}

    async def status() -> int:
        response = await cloudfront.handle_viewer_request(DISTRIBUTION, "GET", path, path, "", sent, b"", {}, "::1")
        return response[0]

    return asyncio.run(status())


def test_a_request_of_a_logged_behaviour_leaves_one_line_in_its_stream(written: Written) -> None:
    _configure(100)
    assert _request(x_localcloud_time="1684226820.937") == 200
    assert written == [("stream-arn", "role-arn", "1684226820.937\t/pixel.gif\t/pixel.gif\n")]


def test_other_behaviours_leave_none(written: Written) -> None:
    _configure(100)
    assert _request("/other.gif") == 200
    assert written == []


def test_a_configuration_that_is_gone_loses_the_line_and_not_the_response(written: Written) -> None:
    assert _request() == 200
    assert written == []


def test_sampling_keeps_its_share(written: Written) -> None:
    _configure(25)
    for _ in range(1000):
        _request()
    assert 170 < len(written) < 330  # six standard deviations


def test_a_meaningless_time_is_a_bad_request_and_no_line(written: Written) -> None:
    _configure(100)
    assert _request(x_localcloud_time="soon") == 400
    assert written == []


def test_behaviours_are_told_apart_by_their_pattern() -> None:
    assert log_config_arns(CONFIG_XML) == {"/pixel.gif": ARN}
    default = CONFIG_XML.replace("<PathPattern>/pixel.gif</PathPattern>", "")
    assert log_config_arns(default) == {None: ARN}


def test_standard_logs_get_every_request_of_every_behaviour(written: Written, standard_logs: StandardLogs) -> None:
    _request()
    _request("/other.gif")
    assert standard_logs.requests == [("E1", "/pixel.gif", "/pixel.gif"), ("E1", "/other.gif", "*")]
    assert written == []
