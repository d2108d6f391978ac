# SPDX-License-Identifier: Apache-2.0
"""What `make template` writes, and that it was run."""

from pathlib import Path

import pytest

from edgepixel.answers.registry import answer
from edgepixel.errors import AnswerFolderError
from edgepixel.rendering import document_blocks, template_blocks
from edgepixel.rendering.blocks import Block, stale
from edgepixel.template.reader import _substituted


def test_the_committed_files_are_what_make_template_writes() -> None:
    found = [
        f"{block.path.name}: {block.command}" for block in stale([*template_blocks.blocks(), *document_blocks.blocks()])
    ]
    assert found == [], "run `make template`"


@pytest.mark.parametrize("wrong", ["\\", "${Sql}", "-- a comment"])
def test_the_view_must_not_hold_what_would_end_its_string(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raw_events.sql").write_text(f"SELECT 1 AS one {wrong}, {{{{ rules_version }}}} AS rules_version\n")
    monkeypatch.setattr(template_blocks, "FOLDER", tmp_path)
    with pytest.raises(AnswerFolderError, match=r"answers/raw_events\.sql holds"):
        template_blocks.blocks()


@pytest.mark.parametrize("changed", ["pixel.js", "resources/pixel_script.py"])
def test_the_script_s_resource_changes_whenever_the_script_does(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation asks a custom resource for an update only when one of its properties changes."""
    folder = tmp_path / "functions" / "edge_setup"
    (folder / "resources").mkdir(parents=True)
    for name in ("pixel.js", "resources/pixel_script.py"):
        (folder / name).write_text(name)
    monkeypatch.setattr(template_blocks, "ROOT", tmp_path)
    before = _script(template_blocks.blocks())
    (folder / changed).write_text("something else")
    assert _script(template_blocks.blocks()) != before


def _script(blocks: list[Block]) -> str:
    (text,) = [block.text for block in blocks if "pixel.js" in block.command]
    return text


def test_what_looks_like_a_variable_in_the_sql_of_an_answer_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    sql = "SELECT regexp_extract(query, '^${a}', 1), t AT TIME ZONE '{zone}' FROM events\n"
    monkeypatch.setattr(template_blocks, "query", lambda _answer, zone, _pixel_path: sql.replace("{zone}", zone))
    rendered = template_blocks._text(answer("referrers"))
    assert rendered.startswith("!Sub |\n        SELECT regexp_extract(query, '^${!a}', 1), t AT")
    assert "TIME ZONE '${TimeZone}'" in rendered
    assert _substituted({"Fn::Sub": rendered.partition("|\n        ")[2]}) == sql.replace("{zone}", "UTC")


def test_an_answer_without_hours_and_days_is_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_blocks, "query", lambda _answer, _zone, _pixel_path: "SELECT '${a}' FROM events\n")
    assert template_blocks._text(answer("referrers")) == "|\n        SELECT '${a}' FROM events\n"
