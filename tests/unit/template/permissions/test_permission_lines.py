# SPDX-License-Identifier: Apache-2.0
"""What a stack used is found again among the lines of the template's permissions."""

from collections.abc import Mapping
from typing import Any

from edgepixel.aws.lake_names import QUARANTINE
from tests.unit.template.permissions.permission_lines import grants, used_lines

LAKE = "arn:aws:s3:::shop-lakebucket-1f2e"


def _use(holder: str, sid: str, action: str, resource: str) -> dict[str, str]:
    return {"holder": holder, "policy": "own", "sid": sid, "action": action, "resource": resource}


def test_a_use_is_the_line_of_its_action_and_resource(transformed: Mapping[str, Any]) -> None:
    written = "WriteQuarantineAndFailedBatches"
    use = _use("shop-AggregatorRole-1F2E", written, "s3:PutObject", f"{LAKE}/{QUARANTINE}*")
    line = f"AggregatorRole allow s3:PutObject ${{LakeBucket.Arn}}/{QUARANTINE}*"
    assert used_lines([use], transformed) == {line}


def test_a_name_that_the_template_composes_is_found(transformed: Mapping[str, Any]) -> None:
    arn = "arn:aws:cloudfront::000000000000:realtime-log-config/edgepixel-5f1c7d30"
    use = _use("shop-EdgeSetupRole-1F2E", "RealtimeLogConfiguration", "cloudfront:DeleteRealtimeLogConfig", arn)
    assert any("edgepixel-${StackGuid}" in line for line in used_lines([use], transformed))


def test_a_trust_policy_a_function_and_a_bucket_have_lines_too(transformed: Mapping[str, Any]) -> None:
    uses = [
        _use("my-shop-CrawlerRole-1F2E", "", "sts:AssumeRole", ""),
        _use(
            "shop-CrawlerTriggerFunction-1F2E", "any", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:1:function:f"
        ),
        _use(
            "shop-sitebucket-1f2e", "ReadThroughThisDistributionOnly", "s3:GetObject", "arn:aws:s3:::shop-sitebucket/*"
        ),
    ]
    # Which of EventBridge's rules called a function is not told apart.
    found = {line.split()[0] for line in used_lines(uses, transformed)}
    assert found == {"${CrawlerTriggerFunction}", "CrawlerRole", "SiteBucketPolicy"}


def test_another_role_s_use_is_nobody_s(transformed: Mapping[str, Any]) -> None:
    use = _use("test", "Everything", "*", "*")
    assert used_lines([use], transformed) == set()


def test_every_statement_of_a_role_has_a_name_of_its_own(transformed: Mapping[str, Any]) -> None:
    """By it a use is told from others."""
    statements: dict[tuple[str, str], set[str]] = {}
    for grant in grants(transformed):
        if grant.sid:
            statements.setdefault((grant.holder, grant.sid), set()).add(grant.line.partition(grant.action)[0])
    assert len(statements) > 20
    assert {key: begins for key, begins in statements.items() if len(begins) > 1} == {}
