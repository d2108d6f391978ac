# SPDX-License-Identifier: Apache-2.0
"""Nobody gets a permission that was not looked at: `reviewed_permissions.txt` lists them all."""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.iam.authorization_reference import resource_types
from tests.unit.template.permissions.permission_lines import granted, reviewed


def test_every_permission_was_reviewed(transformed: Mapping[str, Any]) -> None:
    known = reviewed()
    now = granted(transformed)
    new = "\n".join(f"+ {line}" for line in now if line not in known)
    gone = "\n".join(f"- {line}" for line in known if line not in now)
    assert new + gone == "", f"Review these, and bring reviewed_permissions.txt up to date:\n{new}\n{gone}"
    assert len(known) > 50


def test_what_has_no_resource_is_allowed_on_everything_and_nothing_else_is(transformed: Mapping[str, Any]) -> None:
    """AWS authorizes such actions on `*`: on an ARN they are never allowed, and the deployment fails."""
    found = [re.match(r"(\S+) .*?allow (\w+:\w+) (\S+)", line) for line in granted(transformed)]
    pairs = {(match[2], match[3] == "*") for match in found if match}
    assert pairs == {(action, not resource_types(action)) for action, _ in pairs}
    assert ("cloudfront:CreateRealtimeLogConfig", True) in pairs
    assert ("cloudfront:UpdateRealtimeLogConfig", False) in pairs


def test_no_role_has_a_wildcard_of_actions(transformed: Mapping[str, Any]) -> None:
    assert [line for line in granted(transformed) if re.search(r" allow (?:\S+=\S+ )?[a-z0-9-]*:\* ", line)] == []
