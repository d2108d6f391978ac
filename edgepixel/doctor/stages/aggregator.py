# SPDX-License-Identifier: Apache-2.0
"""The aggregator: its event source, its function and role, and why the hits do not come out of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import CHANGED, PUT_BACK, Paragraph, Problem, Stage
from edgepixel.doctor.parts import functions
from edgepixel.doctor.parts.functions import SURE_FAILURES, FunctionFacts
from edgepixel.doctor.parts.roles import RoleFacts, role_problems

BATCH_MESSAGE = "Batch aggregated"
"""What the aggregator logs of each batch (functions/aggregator/app.py). A test holds it to that."""

# The aggregated stream was not able to take it; any other code is about the aggregator's permission or its request.
_OF_THE_STREAM = frozenset(
    {
        "InternalFailure",
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ResourceNotFoundException",
        "ThrottlingException",
    }
)


@dataclass(frozen=True)
class AggregatorFacts:
    """GetEventSourceMapping (`mapping_id`: its UUID), the stream to read (its ARN) and the one to write (its name)."""

    mapping_id: str
    mapping: Said
    raw_stream_arn: str | None
    aggregated_stream: str
    function: FunctionFacts
    role: RoleFacts


@dataclass(frozen=True)
class AggregatorSigns:
    """What is known of the aggregator since the hits were sent.

    `log`: its log's messages. `quarantined`: the reasons of hits that are in quarantine. `failed_batch`: the key of an
    object in the failed batches that holds a hit.
    """

    log: Sequence[str] = ()
    quarantined: Sequence[str] = ()
    failed_batch: str | None = None


def problems(facts: AggregatorFacts) -> Iterator[Problem]:
    """What keeps the aggregator from being run."""
    yield from functions.problems(facts.function, Paragraph.AGGREGATOR)
    if is_absent(facts.mapping):
        yield _problem(
            f"The event source mapping {facts.mapping_id} does not exist: nothing reads the raw stream.",
            "Somebody deleted it. Make it again with the settings that the template has, or deploy the stack anew. "
            "Lines wait in the raw stream for 24 hours.",
            Paragraph.STALLED,
        )
    state = part(facts.mapping, "State")
    if state in ("Disabled", "Disabling"):
        yield _problem(
            f"The event source mapping of the aggregator is {state.lower()}: nothing reads the raw stream. "
            f"Lambda's reason: {part(facts.mapping, 'StateTransitionReason') or 'none given'}.",
            f"Run: aws lambda update-event-source-mapping --uuid {facts.mapping_id} --enabled",
            Paragraph.STALLED,
        )
    source = part(facts.mapping, "EventSourceArn")
    if source is not None and source != facts.raw_stream_arn:
        yield _problem(
            f"The event source mapping reads {source}, not the raw stream {facts.raw_stream_arn}.",
            CHANGED,
            Paragraph.STALLED,
        )
    target = part(facts.function.configuration, "Environment", "Variables", "AGGREGATED_STREAM_NAME")
    if target is not None and target != facts.aggregated_stream:
        yield _problem(
            f"The aggregator writes to the stream {target}, not to {facts.aggregated_stream}.",
            "Somebody changed the function's environment. Set AGGREGATED_STREAM_NAME as the template has it.",
            Paragraph.CHANGED_BY_HAND,
        )
    yield from role_problems(Stage.AGGREGATOR, facts.role)


def failure(signs: AggregatorSigns, least_failures: int = SURE_FAILURES) -> Problem | None:
    """Why the hits cannot arrive, if that is certain: rejected, given up, or a batch that fails and fails."""
    if signs.quarantined:
        reasons = ", ".join(f"{reason} ({count})" for reason, count in sorted(Counter(signs.quarantined).items()))
        return _problem(
            f"The aggregator rejected the hits' lines. They are in quarantine, with the reason {reasons}.",
            "The fields of the log configuration and those of the aggregator (LOG_FIELDS) differ, unless something "
            f"else writes to the raw stream. {PUT_BACK} Then run edgepixel replay.",
            Paragraph.QUARANTINE,
        )
    if signs.failed_batch:
        return _problem(
            f"Lambda gave up a batch with the hits and kept it as {signs.failed_batch}.",
            "Find the error in the aggregator's log and remove it, then run edgepixel replay.",
            Paragraph.FAILED_BATCHES,
        )
    failed = functions.failures(signs.log)
    if len(failed) >= least_failures:
        return _problem(
            f"The aggregator fails: {functions.cause(failed)} ({len(failed)} times since the hits were sent).",
            "Remove the cause. Lines wait in the raw stream meanwhile, for 20 tries or 20 hours; then replay them.",
            Paragraph.AGGREGATOR,
        )
    return _unsent(signs.log, least_failures)


def overdue(facts: AggregatorFacts, signs: AggregatorSigns, seconds: float) -> Problem:
    """Why the hits did not arrive in time, as well as can be told."""
    known = failure(signs, least_failures=1) or functions.throttling(facts.function)
    if known:
        return known
    result = part(facts.mapping, "LastProcessingResult") or "nothing"
    return _problem(
        f"The lines are in the raw stream, and the aggregator did not pass them on within {seconds:.0f} s. "
        f"It logged no error. The last that its event source says is: {result}.",
        "It may be behind: look at its lag. Run this command again, with a longer --timeout if there is much traffic.",
        Paragraph.LAG,
    )


def _unsent(log: Sequence[str], least_failures: int) -> Problem | None:
    """The problem if batch after batch could not be sent on."""
    unsent = [entry for entry in functions.entries(log, BATCH_MESSAGE) if entry.get("first_unsent")]
    if len(unsent) < least_failures:
        return None
    last = unsent[-1]
    if last.get("quarantine_error"):
        return _problem(
            f"The aggregator cannot write to quarantine: {last['quarantine_error']}.",
            "Check its role and the lake's bucket policy.",
            Paragraph.AGGREGATOR,
        )
    errors: Counter[str] = Counter()
    for entry in unsent:
        errors.update(entry.get("put_errors") or {})
    codes = ", ".join(f"{code} ({count})" for code, count in errors.most_common()) or "no code"
    stage = Stage.AGGREGATED_STREAM if set(errors) & _OF_THE_STREAM else Stage.AGGREGATOR
    return Problem(
        stage,
        f"The aggregated stream does not take the aggregates: {codes}.",
        "If it is full, raise ShardCount. If access is denied, check the aggregator's role and the stream's key.",
        Paragraph.LAG if stage is Stage.AGGREGATED_STREAM else Paragraph.ROLES,
    )


def _problem(what: str, do: str, paragraph: Paragraph) -> Problem:
    return Problem(Stage.AGGREGATOR, what, do, paragraph)
