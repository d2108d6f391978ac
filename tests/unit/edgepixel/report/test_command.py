# SPDX-License-Identifier: Apache-2.0
"""The command `report`: what it is about, and where the page goes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.periods import Comparison, Dates
from edgepixel.answers.subject.steps import Step
from edgepixel.aws.stack import Stack
from edgepixel.cli import main
from edgepixel.console.progress import Progressed
from edgepixel.report import command, page
from edgepixel.report.gather import Gathered
from tests.unit.edgepixel.fake_cloud import STACK


@pytest.fixture
def subjects(monkeypatch: pytest.MonkeyPatch) -> list[Subject]:
    """What was asked about; every page says only its stack."""
    asked: list[Subject] = []

    def gather(
        stack: Stack,
        subject: Subject,
        end: datetime,
        _progress: Progressed,
        *,
        comparison: Comparison,
        by: Step | None,
    ) -> Gathered:
        asked.append(subject)
        return Gathered(stack.name, subject, end.astimezone(UTC), {}, {}, comparison=comparison, by=by)

    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: STACK)
    monkeypatch.setattr(command, "gather", gather)
    monkeypatch.setattr(page, "render", lambda gathered: f"of {gathered.stack}")
    return asked


def test_the_page_is_written_and_its_path_is_all_that_is_printed(
    subjects: list[Subject], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new" / "report.html"
    assert main(["report", "--output", str(path), "--days", "30", "--site", "blog", "--include-bots"]) == 0
    assert subjects == [Subject(30, "blog", True)]
    assert path.read_text() == "of edgepixel"
    assert list(path.parent.iterdir()) == [path]
    assert capsys.readouterr().out == f"{path}\n"


def test_what_it_is_about_and_compared_with_can_be_chosen(
    subjects: list[Subject], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page, "render", lambda gathered: f"{gathered.comparison} {gathered.by} {gathered.time_zone}")
    path = tmp_path / "report.html"
    options = ["--period", "last-month", "--time-zone", "Asia/Tokyo", "--compare", "year", "--by", "week"]
    assert main(["report", "--output", str(path), *options]) == 0
    assert subjects == [Subject(time_zone="Asia/Tokyo", dates=Dates(name="last-month"))]
    assert path.read_text() == "year week UTC"  # the zone is gathered with the answers
    assert main(["report", "--output", str(path), "--compare", "month"]) == 2
    assert "'previous', 'weekday', 'year', 'none'" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_asked(
    subjects: list[Subject], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["report", "--output", str(tmp_path / "file" / "report.html")]) == 2
    assert subjects == []
    assert "is not a folder that you may write to" in capsys.readouterr().err
