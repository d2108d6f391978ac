# SPDX-License-Identifier: Apache-2.0
"""Folders of answers are read whole, and what is wrong with one is said with its file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edgepixel.answers import registry
from edgepixel.answers.registry import answer, answers, groups, names
from edgepixel.answers.subject import conditions
from edgepixel.errors import AnswerFolderError
from edgepixel.report.panels import in_headline

GOOD = 'description = "One"\ngroup = "blog"\nplace = 5\ncounts = "people"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of answers, with one group."""
    (tmp_path / "groups.toml").write_text('[blog]\nheading = "For a blog"\n')
    (tmp_path / "period.sql").write_text("event_time >= {{ begin }}\n")
    for module in (registry, conditions):
        monkeypatch.setattr(module, "FOLDER", tmp_path)
    for cached in (answers, groups):
        cached.cache_clear()
    yield tmp_path
    for cached in (answers, groups):
        cached.cache_clear()


def add(folder: Path, name: str, text: str = GOOD) -> None:
    (folder / name).mkdir()
    (folder / name / "answer.toml").write_text(text)


def test_an_answer_has_the_name_of_its_folder_and_answers_are_in_the_order_of_their_places(folder: Path) -> None:
    add(folder, "second-one", GOOD.replace("5", "7"))
    add(folder, "first-one")
    (folder / "no-answer").mkdir()
    assert names() == ("first-one", "second-one")
    assert answer("second-one").logical_id == "SecondOneAnswer"
    assert answer("first-one").counts == "people"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD.replace("people", "bots"), 'counts must be "people", "sales" or "everyone", not "bots"'),
        (GOOD.replace("blog", "press"), 'group must be one of blog, not "press"'),
        (GOOD.replace("place = 5\n", ""), "missing 1 required positional argument: 'place'"),
        (GOOD + "colour = 1\n", "unexpected keyword argument 'colour'"),
        (GOOD + "colour\n", "line 5"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said_with_its_file(folder: Path, text: str, problem: str) -> None:
    add(folder, "broken", text)
    with pytest.raises(AnswerFolderError, match=r"broken/answer\.toml: .*") as raised:
        answers()
    assert problem in str(raised.value)


def test_a_missing_file_is_named(folder: Path) -> None:
    add(folder, "empty")
    (folder / "conditions.sql").write_text("true\n")
    with pytest.raises(AnswerFolderError, match=r"answers/empty/query\.sql is missing"):
        conditions.query(answer("empty"))
    with pytest.raises(AnswerFolderError, match=r"answers/empty/truth\.py is missing"):
        answer("empty").module("truth")


def test_the_shared_conditions_are_put_in_with_the_indentation_of_their_line(folder: Path) -> None:
    add(folder, "one")
    (folder / "conditions.sql").write_text("{{ traffic }} /* traffic */\n  AND {{ period }}\n")
    (folder / "one" / "query.sql").write_text("SELECT 1\n  WHERE {{ conditions }}\n  AND {{ begin }} > 0\n")
    begin = "date_add('day', -7 /* days */, current_timestamp)"
    assert conditions.query(answer("one")) == (
        f"SELECT 1\n  WHERE traffic = 'human' /* traffic */\n    AND event_time >= {begin}\n  AND {begin} > 0\n"
    )


def test_a_blank_that_nothing_fills_is_refused(folder: Path) -> None:
    add(folder, "one")
    (folder / "conditions.sql").write_text("true\n")
    (folder / "one" / "query.sql").write_text("SELECT {{ ending }}\n")
    with pytest.raises(
        AnswerFolderError, match=r"one/query\.sql: \{\{ ending \}\} is not one of the blanks: .*begin, .*conditions, "
    ):
        conditions.query(answer("one"))


def test_an_answer_has_a_place_in_the_report_if_it_has_a_panel() -> None:
    with_panel = [one for one in answers() if one.has("panel.py")]
    assert [one for one in answers() if one.report_place] == with_panel
    assert [one for one in with_panel if hasattr(one.module("panel"), "figures")] == in_headline()
    places = [one.report_place for one in with_panel]
    assert len(places) == len(set(places))
