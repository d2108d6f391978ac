# SPDX-License-Identifier: Apache-2.0
"""The first page, piece by piece as answers come. The panels are the report's, with links."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from edgepixel.answers.registry import Answer
from edgepixel.answers.subject.approximate import REMARK
from edgepixel.answers.subject.filters import dimensions, left_out_of_sales
from edgepixel.answers.subject.funnels import DEFAULT as USUAL_FUNNEL
from edgepixel.answers.subject.periods import remarks
from edgepixel.answers.subject.present_values import chosen, counts_nothing, missing
from edgepixel.answers.subject.steps import step_of, steps_of
from edgepixel.aws.failures import AWS_FAILURES
from edgepixel.console.table import Table
from edgepixel.cost.prices import athena_usd
from edgepixel.dashboard.address import COMPARISONS, PERIODS
from edgepixel.dashboard.asking import Answers, Sitting
from edgepixel.dashboard.pages.parts import ENVIRONMENT, EVENTS, common, title, words
from edgepixel.errors import EdgePixelError
from edgepixel.report.headline import Figure
from edgepixel.report.panels import (
    OverTime,
    Panel,
    Ranking,
    Rows,
    figures_of,
    in_headline,
    in_report,
    is_drawn,
    panels_of,
    sum_by,
)

_CLASSES = "traffic-quality"


@dataclass(frozen=True)
class Choice:
    """A link of a row of links."""

    title: str
    link: str
    is_chosen: bool
    number: int | None = None


def pieces(sitting: Sitting) -> Iterator[Callable[[], str]]:
    """The page of an address, from its head to its foot: each piece, when it is called, waits for what it shows."""
    panels = in_report()
    if sitting.waiting is not None:
        yield lambda: _head(sitting)
        yield lambda: ENVIRONMENT.get_template("waiting.html.j2").render(common(sitting))
        yield lambda: _foot(sitting)
        return
    sitting.want(*_headline_questions(sitting), _classes_question(sitting))
    sitting.want(*(sitting.of_page(one.name) for one in panels if _is_there(sitting, one)))
    columns = _Columns()
    yield lambda: _head(sitting)
    yield lambda: _guarded(lambda: _classes(sitting), "the classes of traffic")
    yield lambda: _guarded(lambda: _figures(sitting), "the first numbers")
    yield lambda: _guarded(lambda: columns.of_headline(sitting), "what filters leave out")
    yield lambda: _guarded(lambda: _missing(sitting), "which values there are")
    for one in panels:
        if _is_there(sitting, one):
            yield lambda one=one: columns.placed(sitting, one)  # type: ignore[misc]
    yield lambda: columns.end() if columns.are_any else _nothing(sitting)
    if sitting.own:
        yield lambda: ENVIRONMENT.get_template("own_questions.html.j2").render(common(sitting))
    yield lambda: _foot(sitting)


class _Columns:
    """Rankings that follow each other stand side by side."""

    def __init__(self) -> None:
        self._are_open = False
        self._left_out = False
        self.are_any = False

    def placed(self, sitting: Sitting, one: Answer) -> str:
        """An answer's panels, behind what was there before."""
        answers = Answers(sitting, tuple(panel.name for panel in in_report()))
        try:
            panels = panels_of(one, answers, sitting.period, OverTime(sitting.address.by, sitting.annotations))
        except (EdgePixelError, *AWS_FAILURES) as error:
            self.are_any = True
            return self.end() + _failed(error, one.description)
        self.are_any = self.are_any or bool(panels)
        said = self._remark(sitting) if panels and one.counts == "sales" else ""
        return said + "".join(self._placed(sitting, one, panel) for panel in panels)

    def end(self) -> str:
        was_open, self._are_open = self._are_open, False
        return "</div>\n" if was_open else ""

    def of_headline(self, sitting: Sitting) -> str:
        """What belongs behind the first numbers, of which orders and revenue may be some."""
        sells = any(one.counts == "sales" and sitting.answer(one.name).rows for one in in_headline())
        return self._remark(sitting) if sells else ""

    def _remark(self, sitting: Sitting) -> str:
        """Once, where the first thing about sales is: what the filters leave out of them all."""
        if self._left_out:
            return ""
        self._left_out = True
        said = left_out_of_sales(sitting.address.filters)
        return self.end() + ENVIRONMENT.get_template("remark.html.j2").render(words=said) if said else ""

    def _placed(self, sitting: Sitting, one: Answer, panel: Panel) -> str:
        macros = ENVIRONMENT.get_template("panels.html.j2").make_module(common(sitting))
        if isinstance(panel, Ranking):
            begin = "" if self._are_open else '<div class="columns">\n'
            self._are_open = True
            return begin + str(macros.ranked(panel, one.name))  # type: ignore[attr-defined]
        drawn = macros.rows if isinstance(panel, Rows) else macros.drawing  # type: ignore[attr-defined]
        return self.end() + str(drawn(panel, one.name))


def _nothing(sitting: Sitting) -> str:
    """In the place of all panels, if there is none."""
    return ENVIRONMENT.get_template("nothing.html.j2").render(common(sitting))


def _head(sitting: Sitting) -> str:
    address = sitting.address
    return ENVIRONMENT.get_template("head.html.j2").render(
        common(sitting),
        periods=[
            Choice(title, address.about(name).link(), address.dates is None and address.period == name)
            for name, title in PERIODS.items()
        ],
        comparisons=[
            Choice(title, address.compared(name).link(), address.comparison == name)
            for name, title in COMPARISONS.items()
        ],
        steps=_steps(sitting),
        dimensions=dimensions(),
        usual_funnel=USUAL_FUNNEL,
        remarks=[
            *remarks(sitting.period),
            *([REMARK] if address.subject.approximate else []),
            *([sitting.unread] if sitting.unread else []),
        ],
    )


def _steps(sitting: Sitting) -> list[Choice]:
    """By what charts over time may be drawn, if there is a choice; what was chosen may be too fine for the period."""
    address, possible = sitting.address, steps_of(sitting.period)
    if len(possible) == 1:
        return []
    drawn = address.by and step_of(sitting.period, address.by)
    return [
        Choice(f"by {step}" if step else "as the period is long", address.charted(step).link(), drawn == step)
        for step in (None, *possible)
    ]


def _all_classes(sitting: Sitting) -> Table:
    """Whatever class is chosen."""
    return sitting.table(_classes_question(sitting)) if _class_is_chosen(sitting) else sitting.answer(_CLASSES)


def _class_is_chosen(sitting: Sitting) -> bool:
    return sitting.address.of(everyone=False).filters != sitting.address.filters


def _classes_question(sitting: Sitting) -> Any:
    if not _class_is_chosen(sitting):
        return sitting.of_page(_CLASSES)
    return sitting.question(_CLASSES, address=sitting.address.of(everyone=False))


def _classes(sitting: Sitting) -> str:
    address = sitting.address
    counted = sum_by(_all_classes(sitting), "traffic", "events")
    chosen = [one.value for one in address.filters if (one.dimension, one.operator) == ("traffic", "=")]
    people = dict(counted).get("human", 0)
    choices = [Choice("People", address.of(everyone=False).link(), not chosen and not address.everyone, people)]
    choices += [
        Choice(title(name), address.of(everyone=False).only("traffic", name).link(), name in chosen, number)
        for name, number in counted
        if name != "human"
    ]
    everything = sum(number for _, number in counted)
    choices.append(Choice("Everything", address.of(everyone=True).link(), address.everyone and not chosen, everything))
    return ENVIRONMENT.get_template("classes.html.j2").render(choices=choices)


def _headline_questions(sitting: Sitting) -> list[Any]:
    found = []
    for one in in_headline():
        found.append(sitting.of_page(one.name))
        if sitting.earlier is not None:
            found.append(sitting.question(one.name, sitting.earlier))
    return found


def _figures(sitting: Sitting) -> str:
    before: dict[str, Table] = {}
    if sitting.earlier is not None:
        before = {one.name: sitting.table(sitting.question(one.name, sitting.earlier)) for one in in_headline()}
    had_events = any(record.get("events") for table in before.values() for record in table.records())
    figures: list[Figure] = [
        figure
        for one in in_headline()
        for figure in figures_of(one, sitting.answer(one.name), before[one.name] if had_events else None)
    ]
    return ENVIRONMENT.get_template("figures.html.j2").render(
        common(sitting), figures=figures, earlier=sitting.earlier, had_events=had_events
    )


def _missing(sitting: Sitting) -> str:
    """If nothing is counted, of people or of programs: that no event has what a filter chooses, and what there is."""
    wanted = chosen(sitting.address.subject)
    if not wanted or not counts_nothing(_all_classes(sitting)):
        return ""
    words = missing(wanted, sitting.table(sitting.values(wanted[0].dimension)))
    return ENVIRONMENT.get_template("remark.html.j2").render(words=words) if words else ""


def _foot(sitting: Sitting) -> str:
    given = sitting.given()
    scanned = sum(one.scanned_bytes for one in given)
    return ENVIRONMENT.get_template("foot.html.j2").render(
        common(sitting),
        newest=EVENTS,
        asked=min((one.asked for one in given), default=None),
        questions=len(given),
        known=sum(not one.scanned_bytes for one in given),
        scanned_bytes=scanned,
        usd=sum(athena_usd(one.scanned_bytes) for one in given if one.scanned_bytes),
    )


def _guarded(made: Callable[[], str], what: str) -> str:
    try:
        return made()
    except (EdgePixelError, *AWS_FAILURES) as error:
        return _failed(error, what)


def _failed(error: Exception, what: str) -> str:
    """In the place of a panel: what happened and what to do."""
    return ENVIRONMENT.get_template("failed.html.j2").render(what=what, message=words(error))


def _is_there(sitting: Sitting, one: Answer) -> bool:
    """Whether the stack has the answer, and the address may ask it: one that is not about events has no filters."""
    if one.name not in sitting.queries or not is_drawn(one, sitting.period, sitting.address.by):
        return False
    return one.about_events or not sitting.address.filters
