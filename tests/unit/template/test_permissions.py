# SPDX-License-Identifier: Apache-2.0
"""Nobody gets a permission that was not looked at: `reviewed_permissions.txt` lists them all."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.unit.template.permissions import granted

REVIEWED = Path(__file__).parent / "reviewed_permissions.txt"
# Services without resource-level permissions for these (Service Authorization Reference).
ON_EVERYTHING = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "cloudfront:ListOriginAccessControls",
    "glue:GetClassifier",
    "glue:GetClassifiers",
}


def test_every_permission_was_reviewed(transformed: Mapping[str, Any]) -> None:
    reviewed = [line for line in REVIEWED.read_text().splitlines() if line and not line.startswith("#")]
    now = granted(transformed)
    new = "\n".join(f"+ {line}" for line in now if line not in reviewed)
    gone = "\n".join(f"- {line}" for line in reviewed if line not in now)
    assert new + gone == "", f"Review these, and bring {REVIEWED.name} up to date:\n{new}\n{gone}"
    assert len(reviewed) == len(set(reviewed)) > 50


def test_only_what_has_no_resource_is_allowed_on_everything(transformed: Mapping[str, Any]) -> None:
    found = {re.match(r"\S+ allow (\S+) \*(?: |$)", line) for line in granted(transformed)}
    assert {match[1] for match in found if match} == ON_EVERYTHING


def test_no_role_has_a_wildcard_of_actions(transformed: Mapping[str, Any]) -> None:
    assert [line for line in granted(transformed) if re.search(r" allow (?:\S+ )?\S*:\*", line)] == []
