# SPDX-License-Identifier: Apache-2.0
"""CloudFront's API of real-time log configurations, which MiniStack lacks (its list of them is always empty).

Shapes and errors: the CloudFront API Reference, as botocore's model has it.
"""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import defusedxml.ElementTree
from botocore.utils import ArnParser, InvalidArnException

from localcloud.clock import Clock
from localcloud.cloudfront.cache_behaviors import log_config_arns
from localcloud.cloudfront.log_line import FIELDS
from localcloud.ministack import Response, cloudfront, iam, kinesis
from localcloud.ministack.server import account_id, account_table
from localcloud.refusal import RefusedError

_NAMESPACE = "{http://cloudfront.amazonaws.com/doc/2020-05-31/}"
_PATHS = re.compile(r"/2020-05-31/(realtime-log-config|get-realtime-log-config|delete-realtime-log-config)/?$")
_DEFAULT_MAX_ITEMS = "100"


@dataclass(frozen=True)
class LogConfig:
    """A real-time log configuration. `fields` are in CloudFront's order, `sampling_rate` is a percentage."""

    name: str
    arn: str
    sampling_rate: int
    stream_arn: str
    role_arn: str
    fields: tuple[str, ...]


_configs: MutableMapping[str, LogConfig] = account_table()  # by name


def find(arn: str) -> LogConfig | None:
    """The configuration of that ARN in the current account."""
    return next((config for config in _configs.values() if config.arn == arn), None)


def install(_clock: Clock) -> None:
    """Respond to the API's requests before MiniStack does."""

    async def handle_request(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        if found := _PATHS.fullmatch(path):
            return _respond(method, found[1], body, query_params)
        return await cloudfront.handle_request.own(method, path, headers, body, query_params)

    cloudfront.handle_request.replace(handle_request)


def clear() -> None:
    """Forget the configurations of the current account."""
    _configs.clear()


def _respond(method: str, resource: str, body: bytes, query_params: Mapping[str, Any]) -> Response:
    try:
        match (method, resource):
            case ("GET", "realtime-log-config"):
                marker, max_items = (cloudfront.query_value(query_params, name) for name in ("Marker", "MaxItems"))
                return _list(marker, max_items or _DEFAULT_MAX_ITEMS)
            case ("POST", "realtime-log-config"):
                return _create(body)
            case ("PUT", "realtime-log-config"):
                return _update(body)
            case ("POST", "get-realtime-log-config"):
                return _described("GetRealtimeLogConfigResult", _named(_parse(body)), 200)
            case ("POST", "delete-realtime-log-config"):
                return _delete(body)
        raise RefusedError("MethodNotAllowed", f"{method} is not an operation of {resource}.", 405)
    except RefusedError as refused:
        return cloudfront.error_response(refused.code, refused.message, refused.status)


def _create(body: bytes) -> Response:
    request = _parse(body)
    name = _text(request, "Name")
    if not name:
        raise RefusedError("InvalidArgument", "Name is required.", 400)
    if name in _configs:
        raise RefusedError("RealtimeLogConfigAlreadyExists", f"A configuration named {name} already exists.", 409)
    arn = f"arn:aws:cloudfront::{account_id()}:realtime-log-config/{name}"
    config = _merged(LogConfig(name, arn, 0, "", "", ()), request)
    _configs[name] = config
    return _described("CreateRealtimeLogConfigResult", config, 201)


def _update(body: bytes) -> Response:
    request = _parse(body)
    config = _merged(_named(request), request)
    _configs[config.name] = config
    return _described("UpdateRealtimeLogConfigResult", config, 200)


def _delete(body: bytes) -> Response:
    config = _named(_parse(body))
    users = [
        dist["Id"]
        for dist in cloudfront.distributions.values()
        if config.arn in log_config_arns(dist.get("config_xml") or "").values()
    ]
    if users:
        raise RefusedError("RealtimeLogConfigInUse", f"{config.name} is in use by {', '.join(users)}.", 400)
    del _configs[config.name]
    return 204, {}, b""


def _list(marker: str, max_items: str) -> Response:
    """One page of the configurations, by name; `marker` is the last name of the page before."""
    if not max_items.isdecimal() or int(max_items) < 1:
        raise RefusedError("InvalidArgument", "MaxItems must be a whole number of at least 1.", 400)
    rest = sorted(name for name in _configs if name > marker)
    page = rest[: int(max_items)]

    def build(root: Element) -> None:
        SubElement(root, "MaxItems").text = max_items
        SubElement(root, "IsTruncated").text = "true" if len(page) < len(rest) else "false"
        SubElement(root, "Marker").text = marker
        if len(page) < len(rest):
            SubElement(root, "NextMarker").text = page[-1]
        items = SubElement(root, "Items")
        for name in page:
            _describe(SubElement(items, "member"), _configs[name])

    return cloudfront.xml_response("RealtimeLogConfigs", build, 200)


def _parse(body: bytes) -> Element:
    try:
        root: Element = defusedxml.ElementTree.fromstring(body)
    except defusedxml.ElementTree.ParseError as error:
        raise RefusedError("MalformedXML", f"The XML is malformed: {error}.", 400) from error
    return root


def _text(element: Element, path: str) -> str:
    found = element.find("/".join(_NAMESPACE + step for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def _named(request: Element) -> LogConfig:
    """The configuration that a request names by ARN (which wins) or by name."""
    name, arn = _text(request, "Name"), _text(request, "ARN")
    if not name and not arn:
        raise RefusedError("InvalidArgument", "Name or ARN is required.", 400)
    config = find(arn) if arn else _configs.get(name)
    if config is None:
        raise RefusedError("NoSuchRealtimeLogConfig", f"There is no configuration {arn or name}.", 404)
    return config


def _merged(config: LogConfig, request: Element) -> LogConfig:
    """The configuration with what the request says; all of it is required."""
    stream = "EndPoints/member/KinesisStreamConfig"
    fields = [(item.text or "").strip() for item in request.findall(f"{_NAMESPACE}Fields/{_NAMESPACE}Field")]
    unknown = [name for name in fields if name not in FIELDS]
    if unknown or not fields:
        raise RefusedError("InvalidArgument", f"Fields must be known log fields: {', '.join(unknown) or 'none'}.", 400)
    rate = _text(request, "SamplingRate")
    if not rate.isdecimal() or not 1 <= int(rate) <= 100:
        raise RefusedError("InvalidArgument", "SamplingRate must be a whole number from 1 to 100.", 400)
    stream_arn, role_arn = _text(request, f"{stream}/StreamARN"), _text(request, f"{stream}/RoleARN")
    _check_end_point(stream_arn, role_arn)
    ordered = tuple(name for name in FIELDS if name in fields)
    return replace(config, sampling_rate=int(rate), stream_arn=stream_arn, role_arn=role_arn, fields=ordered)


def _check_end_point(stream_arn: str, role_arn: str) -> None:
    """The stream and the role have to exist. AWS documents InvalidArgument for what is not valid, without its words."""
    try:
        stream, role = (ArnParser().parse_arn(arn) for arn in (stream_arn, role_arn))
    except InvalidArnException as error:
        raise RefusedError("InvalidArgument", "EndPoints must name a Kinesis stream and a role.", 400) from error
    name = stream["resource"].removeprefix("stream/")
    if stream["service"] != "kinesis" or kinesis.stream(stream["account"], stream["region"], name) is None:
        raise RefusedError("InvalidArgument", f"The Kinesis stream {stream_arn} does not exist.", 400)
    if role["service"] != "iam" or role["resource"].rpartition("/")[2] not in iam.roles:
        raise RefusedError("InvalidArgument", f"The role {role_arn} does not exist.", 400)


def _described(root_tag: str, config: LogConfig, status: int) -> Response:
    return cloudfront.xml_response(
        root_tag, lambda root: _describe(SubElement(root, "RealtimeLogConfig"), config), status
    )


def _describe(element: Element, config: LogConfig) -> None:
    SubElement(element, "ARN").text = config.arn
    SubElement(element, "Name").text = config.name
    SubElement(element, "SamplingRate").text = str(config.sampling_rate)
    end_point = SubElement(SubElement(element, "EndPoints"), "member")
    SubElement(end_point, "StreamType").text = "Kinesis"
    stream = SubElement(end_point, "KinesisStreamConfig")
    SubElement(stream, "RoleARN").text = config.role_arn
    SubElement(stream, "StreamARN").text = config.stream_arn
    fields = SubElement(element, "Fields")
    for name in config.fields:
        SubElement(fields, "Field").text = name
