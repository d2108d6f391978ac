# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share: each is declared here, once, as a decorator."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, Literal

import click

from edgepixel.answers.conditions import Subject
from edgepixel.defaults import DEFAULT_HITS, DEFAULT_SEED, DEFAULT_SPEED
from edgepixel.errors import EdgePixelError, NoSuchConditionError
from edgepixel.option_types import POSITIVE_INTEGER, PositiveNumber, TemplateParameter

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


def subject_options(days: int | None) -> _Decorator:
    """--days (`days` by default), --site and --include-bots, which reach the command together as `subject`, a Subject.

    If an answer has no place for one of them, that one is named.
    """
    period = click.option("--days", type=POSITIVE_INTEGER, default=days, help="Look back so many days from now.")
    site = click.option("--site", metavar="NAME", help="Count only events of this site (the parameter s of the pixel).")
    bots = click.option("--include-bots", is_flag=True, help="Count machines too, in answers that count people only.")

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_subject(*arguments: Any, **options: Any) -> None:
            subject = Subject(**{condition.name: options.pop(condition.name) for condition in fields(Subject)})
            try:
                command(*arguments, subject=subject, **options)
            except NoSuchConditionError as error:
                if not hasattr(subject, error.condition):
                    raise
                raise EdgePixelError(f"{error}: leave out --{error.condition.replace('_', '-')}") from error

        return period(site(bots(with_subject)))

    return with_options


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
