# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the edge and the log configuration, from what AWS says of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from edgepixel.doctor.facts.said import Refused, Said, part
from edgepixel.doctor.findings import Problem, Stage
from edgepixel.doctor.parts.roles import Need, RoleFacts
from edgepixel.doctor.stages import edge, log_configuration
from edgepixel.doctor.stages.edge import EdgeFacts, Response
from edgepixel.doctor.stages.log_configuration import LogFacts

ARN = "arn:aws:cloudfront::123456789012:realtime-log-config/shop"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/raw"
BEHAVIOR = {"PathPattern": "/pixel.gif", "RealtimeLogConfigArn": ARN}
ABSENT = Refused("GetDistribution", "NoSuchDistribution", "")
DENIED = Refused("GetDistribution", "AccessDenied", "not you")
SERVED = Response(200, "request-1")


def distribution(enabled: bool = True, status: str = "Deployed", **behavior: Any) -> Said:
    config = {"Enabled": enabled, "CacheBehaviors": {"Items": [BEHAVIOR | behavior]}}
    return {"Distribution": {"Status": status, "DistributionConfig": config}}


GOOD = EdgeFacts("E123", "/pixel.gif", distribution(), {"Contents": [{"Key": "pixel.gif"}]})
LOGGED = LogFacts(
    ARN,
    {
        "RealtimeLogConfig": {
            "ARN": ARN,
            "SamplingRate": 100,
            "EndPoints": [{"KinesisStreamConfig": {"StreamARN": STREAM}}],
        }
    },
    BEHAVIOR,
    STREAM,
    100,
    RoleFacts("log-role", {"Role": {}}, {Need("kinesis:PutRecords", STREAM): "allowed"}),
)


def only(problems: Any) -> Problem:
    (problem,) = problems
    assert isinstance(problem, Problem)
    return problem


def test_a_distribution_that_serves_has_no_problem() -> None:
    assert list(edge.problems(GOOD)) == []
    assert edge.behavior(GOOD) == BEHAVIOR


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"distribution": ABSENT}, "E123 does not exist"),
        ({"distribution": distribution(enabled=False)}, "is disabled"),
        ({"distribution": distribution(PathPattern="/other.gif")}, "no cache behaviour for /pixel.gif"),
        ({"pixel_objects": {}}, "'pixel.gif' is not in the site bucket"),
        ({"pixel_objects": {"Contents": [{"Key": "pixel.gif.bak"}]}}, "'pixel.gif' is not in the site bucket"),
        ({"pixel_objects": Refused("ListObjectsV2", "NoSuchBucket", "")}, "site bucket does not exist"),
    ],
)
def test_what_is_wrong_with_the_edge_is_told(change: Mapping[str, Any], words: str) -> None:
    problem = only(edge.problems(replace(GOOD, **change)))
    assert problem.stage is Stage.EDGE
    assert words in problem.what


def test_what_nobody_may_look_at_is_no_problem() -> None:
    facts = replace(GOOD, distribution=DENIED, pixel_objects=DENIED)
    assert list(edge.problems(facts)) == []
    assert edge.behavior(facts) is None
    assert not edge.in_progress(facts)


def test_a_path_without_slash_is_the_same_path() -> None:
    assert edge.behavior(replace(GOOD, distribution=distribution(PathPattern="pixel.gif"))) is not None


@pytest.mark.parametrize("status", [200, 206, 304])
def test_a_hit_that_got_the_image_is_good(status: int) -> None:
    assert edge.response_problem(GOOD, Response(status, "request-1")) is None


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (Response(403, "request-1"), "refuses the pixel with status 403"),
        (Response(404, "request-1"), "status 404"),
        (Response(502, "request-1"), "status 502"),
        (Response(301, "request-1"), "status 301"),
        (Response(200, None), "no X-Amz-Cf-Id"),
        (Response(None, reason="Name or service not known"), "no response (Name or service not known)"),
    ],
)
def test_a_hit_that_got_something_else_is_told(response: Response, words: str) -> None:
    problem = edge.response_problem(GOOD, response)
    assert problem is not None
    assert words in problem.what


def test_a_change_on_its_way_explains_a_refusal_and_nothing_else() -> None:
    facts = replace(GOOD, distribution=distribution(status="InProgress"))
    assert list(edge.problems(facts)) == []
    assert edge.response_problem(facts, SERVED) is None
    refused = edge.response_problem(facts, Response(403, "request-1"))
    assert refused is not None
    assert "not deployed yet" in refused.what


def test_a_log_configuration_on_the_behaviour_has_no_problem() -> None:
    assert list(log_configuration.problems(LOGGED)) == []
    assert log_configuration.sampling_note(LOGGED) is None


def config(like: LogFacts | None = None, **change: Any) -> Said:
    """A configuration that leads to no stream, or one like that of the facts, with changes."""
    usual = (part(like.config, "RealtimeLogConfig") if like else None) or {"SamplingRate": 100, "EndPoints": []}
    return {"RealtimeLogConfig": {**usual, **change}}


def associated(function: str, event: str = "viewer-request") -> dict[str, Any]:
    arn = f"arn:aws:cloudfront::123456789012:{function}"
    return {"FunctionAssociations": {"Quantity": 1, "Items": [{"EventType": event, "FunctionARN": arn}]}}


def test_the_fields_and_the_function_of_the_stack_are_no_problem() -> None:
    facts = replace(
        LOGGED,
        fields=["timestamp", "asn"],
        config=config(LOGGED, Fields=["asn", "timestamp"]),
        edge_function="edgepixel-1",
        behavior=BEHAVIOR | associated("function/edgepixel-1"),
    )
    assert list(log_configuration.problems(facts)) == []
    assert list(log_configuration.problems(replace(facts, fields=[], edge_function=None))) == [], "another version's"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"config": Refused("Get", "NoSuchRealtimeLogConfig", "")}, "does not exist"),
        ({"behavior": {"PathPattern": "/pixel.gif"}}, "it has none"),
        ({"behavior": BEHAVIOR | {"RealtimeLogConfigArn": f"{ARN}2"}}, f"it has {ARN}2"),
        ({"config": config()}, "writes to no stream"),
        (
            {"config": config(EndPoints=[{"KinesisStreamConfig": {"StreamARN": f"{STREAM}2"}}])},
            f"writes to {STREAM}2, not to the raw stream",
        ),
        ({"fields": ["timestamp", "asn"], "config": config(LOGGED, Fields=["asn"])}, "it lacks timestamp."),
        (
            {"fields": ["timestamp", "time-to-first-byte"], "config": config(LOGGED, Fields=["timestamp", "c-ip"])},
            "it lacks time-to-first-byte and has c-ip",
        ),
        ({"edge_function": "edgepixel-1"}, "the stack's edge function edgepixel-1 (it has none)"),
        (
            {"edge_function": "edgepixel-1", "behavior": BEHAVIOR | associated("function/other")},
            "(it has arn:aws:cloudfront::123456789012:function/other)",
        ),
        (
            {
                "edge_function": "edgepixel-1",
                "behavior": BEHAVIOR | associated("function/edgepixel-1", "viewer-response"),
            },
            "(it has none)",
        ),
        ({"sampling_rate": 50}, "The sampling rate is 100 %, and the stack was deployed with 50 %"),
        (
            {"role": RoleFacts("log-role", Refused("GetRole", "NoSuchEntity", ""), {})},
            "The role log-role does not exist",
        ),
        (
            {"role": RoleFacts("log-role", {}, {Need("kinesis:PutRecords", STREAM): "implicitDeny"})},
            f"is not allowed kinesis:PutRecords on {STREAM}",
        ),
    ],
)
def test_what_is_wrong_with_the_log_configuration_is_told(change: Mapping[str, Any], words: str) -> None:
    problem = only(log_configuration.problems(replace(LOGGED, **change)))
    assert problem.stage is Stage.LOG_CONFIGURATION
    assert words in problem.what


def test_a_behaviour_that_nobody_may_see_is_no_problem() -> None:
    assert list(log_configuration.problems(replace(LOGGED, behavior=None, config=DENIED))) == []


def test_sampling_on_purpose_is_only_a_note() -> None:
    half = replace(LOGGED, config=config(SamplingRate=50, EndPoints=LOGGED.config["RealtimeLogConfig"]["EndPoints"]))  # type: ignore[index]
    assert list(log_configuration.problems(replace(half, sampling_rate=50))) == []
    assert "SamplingRate is 50 %" in str(log_configuration.sampling_note(replace(half, sampling_rate=50)))
