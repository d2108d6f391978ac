# SPDX-License-Identifier: Apache-2.0
"""Examines a stack: looks at every stage, then follows hits through them, up to the first that fails."""

import time
from collections.abc import Callable, Iterable, Mapping

from edgepixel.aws.stack import Stack
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.stack_facts import StackFacts
from edgepixel.doctor.findings import (
    ONLY_WITH_AGGREGATION,
    ONLY_WITH_REALTIME_LOGS,
    ONLY_WITH_STANDARD_LOGS,
    Examination,
    Outcome,
    Problem,
    Stage,
    StageResult,
)
from edgepixel.doctor.follow.followed_hits import FollowedHits
from edgepixel.doctor.follow.hits import Sent
from edgepixel.doctor.follow.patience import Patience
from edgepixel.doctor.follow.waiting import Watch
from edgepixel.doctor.looks import Looks
from edgepixel.doctor.verdict import Found, Verdict


def examine(calls: AwsCalls, patience: Patience, send: Callable[[], Sent] | None, watch: Watch) -> Examination:
    """What a stack's stages are like. `send` sends the hits; without it, they are only looked at."""
    started = time.monotonic()
    verdict = Verdict()
    sent: Sent | None = None
    problem: Problem | None = None
    try:
        facts = StackFacts(calls.stack, calls)
        looks = Looks(facts, calls, verdict, patience)
        with watch("look at the edge", None):
            edge = looks.edge()
        followed = FollowedHits(facts, calls, patience, verdict, looks, watch)
        if send:
            with watch("send hits", None):
                sent = followed.send(send, edge)
        with watch("look at every other stage", None):
            looks.others()
        if sent:
            followed.follow(sent)
        with watch(Stage.ANSWER, None):
            looks.answer(sent)
    except Found as found:
        problem = found.problem
    return Examination(
        stack=calls.stack.name,
        cloud=str(calls.stack.cloud),
        mark=sent.mark if sent else None,
        request_ids=sent.request_ids if sent else (),
        stages=tuple(results(verdict, problem, left_out(calls.stack))),
        problem=problem,
        notes=(*verdict.notes, *_unanswered(calls)),
        seconds=time.monotonic() - started,
    )


def left_out(stack: Stack) -> dict[Stage, str]:
    """The stages that a stack does not have, each with the parameter that leaves it out."""
    found: dict[Stage, str] = {}
    if "AggregatorFunctionName" not in stack.outputs:
        found |= dict.fromkeys(ONLY_WITH_AGGREGATION, "Aggregation=disabled")
    if not stack.has_realtime_logs:
        found |= dict.fromkeys(ONLY_WITH_REALTIME_LOGS, "Source=standard")
    if not stack.has_standard_logs:
        found |= dict.fromkeys(ONLY_WITH_STANDARD_LOGS, "Source=realtime")
    return found


def results(verdict: Verdict, problem: Problem | None, absent: Mapping[Stage, str]) -> Iterable[StageResult]:
    """One result for each stage, in order. `absent`: the stages that the stack does not have, and why."""
    failed = False
    for stage in Stage:
        if stage in absent:
            yield StageResult(stage, Outcome.SKIPPED, detail=absent[stage])
        elif problem and problem.stage is stage:
            failed = True
            yield StageResult(stage, Outcome.FAILED, detail=problem.what)
        elif failed:
            yield StageResult(stage, Outcome.NOT_REACHED)
        else:
            yield verdict.results.get(stage, StageResult(stage, Outcome.OK, detail="looks right"))


def _unanswered(calls: AwsCalls) -> Iterable[str]:
    """What could not be looked at, because AWS refused to tell."""
    for refused in calls.unanswered.values():
        yield f"Not looked at: AWS refused {refused.operation} ({refused.code})."
