# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share: each is declared here, once, as a decorator."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Literal

import click

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.filters import parse_filter
from edgepixel.answers.subject.funnels import parse_funnel
from edgepixel.answers.subject.periods import NAMED, Dates
from edgepixel.defaults import DEFAULT_HITS, DEFAULT_SEED, DEFAULT_SPEED
from edgepixel.errors import EdgePixelError, NoSuchConditionError
from edgepixel.option_types import POSITIVE_INTEGER, CalendarDate, PositiveNumber, TemplateParameter, TimeZoneName

type Where = Literal["local", "aws"]
type _Decorator = Callable[[Callable[..., None]], Callable[..., None]]

hits_option: _Decorator = click.option(
    "--hits", "--views", "hits", type=POSITIVE_INTEGER, default=DEFAULT_HITS, help="How many hits to send."
)
seed_option: _Decorator = click.option(
    "--seed", type=int, default=DEFAULT_SEED, help="The same seed gives the same visitors and hits."
)
speed_option: _Decorator = click.option(
    "--speed",
    type=PositiveNumber(),
    default=DEFAULT_SPEED,
    help="How many times faster than in AWS the local cloud's waits are: at 300, a buffer of 900 seconds takes 3.",
)
parameter_option: _Decorator = click.option(
    "--parameter",
    "parameters",
    type=TemplateParameter(),
    multiple=True,
    help="A parameter of the template, for example IpAddresses=removed. Can be repeated.",
)


@dataclass(frozen=True)
class StackChoice:
    """What a user said about the stack. None: nothing, so the default counts."""

    where: Where | None = None
    name: str | None = None


def subject_options(days: int | None, *, counts: bool = True) -> _Decorator:
    """What an answer is asked about; it reaches the command as `subject`, a Subject.

    Those are --days, --from and --to, or --period, then --time-zone, --site, --filter and, if something `counts`,
    --include-bots, --approximate and --funnel. `days`: what --days is without any of the first four, for the help
    alone. If an answer has no place for an option, that one is named.
    """
    rolling = click.option(
        "--days",
        type=POSITIVE_INTEGER,
        show_default=str(days) if days else False,
        help="Look back so many times 24 hours from now.",
    )
    first = click.option(
        "--from", "first", type=CalendarDate(), metavar="DATE", help="Instead: from the beginning of this day on."
    )
    last = click.option(
        "--to",
        "last",
        type=CalendarDate(),
        metavar="DATE",
        help="With --from: to the end of this day.  [default: today]",
    )
    named = click.option(
        "--period", type=click.Choice(list(NAMED)), help="Instead: days by name. Weeks begin on Monday."
    )
    zone = click.option(
        "--time-zone",
        type=TimeZoneName(),
        metavar="NAME",
        help="Whose hours and days, such as Europe/Berlin.  [default: the stack's TimeZone]",
    )
    count = "Count" if counts else "Take"
    site = click.option(
        "--site", metavar="NAME", help=f"{count} only events of this site (the parameter s of the pixel)."
    )
    filters = click.option(
        "--filter",
        "filters",
        multiple=True,
        metavar="FILTER",
        help=f"{count} only events of which this holds: country=DE, country!=DE, page~pricing (contains), campaign= "
        "(none); can be repeated.",
    )
    bots = click.option("--include-bots", is_flag=True, help="Count machines too, in answers that count people only.")
    approximate = click.option(
        "--approximate", is_flag=True, help="Estimate visitors instead of counting them, which is faster."
    )

    funnel = click.option(
        "--funnel",
        metavar="STEPS",
        help="The steps of the funnel: events, and paths of pages, such as view,/pricing,signup.",
    )

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_subject(*arguments: Any, **options: Any) -> None:
            given = {"--days": options["days"], "--from": options["first"], "--period": options["period"]}
            dates = _dates(given, options.pop("first"), options.pop("last"), options.pop("period"))
            own = ("days", "site", "time_zone", *(("include_bots", "approximate") if counts else ()))
            steps = options.pop("funnel", None)
            subject = Subject(
                **{name: options.pop(name) for name in own},
                filters=tuple(map(parse_filter, options.pop("filters"))),
                funnel=() if steps is None else parse_funnel(steps),
                dates=dates,
            )
            try:
                command(*arguments, subject=subject, **options)
            except NoSuchConditionError as error:
                if not hasattr(subject, error.condition):
                    raise
                option = _option_of(error.condition, given)
                raise EdgePixelError(f"{error}: leave out {option}") from error

        counting = bots(approximate(funnel(with_subject))) if counts else with_subject
        return rolling(first(last(named(zone(site(filters(counting)))))))

    return with_options


def _dates(given: dict[str, Any], first: date | None, last: date | None, name: str | None) -> Dates | None:
    """The dates that are asked for, if any are. Raises click.UsageError for options that do not go together."""
    chosen = [option for option, value in given.items() if value is not None]
    if last is not None and first is None:
        raise click.UsageError("--to needs --from, the first day")
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude each other: each is a period of its own")
    if first is not None and last is not None and last < first:
        raise click.UsageError(f"--to {last} is before --from {first}")
    return Dates(first, last, name) if first is not None or name is not None else None


def _option_of(condition: str, given: dict[str, Any]) -> str:
    """The option that a condition of a Subject was given by."""
    if condition == "dates":
        return next(option for option, value in given.items() if value is not None)
    return "--filter" if condition == "filters" else f"--{condition.replace('_', '-')}"


def stack_options(command: Callable[..., None]) -> Callable[..., None]:
    """--stack, --local and --aws, which reach the command together as `choice`, a StackChoice."""

    @click.option("--stack", metavar="NAME", help="Name of the stack. [default: the local cloud's; in AWS, edgepixel]")
    @click.option("--local", is_flag=True, help="Use the local cloud that `edgepixel up` started.")
    @click.option("--aws", is_flag=True, help="Use AWS even if a local cloud runs.")
    @wraps(command)
    def with_choice(*arguments: Any, stack: str | None, local: bool, aws: bool, **options: Any) -> None:
        if local and aws:
            raise click.UsageError("--local and --aws exclude each other")
        command(*arguments, choice=StackChoice("local" if local else "aws" if aws else None, stack), **options)

    return with_choice
