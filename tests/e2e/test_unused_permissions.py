# SPDX-License-Identifier: Apache-2.0
"""No role may do what nothing needs: each permission is used by one of these tests, or has a reason in writing.

This test runs last (`conftest.py` sees to it), and only after all the others.
"""

from pathlib import Path

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.publication.application import read_application
from tests.conftest import ROOT
from tests.e2e.permission_use import uses
from tests.unit.template.permissions.permission_lines import REVIEWED, reviewed, used_lines

HERE = Path(__file__).parent


def test_each_permission_is_used_or_needed_for_a_written_reason(cloud: Cloud, request: pytest.FixtureRequest) -> None:
    missing = _not_run(request)
    if missing:
        pytest.skip(f"tells nothing without all end-to-end tests: {missing}")
    used = used_lines(uses(cloud), read_application(ROOT / "template.yaml").transformed)
    allowed = {line: reason for line, reason in reviewed().items() if " deny " not in line}
    unused = [line for line, reason in allowed.items() if line not in used and not reason]
    assert unused == [], f"no end-to-end test uses these: remove them, or write behind ` # ` of {REVIEWED.name} why"
    stale = [line for line, reason in allowed.items() if line in used and reason]
    assert stale == [], f"end-to-end tests use these: {REVIEWED.name} needs no reason for them"


def _not_run(request: pytest.FixtureRequest) -> str:
    """What of the end-to-end tests was left out or failed; empty if nothing was."""
    config, session = request.config, request.session
    if config.option.keyword or config.option.markexpr or any("::" in argument for argument in config.args):
        return "some were deselected"
    left_out = set(HERE.rglob("test_*.py")) - {item.path for item in session.items}
    if left_out:
        return f"{len(left_out)} files were left out"
    return f"{session.testsfailed} failed" if session.testsfailed else ""
