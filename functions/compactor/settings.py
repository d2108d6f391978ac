# SPDX-License-Identifier: Apache-2.0
"""The function's environment, read once into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

VARIABLES = (
    "LAKE_BUCKET",
    "EVENTS_PREFIX",
    "TYPED_PREFIX",
    "DATABASE_NAME",
    "WORK_GROUP",
    "TABLE_NAME",
    "DAYS_TABLE_NAME",
    "DAYS_MADE_TABLE_NAME",
    "RAW_VIEW_NAME",
    "RAW_RETENTION_DAYS",
    "CLOSED_AFTER_HOURS",
)


class SettingsError(ValueError):
    """The environment is incomplete or wrong. The message names every bad variable."""


@dataclass(frozen=True)
class Settings:
    """The environment that the template gives this function.

    Both prefixes end in a slash: `events_prefix` is the lake's folder of log lines, `typed_prefix` that of typed days.
    `raw_retention_days`: how many days after its own a typed day's raw objects are kept; 0 keeps them.
    `closed_after`: how long after its midnight (UTC) a day still gets objects when nothing is wrong.
    """

    lake_bucket: str
    events_prefix: str
    typed_prefix: str
    database_name: str
    work_group: str
    table_name: str
    days_table_name: str
    days_made_table_name: str
    raw_view_name: str
    raw_retention_days: int
    closed_after: timedelta

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read and check all variables. Raises one SettingsError that names all bad ones."""
        values = {name: environment.get(name, "").strip() for name in VARIABLES}
        problems = [f"{name} is not set" for name, value in values.items() if not value]
        for name in ("RAW_RETENTION_DAYS", "CLOSED_AFTER_HOURS"):
            number = values[name]
            if number and not (number.isascii() and number.isdecimal() and len(number) <= 5):
                problems.append(f"{name} must be a whole number")
        for name in ("EVENTS_PREFIX", "TYPED_PREFIX"):
            if values[name] and (not values[name].endswith("/") or values[name].startswith("/")):
                problems.append(f"{name} must end, and must not begin, with a slash")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(
            lake_bucket=values["LAKE_BUCKET"],
            events_prefix=values["EVENTS_PREFIX"],
            typed_prefix=values["TYPED_PREFIX"],
            database_name=values["DATABASE_NAME"],
            work_group=values["WORK_GROUP"],
            table_name=values["TABLE_NAME"],
            days_table_name=values["DAYS_TABLE_NAME"],
            days_made_table_name=values["DAYS_MADE_TABLE_NAME"],
            raw_view_name=values["RAW_VIEW_NAME"],
            raw_retention_days=int(values["RAW_RETENTION_DAYS"]),
            closed_after=timedelta(hours=int(values["CLOSED_AFTER_HOURS"])),
        )
