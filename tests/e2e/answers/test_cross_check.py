# SPDX-License-Identifier: Apache-2.0
"""The cross-check on the local cloud: lines are taken away from the lake, and the answer names exactly those."""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.answers.subject.periods import Period
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.ask.switched_off import require_switched_on
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.lake_names import EVENTS
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.console.table import Table
from edgepixel.errors import AnswerFailedError, SwitchedOffError
from edgepixel.traffic.generator import generate
from edgepixel.traffic.ledger import Row
from edgepixel.traffic.sender import send
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import HOUR_MS
from tests.e2e.stack.steps.comparing import wait_for_hits
from tests.e2e.stack.steps.removal import delete_stack
from tests.e2e.stack.steps.steady_traffic import PatientPixel
from tests.e2e.stack.steps.updating import physical_ids, update_stack
from tests.waiting import wait_until

NAME, ANSWER = "checked", "missing-requests"
HITS, OTHERS, HOURS = 300, 10, 6
FOLDER = "cross-check/"
TRUTH = answer(ANSWER).module("truth")


@dataclass
class Site:
    """A stack, the hits that were sent to it, and other requests of its distribution."""

    cloud: Cloud
    stack: Stack
    hits: list[Row]
    others: list[Row]

    def ask(self) -> Table:
        """What the stack answers about the last week."""
        return run_query(self.stack, answer_sql(find_answers(self.stack), ANSWER))

    def truth(self, taken: set[str]) -> Table:
        """What it should answer if the lines of these request ids are not in the lake."""
        now = datetime.now(UTC)
        requests = [TRUTH.Requested(row.request_id, row.truth.time_ms, "/pixel.gif") for row in self.hits]
        found = {row.request_id for row in self.hits} - taken
        period = Period(now - timedelta(days=7), now)
        table: Table = TRUTH.expected(requests, found, "/pixel.gif", period, round(now.timestamp() * 1000))
        return table

    def log_deliveries(self) -> dict[str, set[str]]:
        """The folders that the stack's log deliveries write into, by the name of their source."""
        logs = self.cloud.client("logs", region="us-east-1")
        places = {
            one["arn"]: one["deliveryDestinationConfiguration"]["destinationResourceArn"].rpartition("/")[2]
            for one in logs.describe_delivery_destinations()["deliveryDestinations"]
            if self.stack.lake_bucket in one["deliveryDestinationConfiguration"]["destinationResourceArn"]
        }
        found: dict[str, set[str]] = {}
        for one in logs.describe_deliveries()["deliveries"]:
            if one["deliveryDestinationArn"] in places:
                found.setdefault(one["deliverySourceName"], set()).add(places[one["deliveryDestinationArn"]])
        return found


@pytest.fixture(scope="module")
def site(cloud: Cloud, deploy_stack: Callable[[str, dict[str, str]], Stack]) -> Site:
    """A stack with hits of the last hours, of which both kinds of logs are there."""
    stack = deploy_stack(NAME, {"CrossCheck": "enabled"})
    pixel = PatientPixel(stack.pixel_url, cloud.local_port, has_edge_function=True)
    hits = list(generate(29, HITS, time.time_ns() // 1_000_000, HOURS))
    others = [replace(hit, path="/pixel.js", truth=replace(hit.truth, logged=False)) for hit in hits[:OTHERS]]
    rows = list(send([*hits, *others], pixel))
    logged = [row for row in rows if row.truth.logged]
    wait_for_hits(stack, logged)
    checked: list[int] = []

    def complete() -> bool:
        sql = "SELECT count(DISTINCT x_edge_request_id) FROM cross_check WHERE timestamp NOT LIKE '#%'"
        checked.append(int(str(run_query(stack, sql).rows[0][0])))
        return checked[-1] == len(rows)

    wait_until(complete, "all requests are in the standard logs", lambda: checked[-1], pause_seconds=1)
    return Site(cloud, stack, logged, [row for row in rows if not row.truth.logged])


def test_the_standard_logs_say_nothing_about_anybody_and_become_no_events(site: Site) -> None:
    assert len(site.others) >= OTHERS
    bucket = site.cloud.client("s3")
    keys = _keys(site.stack, FOLDER)
    lines = [
        line
        for key in keys
        for line in gzip.decompress(bucket.get_object(Bucket=site.stack.lake_bucket, Key=key)["Body"].read())
        .decode()
        .splitlines()
    ]
    fields = {line.removeprefix("#Fields: ") for line in lines if line.startswith("#Fields")}
    assert fields == {"timestamp(ms) x-edge-request-id cache-behavior-path-pattern"}
    assert {line.count("\t") for line in lines if not line.startswith("#")} == {2}
    assert {key.partition("/year=")[0] for key in keys} == {"cross-check"}
    events = run_query(site.stack, "SELECT count(DISTINCT request_id) FROM events").rows
    assert events == ((len({row.request_id for row in site.hits}),),)


def test_where_every_line_came_no_request_is_missing(site: Site) -> None:
    assert site.ask().rows == ()


def test_the_answer_names_exactly_the_lines_that_were_taken_away(site: Site) -> None:
    """Of the last two hours none: there a line may still be on its way."""
    now_ms = time.time_ns() // 1_000_000
    old = [row.request_id for row in site.hits if row.truth.time_ms < now_ms - 2 * HOUR_MS]
    young = [row.request_id for row in site.hits if row.truth.time_ms > now_ms - HOUR_MS]
    taken = {*old[::20], *young[:3]}
    before = _without(site.stack, taken)
    answered = site.ask()
    assert len(answered.rows) == len(old[::20]) > 5
    assert differences(answered, site.truth(taken)) == []
    # Lines that come back, as by a replay, are missing no more.
    for key, body in before.items():
        site.cloud.client("s3").put_object(Bucket=site.stack.lake_bucket, Key=key, Body=body)
    assert site.ask().rows == ()


def test_of_two_deliveries_of_one_distribution_one_goes_and_the_other_stays(site: Site) -> None:
    (source,) = site.log_deliveries()
    before = physical_ids(site.cloud, NAME)
    update_stack(site.cloud, NAME, {"Source": "both", "CrossCheck": "disabled"})
    assert site.log_deliveries() == {source: {EVENTS.rstrip("/")}}
    update_stack(site.cloud, NAME, {"Source": "realtime", "CrossCheck": "enabled"})
    assert site.log_deliveries() == {source: {FOLDER.rstrip("/")}}
    assert physical_ids(site.cloud, NAME) == before


def test_switched_off_nothing_of_it_is_left_and_asking_says_how_to_switch_it_on(site: Site) -> None:
    require_switched_on(site.stack, ANSWER)
    update_stack(site.cloud, NAME, {"CrossCheck": "disabled"})
    assert site.log_deliveries() == {}
    stack = find_stack(site.cloud, NAME)
    with pytest.raises(AnswerFailedError, match="cross_check' does not exist"):
        site.ask()
    with pytest.raises(SwitchedOffError, match="edgepixel up --parameter CrossCheck=enabled"):
        require_switched_on(stack, ANSWER)
    delete_stack(site.cloud, NAME)


def _keys(stack: Stack, prefix: str) -> list[str]:
    pages = stack.cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.lake_bucket, Prefix=prefix)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def _without(stack: Stack, request_ids: set[str]) -> dict[str, bytes]:
    """Take the lines of these requests out of the lake. Returns the objects as they were, by key."""
    bucket, before = stack.cloud.client("s3"), {}
    for key in _keys(stack, EVENTS):
        body = bucket.get_object(Bucket=stack.lake_bucket, Key=key)["Body"].read()
        lines = gzip.decompress(body).decode().splitlines(keepends=True)
        kept = [line for line in lines if not request_ids.intersection(line.split("\t"))]
        if len(kept) < len(lines):
            before[key] = body
            bucket.put_object(Bucket=stack.lake_bucket, Key=key, Body=gzip.compress("".join(kept).encode()))
    return before
