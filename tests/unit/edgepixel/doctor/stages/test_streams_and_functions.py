# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a stream or a function, from what AWS says of it and from a function's log."""

from dataclasses import replace

import pytest

from edgepixel.doctor.facts.said import Refused, Said
from edgepixel.doctor.findings import Paragraph, Stage
from edgepixel.doctor.parts import functions
from edgepixel.doctor.parts.functions import FunctionFacts
from edgepixel.doctor.stages import streams
from edgepixel.doctor.stages.streams import StreamFacts

NOT_THERE = Refused("Describe", "ResourceNotFoundException", "")
DENIED = Refused("Describe", "AccessDeniedException", "")
FUNCTION = FunctionFacts(Stage.TRIGGER, "trigger", {"State": "Active", "LastUpdateStatus": "Successful"}, {}, {})

# As Lambda's runtime writes an error: one event.
AWS_LOG = [
    "START RequestId: 1 Version: $LATEST",
    "[ERROR] SettingsError: USER_RECORD_BYTES is not set\nTraceback (most recent call last):\n  File ...",
    "END RequestId: 1",
    "2026-01-01T00:00:00Z 2 Task timed out after 120.00 seconds",
    "RequestId: 3 Error: Runtime exited with error: signal: killed\nRuntime.ExitError",
    '{"level":"ERROR","message":"[ERROR] is only quoted here"}',
]
# As the local cloud writes one: line by line.
LOCAL_LOG = [
    "START RequestId: 1 Version: $LATEST",
    "Traceback (most recent call last):",
    '  File "app.py", line 1, in lambda_handler',
    "botocore.errorfactory.EntityNotFoundException: An error occurred",
    "",
    "The above exception was the direct cause of the following exception:",
    "",
    "Traceback (most recent call last):",
    '  File "app.py", line 2, in lambda_handler',
    "catalog.CatalogNotReady: table does not exist",
    "END RequestId: 1",
    "START RequestId: 2 Version: $LATEST",
    '{"level":"INFO","message":"Partitions are in the catalog"}',
    "END RequestId: 2",
]


def stream(summary: Said, stage: Stage = Stage.RAW_STREAM, refused: float | None = None) -> StreamFacts:
    return StreamFacts(stage, "raw", summary, refused)


def status(text: str) -> Said:
    return {"StreamDescriptionSummary": {"StreamStatus": text}}


@pytest.mark.parametrize("summary", [status("ACTIVE"), status("UPDATING"), DENIED])
def test_a_stream_that_works_or_cannot_be_seen_has_no_problem(summary: Said) -> None:
    assert list(streams.problems(stream(summary))) == []


@pytest.mark.parametrize(
    ("summary", "words"),
    [(NOT_THERE, "does not exist"), (status("DELETING"), "does not exist"), (status("CREATING"), "in state CREATING")],
)
def test_a_stream_that_is_not_there_is_told(summary: Said, words: str) -> None:
    (problem,) = streams.problems(stream(summary, Stage.AGGREGATED_STREAM))
    assert problem.stage is Stage.AGGREGATED_STREAM
    assert words in problem.what


def test_an_empty_stream_is_explained_as_well_as_can_be() -> None:
    active = stream(status("ACTIVE"))
    assert "looks right" in streams.nothing_arrived(active, 60, 100, in_progress=False).what
    assert "sampling rate is 10 %" in streams.nothing_arrived(active, 60, 10, in_progress=False).what
    assert "not deployed to every edge location" in streams.nothing_arrived(active, 60, 10, in_progress=True).what
    full = streams.nothing_arrived(replace(active, refused=12.0), 60, 100, in_progress=False)
    assert "refused 12 writes" in full.what
    assert full.paragraph is Paragraph.REFUSED


def test_a_function_that_may_run_has_no_problem() -> None:
    assert list(functions.problems(FUNCTION, Paragraph.CATALOG)) == []
    assert functions.throttling(FUNCTION) is None
    unseen = replace(FUNCTION, configuration=DENIED, concurrency=DENIED, account=DENIED)
    assert list(functions.problems(unseen, Paragraph.CATALOG)) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(FUNCTION, configuration=NOT_THERE), "does not exist"),
        (replace(FUNCTION, configuration={"State": "Failed", "StateReason": "no subnet"}), "has failed: no subnet"),
        (replace(FUNCTION, configuration={"LastUpdateStatus": "Failed"}), "has failed: no reason given"),
        (replace(FUNCTION, concurrency={"ReservedConcurrentExecutions": 0}), "reserved concurrency of 0"),
    ],
)
def test_a_function_that_cannot_run_is_told(facts: FunctionFacts, words: str) -> None:
    (problem,) = functions.problems(facts, Paragraph.CATALOG)
    assert problem.stage is Stage.TRIGGER
    assert words in problem.what


def test_a_reserved_concurrency_that_is_not_zero_is_no_problem() -> None:
    some = replace(FUNCTION, concurrency={"ReservedConcurrentExecutions": 5})
    assert list(functions.problems(some, Paragraph.CATALOG)) == []


def test_throttles_tell_of_the_account_s_limit() -> None:
    limited = replace(FUNCTION, throttles=7.0, account={"AccountLimit": {"ConcurrentExecutions": 10}})
    problem = functions.throttling(limited)
    assert problem is not None
    assert "refused 7 invocations" in problem.what
    assert "The account may run 10 at a time" in problem.what
    assert problem.paragraph is Paragraph.NEW_ACCOUNT
    assert "at a time" not in str(functions.throttling(replace(limited, account=DENIED)))


def test_failures_are_read_from_the_runtime_s_events() -> None:
    assert functions.failures(AWS_LOG) == [
        "SettingsError: USER_RECORD_BYTES is not set",
        "2026-01-01T00:00:00Z 2 Task timed out after 120.00 seconds",
        "RequestId: 3 Error: Runtime exited with error: signal: killed",
    ]


def test_a_traceback_in_many_lines_is_one_failure_with_its_last_exception() -> None:
    assert functions.failures(LOCAL_LOG) == ["catalog.CatalogNotReady: table does not exist"]
    assert functions.failures(LOCAL_LOG[:-4]) == ["catalog.CatalogNotReady: table does not exist"]
    assert functions.failures(LOCAL_LOG * 2) == ["catalog.CatalogNotReady: table does not exist"] * 2


def test_the_cause_is_a_failure_that_says_why_if_there_is_one() -> None:
    exits = ["RequestId: 3 Error: Runtime exited without providing a reason", "Runtime.ExitError"]
    assert functions.cause(["SettingsError: A is not set", "SettingsError: B is not set", *exits]) == (
        "SettingsError: B is not set"
    )
    assert functions.cause(exits) == "Runtime.ExitError"


def test_a_failure_is_shortened() -> None:
    (shown,) = functions.failures([f"[ERROR] ValueError: {'x' * 5000}"])
    assert len(shown) == 300


def test_entries_are_those_of_the_message() -> None:
    assert functions.entries(LOCAL_LOG, "Partitions are in the catalog") == [
        {"level": "INFO", "message": "Partitions are in the catalog"}
    ]
    assert functions.entries(["[1]", "1", "not JSON"], "Partitions are in the catalog") == []
