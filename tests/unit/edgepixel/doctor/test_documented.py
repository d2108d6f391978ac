# SPDX-License-Identifier: Apache-2.0
"""What the doctor knows of the rest of the project, and says of itself, is so."""

import json
import re
from collections.abc import Iterator

import botocore.session
import pytest
from botocore import xform_name

from edgepixel.doctor.facts.role_needs import Arns, role_needs
from edgepixel.doctor.findings import Paragraph, Stage
from edgepixel.doctor.follow import stream_search
from edgepixel.doctor.follow.patience import patience
from edgepixel.doctor.stages import aggregator, trigger
from edgepixel.template.reader import read_template
from tests.conftest import FUNCTIONS, ROOT
from tests.markdown_pages import anchors

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = OPERATIONS.partition("## Is it working?")[2].partition("\n### ")[0]
SOURCES = [path.read_text(encoding="utf-8") for path in (ROOT / "edgepixel" / "doctor").rglob("*.py")]
# Where the permission has another name than the operation (Amazon S3 User Guide, "Required permissions for Amazon S3
# API operations"), and the services whose permissions have another prefix than boto3's name.
_S3 = {
    "list_objects_v2": "s3:ListBucket",
    "get_object": "s3:GetObject",
    "get_bucket_policy": "s3:GetBucketPolicy",
    "get_bucket_notification_configuration": "s3:GetBucketNotification",
}
# What `edgepixel.ask.athena`, which the doctor asks by, calls in addition.
BY_QUERIES = {
    "athena:BatchGetNamedQuery",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:ListNamedQueries",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
}
BY_FIND_STACK = {"cloudformation:DescribeStacks", "cloudformation:DescribeStackEvents"}
# For the queries themselves: Athena reads with its caller's permissions (Amazon Athena User Guide, "Access to Athena").
BY_ATHENA = {"glue:GetPartitions", "glue:BatchGetPartition", "s3:GetBucketLocation", "s3:PutObject"}


def calls() -> Iterator[tuple[str, str]]:
    """Service and operation, by boto3's names, of every call that stands in the code."""
    for source in SOURCES:
        yield from re.findall(r'(?:ask|listed)\(\s*"(\w+)",\s*"(\w+)"', source)
    yield "s3", "get_object"


def action(service: str, operation: str) -> str:
    """The permission that a call needs."""
    if service == "s3":
        return _S3[operation]
    names = botocore.session.get_session().get_service_model(service).operation_names
    (name,) = [name for name in names if xform_name(name) == operation]
    return f"{service}:{name}"


@pytest.mark.parametrize("paragraph", Paragraph)
def test_every_problem_leads_to_a_paragraph_that_is_there_and_is_used(paragraph: Paragraph) -> None:
    assert paragraph in anchors(OPERATIONS)
    assert any(f"Paragraph.{paragraph.name}" in source for source in SOURCES)


def test_the_permissions_that_it_needs_are_documented_and_no_others() -> None:
    needed = {action(service, operation) for service, operation in calls()}
    assert "kinesis:GetRecords" in needed
    documented = set(re.findall(r"`([a-z0-9]+:[A-Z]\w+)`", SECTION))
    assert documented == needed | BY_QUERIES | BY_FIND_STACK | BY_ATHENA


def test_every_call_only_reads() -> None:
    assert {operation.partition("_")[0] for _, operation in calls()} <= {
        *("batch", "describe", "filter", "get", "list", "simulate")
    }


def test_what_is_said_of_time_and_reads_is_so() -> None:
    parameters = read_template()["Parameters"]
    names = ("BatchingWindowSeconds", "BufferSeconds", "Aggregation")
    waits = patience({name: str(parameters[name]["Default"]) for name in names})
    text = " ".join(SECTION.split())
    assert f"so {waits.usual / 60:.0f} minutes by default" in text
    assert f"after these two and {(waits.longest - waits.usual) / 60:.0f} minutes more" in text
    assert f"no more than {stream_search.MEGABYTES_A_SHARD} MB of each in all" in text
    assert f"if there are more than {stream_search.MOST_SHARDS} shards" in text


def test_every_stage_of_the_example_is_one() -> None:
    shown = re.findall(r"^  ([a-z ]+?)  +(?:ok|failed|not reached) ", SECTION, re.MULTILINE)
    assert len(shown) == 5
    assert set(shown) <= set(Stage)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("aggregator", aggregator.BATCH_MESSAGE),
        ("crawler_trigger", trigger.DONE_MESSAGE),
        ("crawler_trigger", trigger.WAITING_MESSAGE),
    ],
)
def test_functions_log_what_is_looked_for(function: str, message: str) -> None:
    assert f'"{message}"' in (FUNCTIONS / function / "app.py").read_text(encoding="utf-8")


def test_roles_are_asked_for_what_the_template_gives_them() -> None:
    arns = Arns("raw", "aggregated", "lake", "glue", "base", "crawler", "trigger")
    resources = read_template()["Resources"]
    for role, needs in role_needs(arns).items():
        policies = json.dumps(resources[role]["Properties"]["Policies"])
        assert [need.action for need in needs if f'"{need.action}"' not in policies] == [], role
    assert {"RealtimeLogRole", "DeliveryRole"} & set(
        role_needs(Arns(None, None, "lake", "glue", "base", "crawler", "trigger"))
    ) == set()
    assert "AggregatorRole" not in role_needs(Arns("raw", None, "lake", "glue", "base", "crawler", "trigger"))
