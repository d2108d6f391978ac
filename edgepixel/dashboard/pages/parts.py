# SPDX-License-Identifier: Apache-2.0
"""What all pages have: their templates, links, words, and the page that only says what is wrong."""

from typing import Any

import jinja2
from markupsafe import Markup

from edgepixel.answers.countries import country_name
from edgepixel.answers.registry import known_answer
from edgepixel.answers.shown import in_words, shown_table
from edgepixel.answers.subject.filters import Filter
from edgepixel.answers.subject.periods import described
from edgepixel.aws.failures import AWS_FAILURES, explained
from edgepixel.console.readable_url import readable_url
from edgepixel.console.table import is_number
from edgepixel.dashboard.address import Address
from edgepixel.dashboard.asking import Sitting
from edgepixel.report.panels import Ranking, cell

ENVIRONMENT = jinja2.Environment(
    loader=jinja2.ChoiceLoader(
        [jinja2.PackageLoader("edgepixel.dashboard", "templates"), jinja2.PackageLoader("edgepixel.report", ".")]
    ),
    autoescape=True,  # visitors sent what stands in the tables
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
EVENTS = "recent-events"
"""The answer that has the events behind a number."""


def words(error: Exception) -> str:
    """What a failure is called here: the project's own says it itself, AWS's are explained."""
    return explained(error) if isinstance(error, AWS_FAILURES) else str(error)


def sentence(error: Exception) -> str:
    """The same, as a sentence."""
    message = words(error)
    return f"{message[:1].upper()}{message[1:]}."


def refusal(title: str, message: str, back: str = "/") -> str:
    """A page that only says what is wrong, and leads back."""
    return ENVIRONMENT.get_template("refusal.html.j2").render(title=title, message=message, back=back)


def rendered(template: str, **values: Any) -> str:
    """A page that asks nothing, from its template."""
    return ENVIRONMENT.get_template(template).render(values)


def title(name: str) -> str:
    """A class of traffic at the beginning: `mail_proxy` is Mail proxy."""
    words = in_words(name)
    return f"{words[:1].upper()}{words[1:]}"


def common(sitting: Sitting) -> dict[str, Any]:
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
    events = EVENTS if name != EVENTS and (known is None or known.about_events) else None
    return Markup(ENVIRONMENT.get_template("actions.html.j2").render(address=address, name=name, events=events))  # noqa: S704


def _hidden(pairs: list[tuple[str, str]]) -> Markup:
    """What a form sends besides what is typed."""
    made = Markup('<input type="hidden" name="{}" value="{}">')  # `format` escapes
    return Markup("").join(made.format(name, value) for name, value in pairs)


def _link_of(address: Address, panel: Ranking, place: int) -> str:
    return address.only(panel.dimension, panel.values[place]).link() if panel.dimension else ""


def _words(one: Filter) -> str:
    """A filter as its chip says it: what is chosen from a list as the list shows it."""
    if not one.value or one.operator == "~":
        return one.words
    match one.dimension:
        case "country":
            return one.words.replace(one.value, country_name(one.value))
        case "page" | "path":
            return one.words.replace(one.value, readable_url(one.value))
        case "channel" | "traffic":
            return one.words.replace(one.value, in_words(one.value))
    return one.words
