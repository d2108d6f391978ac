# SPDX-License-Identifier: Apache-2.0
"""When deploying again would change nothing."""

from pathlib import Path

import pytest

from edgepixel.local import last_deployment
from edgepixel.local.changes import Deployed
from edgepixel.local.last_deployment import is_up_to_date, remember, sources
from tests.unit.edgepixel.fake_cloud import STACK

THEN = Deployed(STACK, {}, ({"EventId": "2"}, {"EventId": "1"}))
LATER = Deployed(STACK, {}, ({"EventId": "3"}, *THEN.events))


def test_only_the_same_sources_in_an_untouched_stack_are_up_to_date(tmp_path: Path) -> None:
    assert not is_up_to_date(tmp_path, "a", THEN)
    remember(tmp_path, "a", THEN)
    assert is_up_to_date(tmp_path, "a", THEN)
    assert not is_up_to_date(tmp_path, "b", THEN)
    assert not is_up_to_date(tmp_path, "a", LATER)


@pytest.mark.parametrize("changed", ["template.yaml", "functions/aggregator/app.py", "functions/aggregator/new.txt"])
def test_every_file_that_is_built_counts(changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_deployment, "ROOT", tmp_path)
    for name in ("template.yaml", "functions/aggregator/app.py", "functions/aggregator/__pycache__/app.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    before = sources()
    (tmp_path / "functions/aggregator/__pycache__/app.pyc").write_text("two")
    assert sources() == before
    (tmp_path / changed).write_text("two")
    assert sources() != before
