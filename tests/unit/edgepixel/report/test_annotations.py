# SPDX-License-Identifier: Apache-2.0
"""A file of annotations: what a line may be, what is refused, and how charts mark them."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from edgepixel.answers.subject.periods import Period
from edgepixel.answers.subject.steps import Step, spans_of
from edgepixel.errors import UnreadableInputError
from edgepixel.report import charts
from edgepixel.report.annotations import Annotation, read_annotations, within
from edgepixel.report.page import render
from tests.unit.edgepixel.report.test_page import END, VISITORS, gathered, table

BERLIN = Period(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC), "Europe/Berlin")


def written(folder: Path, text: str) -> Path:
    path = folder / "annotations.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_line_is_a_date_perhaps_a_time_and_words(tmp_path: Path) -> None:
    text = "# ours\n\n2026-11-24 09:30 New <front> page\n  2026-11-20\tNewsletter: autumn \n2026-11-21T07:05 Talk\n"
    assert read_annotations(written(tmp_path, text)) == (
        Annotation(date(2026, 11, 24), time(9, 30), "New <front> page"),
        Annotation(date(2026, 11, 20), None, "Newsletter: autumn"),
        Annotation(date(2026, 11, 21), time(7, 5), "Talk"),
    )


@pytest.mark.parametrize(
    "line", ["2026-02-30 Newsletter", "2026-11-20", "Newsletter", "2026-11-20 25:00 Talk", "20.11.2026 Newsletter"]
)
def test_another_line_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    with pytest.raises(UnreadableInputError, match=r"annotations\.txt, line 3: "):
        read_annotations(written(tmp_path, f"2026-11-19 Fine\n\n{line}\n"))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match="cannot be read"):
        read_annotations(tmp_path / "missing.txt")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(UnreadableInputError, match="cannot be read"):
        read_annotations(tmp_path / "picture.png")


def test_times_are_of_the_sites_zone_and_those_outside_of_the_period_do_not_count() -> None:
    noon = Annotation(date(2026, 10, 25), time(12), "noon")
    begins = Annotation(date(2026, 10, 25), None, "a day of 25 hours begins")
    before, after = Annotation(date(2026, 10, 24), time(23, 59), "-"), Annotation(date(2026, 10, 27), None, "-")
    assert within([after, noon, before, begins], BERLIN) == [begins, noon]
    assert begins.moment(BERLIN) == BERLIN.begin
    assert noon.moment(BERLIN) == datetime(2026, 10, 25, 11, tzinfo=UTC)


@pytest.mark.parametrize("by", ["hour", "day"])
def test_charts_have_a_numbered_line_at_each(by: Step) -> None:
    moments = [BERLIN.begin + timedelta(hours=3), BERLIN.begin + timedelta(hours=30)]

    def drawn(annotated: list[datetime]) -> str:
        if by == "hour":
            return charts.per_hour({BERLIN.begin: 7}, [], "events", BERLIN, 860, annotated)
        days = spans_of(BERLIN, "day")
        return charts.per_span({days[0].first: 7}, days, "events", BERLIN, 860, annotated)

    marked, plain = ElementTree.fromstring(drawn(moments)), ElementTree.fromstring(drawn([]))  # noqa: S314 (our own)

    def lines(svg: ElementTree.Element) -> list[ElementTree.Element]:
        return [one for one in svg.iter() if one.get("stroke-dasharray") == "2,3"]

    assert len(lines(marked)) == 2
    assert not lines(plain)
    texts = [one.text for one in marked.iter() if one.tag.endswith("text")]
    assert texts[-2:] == ["1", "2"]


def test_the_report_lists_them_below_its_charts() -> None:
    hostile = Annotation(END.date() - timedelta(days=1), None, "<script>alert(1)</script>")
    old = Annotation(date(2020, 1, 1), None, "long ago")
    hours = table("events-per-hour", ("2026-11-22 12:00:00.000", 7, 3))
    answers = {"visitor-count": VISITORS, "events-per-hour": hours}
    page = render(gathered(answers, annotations=(old, hostile)))
    assert page.count("<li>2026-11-22: &lt;script&gt;alert(1)&lt;/script&gt;</li>") == 2
    assert "long ago" not in page
    assert 'class="annotations"' not in render(gathered(answers))
