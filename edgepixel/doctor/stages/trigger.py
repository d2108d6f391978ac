# SPDX-License-Identifier: Apache-2.0
"""The crawler trigger: the bucket tells EventBridge, EventBridge's rule runs the function, the function may work."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgepixel.doctor.facts.said import Said, is_absent, part, was_told
from edgepixel.doctor.findings import CHANGED, Paragraph, Problem, Stage
from edgepixel.doctor.parts import functions
from edgepixel.doctor.parts.functions import SURE_FAILURES, FunctionFacts
from edgepixel.doctor.parts.roles import RoleFacts, role_problems

DONE_MESSAGE, WAITING_MESSAGE = "Partitions are in the catalog", "Catalog not ready"
"""What the trigger logs of each object (functions/crawler_trigger/app.py). A test holds them to that."""

_CHANGED = f"{CHANGED} Then start the crawler: it registers the hours that were missed meanwhile."


@dataclass(frozen=True)
class TriggerFacts:
    """GetBucketNotificationConfiguration, DescribeRule, ListTargetsByRule, the function's GetPolicy and its role."""

    notification: Said
    rule_name: str
    rule: Said
    targets: Said
    policy: Said
    function_arn: str
    function: FunctionFacts
    role: RoleFacts


def problems(facts: TriggerFacts) -> Iterator[Problem]:
    """What keeps the trigger from being run for a new object."""
    if was_told(facts.notification) and part(facts.notification, "EventBridgeConfiguration") is None:
        yield _problem("The lake's bucket does not send its events to EventBridge.", _CHANGED)
    if is_absent(facts.rule):
        yield _problem(f"The EventBridge rule {facts.rule_name} does not exist.", _CHANGED)
    elif part(facts.rule, "State") == "DISABLED":
        yield _problem(
            f"The EventBridge rule {facts.rule_name} is disabled.",
            f"Run: aws events enable-rule --name {facts.rule_name}",
        )
    elif was_told(facts.targets) and not _has_target(facts):
        yield _problem(f"The EventBridge rule {facts.rule_name} does not invoke the crawler trigger.", _CHANGED)
    yield from functions.problems(facts.function, Paragraph.CATALOG)
    if not is_absent(facts.function.configuration) and (is_absent(facts.policy) or _forbids_eventbridge(facts.policy)):
        yield _problem("EventBridge is not allowed to invoke the crawler trigger.", _CHANGED)
    yield from role_problems(Stage.TRIGGER, facts.role)


def failure(log: Sequence[str], least_failures: int = SURE_FAILURES) -> Problem | None:
    """Why the trigger fails, if its log says so. That the catalog is not ready is not its failure."""
    failed = [line for line in functions.failures(log) if "CatalogNotReady" not in line]
    if len(failed) < least_failures:
        return None
    return _problem(
        f"The crawler trigger fails: {functions.cause(failed)} ({len(failed)} times since the hits are in the lake).",
        "Remove the cause. No hour is lost: events that failed are kept for 14 days, and a crawl finds every folder.",
    )


def has_run(log: Sequence[str], key: str) -> bool:
    """Whether the trigger was run for the object of that key, whatever came of it.

    A trigger of an older version does not log which object it was run for: then a run for the same folder counts.
    Neither does a run after a crawl, which is for the folder of all hours.
    """
    folder = key.rpartition("/")[0]
    entries = (*functions.entries(log, DONE_MESSAGE), *functions.entries(log, WAITING_MESSAGE))
    return any(
        entry["object_key"] == key if "object_key" in entry else (entry.get("folder") or "").endswith(f"/{folder}/")
        for entry in entries
    )


def overdue(facts: TriggerFacts, log: Sequence[str], seconds: float) -> Problem:
    """The problem if nothing shows that the trigger was run to its end."""
    known = failure(log, least_failures=1) or functions.throttling(facts.function)
    return known or _problem(
        f"An object with the hits is in the lake. The crawler trigger was not run for it within {seconds:.0f} s.",
        "Look at the rule's metrics (Invocations, FailedInvocations) and at the function's log.",
    )


def _has_target(facts: TriggerFacts) -> bool:
    return any(target["Arn"] == facts.function_arn for target in part(facts.targets, "Targets") or [])


def _forbids_eventbridge(policy: Said) -> bool:
    """Whether the function's own policy, if one may be seen, does not name EventBridge."""
    text = part(policy, "Policy")
    if text is None:
        return False
    statements = json.loads(text).get("Statement", [])
    return not any(part(statement, "Principal", "Service") == "events.amazonaws.com" for statement in statements)


def _problem(what: str, do: str) -> Problem:
    return Problem(Stage.TRIGGER, what, do, Paragraph.CATALOG)
