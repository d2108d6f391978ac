# SPDX-License-Identifier: Apache-2.0
"""A Lambda function of the stack: it exists, may run, and what its log says of failures."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import PUT_BACK, Paragraph, Problem, Stage

# The runtime's own words for a failed invocation (AWS Lambda developer guide, "Troubleshoot execution issues").
_FAILURE = re.compile(r"\[ERROR\]|Task timed out|Runtime exited|Runtime\.[A-Z]\w+")
# Where a traceback does not come as one event, its last line without indentation names the exception.
_TRACEBACK = "Traceback (most recent call last):"
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?::|$)")
_ENDED = re.compile(r"Runtime exited|Runtime\.ExitError")
_END = ("START RequestId", "END RequestId", "REPORT RequestId")
_SHOWN_CHARACTERS = 300

SURE_FAILURES = 3
"""How many failures are no accident: Lambda tries a batch again, and an event twice more."""


@dataclass(frozen=True)
class FunctionFacts:
    """GetFunctionConfiguration, GetFunctionConcurrency and GetAccountSettings.

    `throttles`: invocations that Lambda refused in the last quarter of an hour, if known.
    """

    stage: Stage
    name: str
    configuration: Said
    concurrency: Said
    account: Said
    throttles: float | None = None


def problems(facts: FunctionFacts, paragraph: Paragraph) -> Iterator[Problem]:
    """What keeps Lambda from running the function."""
    if is_absent(facts.configuration):
        yield Problem(
            facts.stage,
            f"The function {facts.name} does not exist.",
            "Somebody deleted it. Make it again, or deploy the stack anew: lines wait in the streams for 24 hours.",
            Paragraph.CHANGED_BY_HAND,
        )
        return
    for status, reason in (("State", "StateReason"), ("LastUpdateStatus", "LastUpdateStatusReason")):
        if part(facts.configuration, status) == "Failed":
            yield Problem(
                facts.stage,
                f"The function {facts.name} has failed: {part(facts.configuration, reason) or 'no reason given'}.",
                f"Remove the reason. {PUT_BACK}",
                paragraph,
            )
    if part(facts.concurrency, "ReservedConcurrentExecutions") == 0:
        yield Problem(
            facts.stage,
            f"The function {facts.name} has a reserved concurrency of 0, so Lambda runs it never.",
            f"Run: aws lambda delete-function-concurrency --function-name {facts.name}",
            paragraph,
        )


def throttling(facts: FunctionFacts) -> Problem | None:
    """The problem if Lambda has just refused to run the function."""
    if not facts.throttles:
        return None
    limit = part(facts.account, "AccountLimit", "ConcurrentExecutions")
    known = f" The account may run {limit:,} at a time, all functions together." if limit else ""
    return Problem(
        facts.stage,
        f"Lambda refused {facts.throttles:,.0f} invocations of {facts.name} in the last 15 minutes: "
        f"the concurrency limit is reached.{known}",
        "Ask AWS for a higher quota of concurrent executions (Service Quotas, AWS Lambda). New accounts have few.",
        Paragraph.NEW_ACCOUNT,
    )


def failures(messages: Iterable[str]) -> list[str]:
    """The failed invocations that a function's log tells of, each in one line, as they came."""
    found: list[str] = []
    raised: str | None = None  # what the traceback that is being read has named so far
    for message in messages:
        if message.startswith(_END) and raised:
            found.append(raised)
            raised = None
        elif message.strip() == _TRACEBACK:
            raised = raised or _TRACEBACK
        elif raised and _EXCEPTION.match(message):
            raised = message
        elif not message.startswith("{") and _FAILURE.search(message):
            found.append(_telling_line(message))
    if raised:
        found.append(raised)
    return [_shortened(text) for text in found]


def cause(failed: Sequence[str]) -> str:
    """What the last failure was that says why: that a process ended is only what came of it."""
    telling = [text for text in failed if not _ENDED.search(text)]
    return (telling or failed)[-1]


def _shortened(text: str) -> str:
    """The beginning and the end, where a traceback has its error."""
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    gap = " … "
    half = _SHOWN_CHARACTERS // 2
    return text[: half - len(gap)] + gap + text[-half:]


def entries(messages: Iterable[str], message: str) -> list[dict[str, Any]]:
    """The structured entries of a log that have this message."""
    found = []
    for text in messages:
        try:
            entry = json.loads(text)
        except ValueError:
            continue  # the runtime's own lines are not JSON
        if isinstance(entry, dict) and entry.get("message") == message:
            found.append(entry)
    return found


def _telling_line(message: str) -> str:
    """The line of an event that says what failed."""
    line = next(line for line in message.splitlines() if _FAILURE.search(line))
    return line.strip().removeprefix("[ERROR] ")
