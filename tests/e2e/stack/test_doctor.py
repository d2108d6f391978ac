# SPDX-License-Identifier: Apache-2.0
"""`edgepixel doctor` finds a stack healthy that is, and names the stage that was broken, whichever it is."""

import json
import time
from collections.abc import Callable

import pytest

from edgepixel.answers.subject.conditions import DOCTOR_EVENT
from edgepixel.ask.athena import find_answers
from edgepixel.aws.stack import Stack
from edgepixel.doctor.command import failed_deployment
from edgepixel.doctor.findings import ONLY_WITH_AGGREGATION, ONLY_WITH_STANDARD_LOGS, Examination, Outcome, Stage
from edgepixel.doctor.looks import ANSWER
from edgepixel.doctor.report import as_json
from edgepixel.errors import SamError
from tests.e2e.conftest import DISABLED
from tests.e2e.stack.steps import breakages
from tests.e2e.stack.steps.breakages import Breakage, Deployed
from tests.e2e.stack.steps.examining import assert_healthy, examined

SETTLED_SECONDS = 3.0  # after which what is in the lake has to be in the catalog, where that is tried


@pytest.fixture(scope="module")
def new(deploy_stack: Callable[[str, dict[str, str]], Stack]) -> Deployed:
    """A stack of this module's own, which nobody has used."""
    return Deployed(deploy_stack("examined", {"BufferSeconds": "60"}))  # it is examined often


@pytest.fixture(scope="module")
def first(new: Deployed) -> Examination:
    """The first examination of that stack: the crawler makes the table, for the hits."""
    return examined(new.stack)


@pytest.fixture(scope="module")
def deployed(new: Deployed, first: Examination) -> Deployed:
    """The stack when everything is there."""
    assert_healthy(first)
    return new


def test_hits_are_followed_through_every_stage(first: Examination) -> None:
    assert_healthy(first)
    assert [result.stage for result in first.stages] == list(Stage)
    timed = [result.stage for result in first.stages if result.seconds is not None]
    assert timed == [stage for stage in Stage if stage not in ONLY_WITH_STANDARD_LOGS], first
    assert len(set(first.request_ids)) == 3
    told = json.loads(as_json(first))
    assert told["healthy"] is True
    seconds = round(first.stages[0].seconds or 0, 3)
    edge = {"stage": "edge", "outcome": "ok", "seconds": seconds, "detail": "3 hits got the image"}
    assert told["stages"][0] == edge


def test_answers_that_count_the_hits_are_noticed(new: Deployed, first: Examination) -> None:
    left_out = DOCTOR_EVENT in find_answers(new.stack)[ANSWER]
    assert any("counts" in note for note in first.notes) is not left_out, first.notes


def test_without_hits_it_only_looks(deployed: Deployed) -> None:
    found = examined(deployed.stack, hits=False)
    assert_healthy(found)
    assert (found.mark, found.request_ids) == (None, ())
    assert {result.seconds for result in found.stages} == {None}


def test_without_aggregation_two_stages_are_skipped(stacks: dict[str, Stack]) -> None:
    assert stacks["disabled"].parameters["Aggregation"] == DISABLED["Aggregation"]
    found = examined(stacks["disabled"])
    assert_healthy(found)
    skipped = [result.stage for result in found.stages if result.outcome is Outcome.SKIPPED]
    assert skipped == [*ONLY_WITH_AGGREGATION, *ONLY_WITH_STANDARD_LOGS]


CASES: dict[str, tuple[Breakage, Stage, str]] = {
    "the pixel is deleted": (breakages.without_pixel, Stage.EDGE, "'pixel.gif' is not in the site bucket"),
    "the distribution is disabled": (breakages.disabled_distribution, Stage.EDGE, "is disabled"),
    "the behaviour does not log": (breakages.unlogged_behavior, Stage.LOG_CONFIGURATION, "it has none"),
    "half of the hits are logged": (breakages.sampled_logs, Stage.LOG_CONFIGURATION, "The sampling rate is 50 %"),
    "CloudFront may not write": (
        breakages.role_without("RealtimeLogRole", "kinesis:PutRecords"),
        Stage.LOG_CONFIGURATION,
        "is not allowed kinesis:PutRecords",
    ),
    "the event source is disabled": (breakages.disabled_event_source, Stage.AGGREGATOR, "is disabled"),
    "the aggregator never runs": (breakages.no_concurrency, Stage.AGGREGATOR, "reserved concurrency of 0"),
    "the aggregator may not write": (
        breakages.role_without("AggregatorRole", "kinesis:PutRecords"),
        Stage.AGGREGATOR,
        "is not allowed kinesis:PutRecords",
    ),
    "the aggregator fails": (
        breakages.function_with("AggregatorFunction", "USER_RECORD_BYTES", lambda _: "many"),
        Stage.AGGREGATOR,
        "USER_RECORD_BYTES must be",
    ),
    "the aggregator rejects lines": (
        breakages.function_with("AggregatorFunction", "LOG_FIELDS", lambda fields: ",".join(fields.split(",")[::-1])),
        Stage.AGGREGATOR,
        "in quarantine, with the reason timestamp (3)",
    ),
    "the aggregated stream is deleted": (
        breakages.deleted_aggregated_stream,
        Stage.AGGREGATED_STREAM,
        "does not exist",
    ),
    "the delivery is deleted": (breakages.deleted_delivery, Stage.DELIVERY, "does not exist"),
    "the delivery's role is deleted": (breakages.deleted_delivery_role, Stage.DELIVERY, "does not exist"),
    "the delivery may not write": (
        breakages.role_without("DeliveryRole", "s3:PutObject"),
        Stage.DELIVERY,
        "is not allowed s3:PutObject",
    ),
    "nobody may write into the lake": (breakages.lake_that_nobody_may_write, Stage.LAKE, "ReadOnly"),
    "the lake tells nobody": (breakages.silent_lake, Stage.TRIGGER, "does not send its events"),
    "the rule is disabled": (breakages.disabled_rule, Stage.TRIGGER, "is disabled"),
    "the rule is deleted": (breakages.deleted_rule, Stage.TRIGGER, "does not exist"),
    "the trigger fails": (
        breakages.function_with("CrawlerTriggerFunction", "EVENTS_PREFIX", lambda _: "/events"),
        Stage.TRIGGER,
        "EVENTS_PREFIX must end",
    ),
    "the trigger may not register": (
        breakages.role_without("CrawlerTriggerRole", "glue:CreatePartition"),
        Stage.TRIGGER,
        "is not allowed glue:CreatePartition",
    ),
    "the crawler may not read": (
        breakages.role_without("CrawlerRole", "s3:GetObject"),
        Stage.CATALOG,
        "is not allowed s3:GetObject",
    ),
    "the view is deleted": (breakages.dropped_table("events"), Stage.VIEW, "does not exist"),
    "the view is broken": (breakages.broken_view, Stage.VIEW, "cannot be read"),
    "the workgroup is disabled": (breakages.disabled_workgroup, Stage.ANSWER, "is disabled"),
}
CATALOG: dict[str, tuple[Breakage, str]] = {
    "the table is dropped": (breakages.dropped_table("pixel_events"), "does not exist, and the lake has objects"),
    "the hour is dropped": (breakages.dropped_partition, "lacks the partition dt="),
    "the table is another one": (
        breakages.table_with_other_columns,
        "its column 1 is 'viewer_request_log_data' instead of 'timestamp'",
    ),
}
FOR_GOOD: dict[str, tuple[Breakage, Stage, str]] = {
    "an answer is deleted": (breakages.deleted_answer, Stage.ANSWER, "FunnelAnswer"),
    "the raw stream is deleted": (breakages.deleted_raw_stream, Stage.RAW_STREAM, "does not exist"),
}


@pytest.mark.parametrize("name", CATALOG)
def test_a_broken_catalog_is_seen_without_a_hit(deployed: Deployed, name: str) -> None:
    breakage, words = CATALOG[name]
    time.sleep(2 * SETTLED_SECONDS)  # what was delivered just now may still be on its way to the catalog
    with breakage(deployed):
        named(examined(deployed.stack, margin=SETTLED_SECONDS / 2, hits=False), Stage.CATALOG, words)


@pytest.mark.parametrize("name", CASES)
def test_the_stage_that_is_broken_is_named(deployed: Deployed, name: str) -> None:
    breakage, stage, words = CASES[name]
    with breakage(deployed):
        named(examined(deployed.stack), stage, words)


def test_a_mended_stack_is_healthy(deployed: Deployed) -> None:
    """At once, although the failures of a moment ago are in the logs, and the function starts anew."""
    breakage, stage, words = CASES["the trigger fails"]
    with breakage(deployed):
        named(examined(deployed.stack), stage, words)
    assert_healthy(examined(deployed.stack))


@pytest.mark.parametrize("name", FOR_GOOD)
def test_what_is_deleted_for_good_is_named(deployed: Deployed, name: str) -> None:
    breakage, stage, words = FOR_GOOD[name]
    with breakage(deployed):
        named(examined(deployed.stack), stage, words)


def test_a_deployment_that_failed_is_told(
    deploy_stack: Callable[[str, dict[str, str]], Stack], deployed: Deployed
) -> None:
    with pytest.raises(SamError):
        deploy_stack("unfinished", {"AttachToDistributionId": "E0000000000000"})
    found = failed_deployment(deployed.cloud, "unfinished")
    assert found is not None
    assert found.problem is not None
    assert found.problem.stage is Stage.EDGE
    assert "failed at Attachment" in found.problem.what


def named(found: Examination, stage: Stage, words: str) -> None:
    """The stage, and no other one, is what failed, and it is said why."""
    assert found.problem is not None, found
    assert (found.problem.stage, words in found.problem.what) == (stage, True), found.problem
    looked_at = [result for result in found.stages if result.stage not in ONLY_WITH_STANDARD_LOGS]
    outcomes = [result.outcome for result in looked_at]
    place = [result.stage for result in looked_at].index(stage)
    assert outcomes[place] is Outcome.FAILED
    assert set(outcomes[:place]) <= {Outcome.OK}
    assert set(outcomes[place + 1 :]) <= {Outcome.NOT_REACHED}
