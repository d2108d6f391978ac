# SPDX-License-Identifier: Apache-2.0
"""Coverage on the local cloud: a stack whose edge logs 97 of 100 hits says so."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Record
from edgepixel.errors import AnswerFailedError
from edgepixel.traffic.recorder import record_traffic
from tests.e2e.failure_queues import assert_given_up
from tests.waiting import wait_until

HITS = 1500
DAYS = 9
SETTLED_SECONDS = 6  # a buffer of 900 seconds takes three here


@dataclass(frozen=True)
class Counted:
    """A stack, what its hit counter was asked and returned, and the answer's rows of whole days."""

    stack: Stack
    event: dict[str, Any]
    returned: dict[str, Any]
    days: list[Record]


@pytest.fixture(scope="module")
def counted(deploy_stack: Callable[[str, dict[str, str]], Stack], home: Path) -> Counted:
    stack = deploy_stack("sampled", {"SamplingRate": "97"})
    record_traffic(stack, home / "sampled.jsonl", hits=HITS, seed=97)
    wait_until(lambda: 0.9 * HITS < _logged(stack) == _logged(stack, pause=SETTLED_SECONDS), "no more lines come")
    later = datetime.now(UTC) + timedelta(hours=3)  # when all lines must have come
    event = {"time": later.isoformat(), "days": DAYS}
    returned = _invoke(stack, event)
    sql = answer_sql(find_answers(stack), "coverage", DAYS, now_ms=round(later.timestamp() * 1000))
    return Counted(stack, event, returned, [row for row in run_query(stack, sql).records() if row["hour"] is None])


def _logged(stack: Stack, pause: float = 0) -> int:
    """How many hits the view has, some time later; none while there is no table."""
    time.sleep(pause)
    try:
        return int(str(run_query(stack, "SELECT count(DISTINCT request_id) FROM events").rows[0][0]))
    except AnswerFailedError:
        return 0


def _resource(stack: Stack, logical_id: str) -> str:
    resources = stack.cloud.client("cloudformation")
    found = resources.describe_stack_resource(StackName=stack.name, LogicalResourceId=logical_id)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def _invoke(stack: Stack, event: dict[str, Any]) -> dict[str, Any]:
    function = _resource(stack, "HitCounterFunction")
    response = stack.cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    returned: dict[str, Any] = json.loads(response["Payload"].read())
    assert "FunctionError" not in response, returned
    return returned


def test_of_a_hundred_hits_about_three_are_missing_and_the_answer_says_so(counted: Counted) -> None:
    made, logged, missing = (
        sum(int(day[name] or 0) for day in counted.days) for name in ("hits_made", "hits_logged", "missing")
    )
    assert made - logged == missing
    assert {day["counted"] for day in counted.days} == {"invocations"}
    assert counted.returned["hits"] >= made
    assert 95 < 100 * logged / made < 99, (
        "each hit is logged with a chance of 97 percent; this is four deviations and more"
    )
    assert all(int(day["median_seconds"] or 0) > 0 for day in counted.days)


def test_the_measured_day_is_the_last_one_that_is_complete(counted: Counted) -> None:
    (day,) = [day for day in counted.days if day["day"] == counted.returned["day"]]
    assert counted.returned["percent"] == day["percent"]


def test_a_second_run_finds_the_same(counted: Counted) -> None:
    assert _invoke(counted.stack, counted.event) == counted.returned


def test_its_schedule_runs_it(counted: Counted) -> None:
    """At another time than 06:40: a minute after the rule has run or was seen first."""
    stack, events = counted.stack, counted.stack.cloud.client("events")
    rule = events.describe_rule(Name=_resource(stack, "HitCounterFunctionOnceADay"))
    assert rule["ScheduleExpression"] == "cron(40 6 * * ? *)"
    before = _written(stack)
    events.put_rule(Name=rule["Name"], ScheduleExpression="rate(1 minute)")
    try:
        wait_until(lambda: _written(stack) > before, "the hit counter has written today's counts anew")
    finally:
        events.put_rule(Name=rule["Name"], ScheduleExpression=rule["ScheduleExpression"])


def _written(stack: Stack) -> datetime:
    """When the last of the counts was written."""
    listed = stack.cloud.client("s3").list_objects_v2(Bucket=stack.lake_bucket, Prefix="coverage/hits-made/")
    return max(one["LastModified"] for one in listed["Contents"])


def test_what_fails_for_good_waits_in_a_queue(counted: Counted) -> None:
    assert_given_up(counted.stack, "HitCounterFunction", "HitCounterFailures", {"time": "soon"})
