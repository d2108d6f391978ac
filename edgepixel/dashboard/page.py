# SPDX-License-Identifier: Apache-2.0
"""The dashboard's pages, piece by piece as answers come. The panels are the report's, with links."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jinja2
from markupsafe import Markup

from edgepixel.answers.approximate import REMARK
from edgepixel.answers.countries import country_name
from edgepixel.answers.filters import Filter, dimensions
from edgepixel.answers.periods import described, remarks
from edgepixel.answers.present_values import chosen, counts_nothing, missing
from edgepixel.answers.registry import Answer, answer, known_answer
from edgepixel.answers.shown import shown_table
from edgepixel.answers.steps import step_of, steps_of
from edgepixel.aws.failures import AWS_FAILURES, explained
from edgepixel.console.table import Table, is_number
from edgepixel.cost.prices import athena_usd
from edgepixel.dashboard.address import COMPARISONS, PERIODS, Address
from edgepixel.dashboard.asking import Answers, Sitting
from edgepixel.dashboard.own_questions import OwnQuestion
from edgepixel.errors import EdgePixelError
from edgepixel.report.headline import Figure
from edgepixel.report.panels import (
    Panel,
    Ranking,
    Rows,
    cell,
    figures_of,
    in_headline,
    in_report,
    is_drawn,
    panels_of,
    sum_by,
)

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.ChoiceLoader(
        [jinja2.PackageLoader("edgepixel.dashboard", "templates"), jinja2.PackageLoader("edgepixel.report", ".")]
    ),
    autoescape=True,  # visitors sent what stands in the tables
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_CLASSES = "traffic-quality"
_EVENTS = "recent-events"
MOST_DETAILS = 2000


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
        yield lambda: _ENVIRONMENT.get_template("waiting.html.j2").render(_common(sitting))
        yield lambda: _foot(sitting)
        return
    sitting.want(*_headline_questions(sitting), _classes_question(sitting))
    sitting.want(*(sitting.of_page(one.name) for one in panels if _is_there(sitting, one)))
    columns = _Columns()
    yield lambda: _head(sitting)
    yield lambda: _guarded(lambda: _classes(sitting), "the classes of traffic")
    yield lambda: _guarded(lambda: _figures(sitting), "the first numbers")
    yield lambda: _guarded(lambda: _missing(sitting), "which values there are")
    for one in panels:
        if _is_there(sitting, one):
            yield lambda one=one: columns.placed(sitting, one)  # type: ignore[misc]
    yield lambda: columns.end() if columns.are_any else _nothing(sitting)
    if sitting.own:
        yield lambda: _ENVIRONMENT.get_template("own_questions.html.j2").render(_common(sitting))
    yield lambda: _foot(sitting)


def words(error: Exception) -> str:
    """What a failure is called here: the project's own says it itself, AWS's are explained."""
    return explained(error) if isinstance(error, AWS_FAILURES) else str(error)


def sentence(error: Exception) -> str:
    """The same, as a sentence."""
    message = words(error)
    return f"{message[:1].upper()}{message[1:]}."


def refusal(title: str, message: str, back: str = "/") -> str:
    """A page that only says what is wrong, and leads back."""
    return _ENVIRONMENT.get_template("refusal.html.j2").render(title=title, message=message, back=back)


def rendered(template: str, **values: Any) -> str:
    """A page that asks nothing, from its template."""
    return _ENVIRONMENT.get_template(template).render(values)


def title(name: str) -> str:
    """A class of traffic: `ai_crawler` is AI crawler."""
    words = name.replace("_", " ")
    return f"AI{words[2:]}" if words.startswith("ai ") else words.capitalize()


def details(sitting: Sitting, name: str, sort: str, looked_for: str) -> str:
    """All rows of an answer, in the order of a column if one is named (`-` before it: the largest first)."""
    table = sitting.table(sitting.question(name))
    shown = shown_table(table, known_answer(name))
    rows = list(zip(table.rows, shown.rows, strict=True))
    column, backwards = sort.removeprefix("-"), sort.startswith("-")
    if column in table.columns:
        place = table.columns.index(column)
        rows.sort(key=lambda row: _order(row[0][place]), reverse=backwards)
    if looked_for:
        rows = [row for row in rows if any(looked_for.lower() in cell(value).lower() for value in row[1])]
    found = Table(table.columns, tuple(row for _, row in rows[:MOST_DETAILS]))
    address = sitting.address
    return _ENVIRONMENT.get_template("details.html.j2").render(
        _common(sitting),
        head=_heading(sitting, name),
        table=found,
        rows=len(rows),
        sort=sort,
        looked_for=looked_for,
        sorted_by=lambda column: address.link(
            "/details", answer=name, sort=f"-{column}" if sort == column else column, text=looked_for
        ),
    )


def sql(sitting: Sitting, name: str, text: str) -> str:
    """The very query of an answer, to be copied."""
    return _ENVIRONMENT.get_template("sql.html.j2").render(_common(sitting), head=_heading(sitting, name), sql=text)


def _heading(sitting: Sitting, name: str) -> Answer | OwnQuestion:
    """What has the name and the description of an answer, or of a question of the user's own."""
    return sitting.own.get(name) or answer(name)


def _order(value: Any) -> tuple[bool, bool, Any]:
    """Nothing comes first, then numbers, decimals among them, then texts."""
    if isinstance(value, str):
        try:
            return True, False, float(value)
        except ValueError:
            return True, True, value.lower()
    return value is not None, False, 0 if value is None else float(value)


class _Columns:
    """Rankings that follow each other stand side by side."""

    def __init__(self) -> None:
        self._are_open = False
        self.are_any = False

    def placed(self, sitting: Sitting, one: Answer) -> str:
        """An answer's panels, behind what was there before."""
        answers = Answers(sitting, tuple(panel.name for panel in in_report()))
        try:
            panels = panels_of(one, answers, sitting.period, sitting.address.by)
        except (EdgePixelError, *AWS_FAILURES) as error:
            self.are_any = True
            return self.end() + _failed(error, one.description)
        self.are_any = self.are_any or bool(panels)
        return "".join(self._placed(sitting, one, panel) for panel in panels)

    def end(self) -> str:
        was_open, self._are_open = self._are_open, False
        return "</div>\n" if was_open else ""

    def _placed(self, sitting: Sitting, one: Answer, panel: Panel) -> str:
        macros = _ENVIRONMENT.get_template("panels.html.j2").make_module(_common(sitting))
        if isinstance(panel, Ranking):
            begin = "" if self._are_open else '<div class="columns">\n'
            self._are_open = True
            return begin + str(macros.ranked(panel, one.name))  # type: ignore[attr-defined]
        drawn = macros.rows if isinstance(panel, Rows) else macros.drawing  # type: ignore[attr-defined]
        return self.end() + str(drawn(panel, one.name))


def _nothing(sitting: Sitting) -> str:
    """In the place of all panels, if there is none."""
    return _ENVIRONMENT.get_template("nothing.html.j2").render(_common(sitting))


def _common(sitting: Sitting) -> dict[str, Any]:
    """What every template may use."""
    address = sitting.address
    return {
        "actions": lambda name: _actions(address, name),
        "address": address,
        "cell": cell,
        "chips": [(one, _words(one), address.without(one).link()) for one in address.filters],
        "described": described,
        "ending": lambda panel, name: None,
        "hidden": _hidden,
        "is_number": is_number,
        "link_of": lambda panel, place: _link_of(address, panel, place),
        "period": sitting.period,
        "shown": lambda table, name: shown_table(table, known_answer(name)),
        "sitting": sitting,
        "moment": lambda time: f"{sitting.period.local(time):%Y-%m-%d %H:%M}",
    }


def _actions(address: Address, name: str) -> Markup:
    """Links below a panel. Where no events are counted, none are behind its numbers."""
    known = known_answer(name)  # a user's own question is about events, too
    events = _EVENTS if name != _EVENTS and (known is None or known.about_events) else None
    return Markup(_ENVIRONMENT.get_template("actions.html.j2").render(address=address, name=name, events=events))  # noqa: S704


def _hidden(pairs: list[tuple[str, str]]) -> Markup:
    """What a form sends besides what is typed."""
    made = Markup('<input type="hidden" name="{}" value="{}">')  # `format` escapes
    return Markup("").join(made.format(name, value) for name, value in pairs)


def _link_of(address: Address, panel: Ranking, place: int) -> str:
    return address.only(panel.dimension, panel.values[place]).link() if panel.dimension else ""


def _words(one: Filter) -> str:
    """A filter as its chip says it: countries have names."""
    if one.dimension == "country" and one.value and one.operator != "~":
        return one.words.replace(one.value, country_name(one.value))
    return one.words


def _head(sitting: Sitting) -> str:
    address = sitting.address
    return _ENVIRONMENT.get_template("head.html.j2").render(
        _common(sitting),
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
        remarks=[*remarks(sitting.period), *([REMARK] if address.subject.approximate else [])],
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
    return _ENVIRONMENT.get_template("classes.html.j2").render(choices=choices)


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
    return _ENVIRONMENT.get_template("figures.html.j2").render(
        _common(sitting), figures=figures, earlier=sitting.earlier, had_events=had_events
    )


def _missing(sitting: Sitting) -> str:
    """If nothing is counted, of people or of programs: that no event has what a filter chooses, and what there is."""
    wanted = chosen(sitting.address.subject)
    if not wanted or not counts_nothing(_all_classes(sitting)):
        return ""
    words = missing(wanted, sitting.table(sitting.values(wanted[0].dimension)))
    return _ENVIRONMENT.get_template("missing.html.j2").render(words=words) if words else ""


def _foot(sitting: Sitting) -> str:
    given = sitting.given()
    scanned = sum(one.scanned_bytes for one in given)
    return _ENVIRONMENT.get_template("foot.html.j2").render(
        _common(sitting),
        newest=_EVENTS,
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
    return _ENVIRONMENT.get_template("failed.html.j2").render(what=what, message=words(error))


def _is_there(sitting: Sitting, one: Answer) -> bool:
    """Whether the stack has the answer, and the address may ask it: one that is not about events has no filters."""
    if one.name not in sitting.queries or not is_drawn(one, sitting.period, sitting.address.by):
        return False
    return one.about_events or not sitting.address.filters
