# SPDX-License-Identifier: Apache-2.0
"""The classes of traffic and the reasons for them, from answers/traffic.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from edgepixel.answers.registry import FOLDER
from edgepixel.errors import AnswerFolderError


@dataclass(frozen=True)
class Reason:
    """A value of `traffic_reason`, the class that it leads to, and what it means (Markdown)."""

    name: str
    traffic: str
    meaning: str


@cache
def reasons() -> tuple[Reason, ...]:
    """Every reason, in the order in which the view looks for them."""
    try:
        return tuple(Reason(**one) for one in _listed()["reason"])
    except TypeError as error:
        raise AnswerFolderError(f"answers/traffic.toml: {str(error).removeprefix('Reason.__init__() ')}") from error


def classes() -> tuple[str, ...]:
    """Every class of traffic."""
    return tuple(dict.fromkeys(reason.traffic for reason in reasons()))


def class_of(reason: str) -> str:
    """The class of traffic to which a reason leads. Raises KeyError for one that answers/traffic.toml does not list."""
    return _classes()[reason]


@cache
def _classes() -> dict[str, str]:
    return {reason.name: reason.traffic for reason in reasons()}


def traffic_sql() -> str:
    """The class of an event, from its `traffic_reason`."""
    lines = ["CASE"]
    for name in classes():
        found = ", ".join(f"'{reason.name}'" for reason in reasons() if reason.traffic == name)
        lines.append(f"  WHEN traffic_reason IN ({found}) THEN '{name}'")
    return "\n".join([*lines, "END"])


def programs() -> tuple[str, ...]:
    """The classes behind which there is no browser."""
    return tuple(_listed()["programs"])


def is_program_sql() -> str:
    """Whether an event is of a program, which has no browser, system or device."""
    return f"traffic IN ({', '.join(f"'{name}'" for name in programs())})"


@cache
def _listed() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "traffic.toml").read_text(encoding="utf-8"))
