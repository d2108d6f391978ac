# SPDX-License-Identifier: Apache-2.0
"""The real-time log configuration: on the pixel's cache behaviour, and leading to the raw stream, with its fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import CHANGED, Paragraph, Problem, Stage
from edgepixel.doctor.parts.roles import RoleFacts, role_problems


@dataclass(frozen=True)
class LogFacts:
    """GetRealtimeLogConfig and the pixel's cache behaviour (None: nobody may look).

    `sampling_rate` and `fields` are as deployed; no fields: the stack is of another version. `edge_function` is the
    name of the stack's; None: it has none.
    """

    arn: str
    config: Said
    behavior: Mapping[str, Any] | None
    raw_stream_arn: str | None
    sampling_rate: int
    role: RoleFacts
    fields: Sequence[str] = ()
    edge_function: str | None = None


def problems(facts: LogFacts) -> Iterator[Problem]:
    """What keeps CloudFront from writing lines into the raw stream."""
    if is_absent(facts.config):
        yield _problem(f"The real-time log configuration {facts.arn} does not exist.", CHANGED)
        return
    if facts.behavior is not None:
        found = facts.behavior.get("RealtimeLogConfigArn") or ""
        if found != facts.arn:
            other = f"it has {found}" if found else "it has none"
            yield _problem(
                f"The pixel's cache behaviour does not have the stack's real-time log configuration ({other}), "
                "so hits are not logged.",
                f"Set {facts.arn} on the behaviour in the CloudFront console.",
            )
        yield from _function_problems(facts.edge_function, facts.behavior)
    config = part(facts.config, "RealtimeLogConfig") or {}
    streams = [point.get("KinesisStreamConfig", {}).get("StreamARN") for point in config.get("EndPoints") or []]
    if config and facts.raw_stream_arn not in streams:
        yield _problem(
            f"The real-time log configuration writes to {', '.join(map(str, streams)) or 'no stream'}, "
            f"not to the raw stream {facts.raw_stream_arn}.",
            CHANGED,
        )
    yield from _field_problems(facts.fields, config.get("Fields"))
    rate = config.get("SamplingRate")
    if rate is not None and rate != facts.sampling_rate:
        yield _problem(
            f"The sampling rate is {rate} %, and the stack was deployed with {facts.sampling_rate} %.",
            f"Somebody changed it. Set it to {facts.sampling_rate} in the CloudFront console (real-time log "
            "configurations), or deploy the rate that you want.",
        )
    yield from role_problems(Stage.LOG_CONFIGURATION, facts.role)


def _function_problems(expected: str | None, behavior: Mapping[str, Any]) -> Iterator[Problem]:
    """CloudFront associates only a function that is published, and deletes none that is associated (CreateFunction,
    DeleteFunction), so the association says it all. Its ARN ends with the function's name.
    """
    associations = (behavior.get("FunctionAssociations") or {}).get("Items") or []
    found = [str(one.get("FunctionARN")) for one in associations if one.get("EventType") == "viewer-request"]
    if expected is not None and expected not in (arn.rpartition("/")[2] for arn in found):
        other = f"it has {found[0]}" if found else "it has none"
        yield _problem(
            f"The pixel's cache behaviour does not have the stack's edge function {expected} ({other}), so hits are "
            "logged without address, language, client hints and Global Privacy Control.",
            "Associate the function with the behaviour's viewer requests in the CloudFront console.",
        )


def _field_problems(expected: Sequence[str], found: Sequence[str] | None) -> Iterator[Problem]:
    """CloudFront logs fields in an order of its own, so only which they are counts."""
    if not expected or found is None or set(expected) == set(found):
        return
    lacks = [name for name in expected if name not in found]
    has = [name for name in found if name not in expected]
    told = [f"lacks {', '.join(lacks)}"] * bool(lacks) + [f"has {', '.join(has)}"] * bool(has)
    yield _problem(
        f"The real-time log configuration does not have the stack's log fields: it {' and '.join(told)}. Lines are "
        "read by position, so columns are wrong or empty.",
        CHANGED,
    )


def sampling_note(facts: LogFacts) -> str | None:
    """What to know if the stack samples on purpose."""
    if facts.sampling_rate == 100:
        return None
    return f"SamplingRate is {facts.sampling_rate} %: CloudFront logs only some of the hits, and answers are estimates."


def _problem(what: str, do: str) -> Problem:
    return Problem(Stage.LOG_CONFIGURATION, what, do, Paragraph.NOT_LOGGED)
