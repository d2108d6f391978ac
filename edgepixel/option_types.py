# SPDX-License-Identifier: Apache-2.0
"""What the values of options are, beyond click's own types, and how they are read."""

import math
import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from edgepixel.template.parameters import parameter_problem, time_zone_problem

_PERIOD = re.compile(r"([0-9]+)([mhd])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

PORT = click.IntRange(1, 65535)
POSITIVE_INTEGER = click.IntRange(min=1)


class PositiveNumber(click.ParamType):
    """A finite number above 0."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0 < number < math.inf:
            self.fail(f"{value!r} is not a number above 0", param, ctx)
        return number


class PointInTime(click.ParamType):
    """A time in ISO 8601, UTC if it has no offset, or a period that ends now: 90m, 36h, 7d."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        period = _PERIOD.fullmatch(value)
        try:
            if period:
                return datetime.now(UTC) - timedelta(**{_UNITS[period[2]]: int(period[1])})
            moment = datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is neither a time, like 2026-01-31 or 2026-01-31T18:00Z, nor a period, like 90m, 36h or 7d",
                param,
                ctx,
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class CalendarDate(click.ParamType):
    """A date in ISO 8601, such as 2026-01-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            if _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError as error:
            self.fail(f"there is no {value}: {error}", param, ctx)
        self.fail(f"{value!r} is not a date, such as 2026-01-31", param, ctx)


class TimeZoneName(click.ParamType):
    """The name of a time zone that Athena knows."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        problem = time_zone_problem(value)
        if problem:
            self.fail(problem, param, ctx)
        return str(value)


class TemplateParameter(click.ParamType):
    """NAME=VALUE, for a parameter that template.yaml has, with a value that it allows."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, separator, given = value.partition("=")
        if not name or not separator:
            self.fail(f"{value!r} is not NAME=VALUE", param, ctx)
        problem = parameter_problem(name, given)
        if problem:
            self.fail(problem, param, ctx)
        return name, given


class OutputFile(click.ParamType):
    """A file that can be written, in a folder that is there or can be made; `new`: and that does not exist yet."""

    name = "file"

    def __init__(self, *, new: bool = False) -> None:
        self._new = new

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if self._new and path.exists():
            self.fail(f"{str(path)!r} exists already: choose another file, or move this one", param, ctx)
        if path.is_dir():
            self.fail(f"{str(path)!r} is a folder", param, ctx)
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            self.fail(
                f"{str(path)!r} cannot be written: {str(folder)!r} is not a folder that you may write to", param, ctx
            )
        return path
