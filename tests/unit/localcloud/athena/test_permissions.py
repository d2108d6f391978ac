# SPDX-License-Identifier: Apache-2.0
"""A query may read and write what whoever started it may."""

from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.iam.principals import Session, calling
from localcloud.ministack import glue, iam, s3
from tests.roles import stored_role, trust
from tests.unit.localcloud.athena.athena_calls import (
    make_partition,
    make_table,
    make_view,
    parquet,
    run,
    start_cloud,
    stop_cloud,
)

GLUE = "arn:aws:glue:us-east-1:000000000000:"
LAKE = "arn:aws:s3:::lake"
NEEDED = {
    "glue:GetDatabase": [f"{GLUE}catalog", f"{GLUE}database/db"],
    **{
        action: [f"{GLUE}catalog", f"{GLUE}database/db", f"{GLUE}table/db/*"]
        for action in ("glue:GetTable", "glue:GetPartitions", "glue:GetPartition", "glue:BatchGetPartition")
    },
    "s3:ListBucket": [LAKE],
    "s3:GetBucketLocation": [LAKE],
    "s3:GetObject": [f"{LAKE}/days/*"],
    "s3:PutObject": [f"{LAKE}/query-results/*"],
}
QUERY = "SELECT id FROM both"
UNLOAD = f"UNLOAD ({QUERY}) TO 's3://lake/typed/' WITH (format = 'PARQUET')"


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    start_cloud()
    iam.reset()
    s3.put_object("lake", "days/dt=2026-11-27/a", parquet("SELECT 'x' AS id"), {})
    make_table({"id": "string"}, ["dt"])
    make_partition(["2026-11-27"], "days/dt=2026-11-27", {"id": "string"})
    make_view("SELECT id FROM days")
    yield
    iam.reset()
    stop_cloud()


def ended(sql: str, allowed: dict[str, list[str]]) -> tuple[str, str]:
    """The state of a query that a role has asked which may do this, and why it failed."""
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": action, "Resource": resources} for action, resources in allowed.items()
    ]
    iam.roles["asker"] = stored_role(trust("lambda.amazonaws.com"), statements)
    with calling(Session("asker", "arn:aws:sts::000000000000:assumed-role/asker/function")):
        status = run(sql)["Status"]
    return status["State"], status.get("StateChangeReason", "")


def without(*missing: str) -> dict[str, list[str]]:
    return {action: resources for action, resources in NEEDED.items() if action not in missing}


def test_what_a_query_needs_is_enough() -> None:
    assert ended(QUERY, NEEDED) == ("SUCCEEDED", "")


@pytest.mark.parametrize("missing", NEEDED)
def test_each_permission_is_needed(missing: str) -> None:
    state, reason = ended(QUERY, without(missing))
    assert state == "FAILED"
    words = "Insufficient permissions to execute the query. " if missing.startswith("glue:") else ""
    assert reason.startswith(f"PERMISSION_DENIED: {words}User: arn:aws:sts::")
    assert f"is not authorized to perform: {missing} on resource" in reason


@pytest.mark.parametrize("missing", [f"{GLUE}catalog", f"{GLUE}database/db", f"{GLUE}table/db/*"])
def test_a_table_is_nothing_without_what_is_above_it(missing: str) -> None:
    resources = [resource for resource in NEEDED["glue:GetTable"] if resource != missing]
    assert ended(QUERY, {**NEEDED, "glue:GetTable": resources})[0] == "FAILED"


def test_a_place_that_may_not_be_written_stays_empty() -> None:
    state, reason = ended(UNLOAD, NEEDED)
    assert (state, f"s3:PutObject on resource: {LAKE}/typed/" in reason) == ("FAILED", True)
    assert not any(key.startswith("typed/") for key in s3.buckets["lake"]["objects"])
    everywhere = {**NEEDED, "s3:PutObject": [f"{LAKE}/*"]}
    assert ended(UNLOAD, everywhere)[0] == "SUCCEEDED"


def test_an_empty_table_is_listed_too() -> None:
    s3.buckets["lake"]["objects"].clear()
    state, reason = ended(QUERY, without("s3:ListBucket"))
    assert (state, "s3:ListBucket" in reason) == ("FAILED", True)
    assert ended(QUERY, without("s3:GetObject"))[0] == "SUCCEEDED"


def test_projected_partitions_are_asked_of_nobody() -> None:
    glue.tables["db/days"]["Parameters"] = {
        "projection.enabled": "true",
        "projection.dt.type": "date",
        "projection.dt.range": "2026-11-27,2026-11-27",
        "projection.dt.format": "yyyy-MM-dd",
        "projection.dt.interval": "1",
        "projection.dt.interval.unit": "DAYS",
    }
    allowed = without("glue:GetPartitions", "glue:GetPartition", "glue:BatchGetPartition")
    assert ended(QUERY, allowed) == ("SUCCEEDED", "")


def test_the_administrator_may_ask_everything() -> None:
    assert run(QUERY)["Status"]["State"] == "SUCCEEDED"
