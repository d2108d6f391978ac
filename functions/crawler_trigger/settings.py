# SPDX-License-Identifier: Apache-2.0
"""The function's environment, read once into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass

VARIABLES = ("CRAWLER_NAME", "DATABASE_NAME", "TABLE_NAME", "LOG_FIELDS", "LAKE_BUCKET", "EVENTS_PREFIX")


class SettingsError(ValueError):
    """The environment is incomplete or wrong. The message names every bad variable."""


@dataclass(frozen=True)
class Settings:
    """The environment that the template gives this function.

    `columns` are the table's columns in the order in which CloudFront delivers the log fields,
    `lake_bucket` is the lake's bucket, and `events_prefix` its folder of log lines, which ends in a slash.
    """

    crawler_name: str
    database_name: str
    table_name: str
    columns: tuple[str, ...]
    lake_bucket: str
    events_prefix: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read and check all variables. Raises one SettingsError that names all bad ones."""
        values = {name: environment.get(name, "").strip() for name in VARIABLES}
        problems = [f"{name} is not set" for name, value in values.items() if not value]
        columns = tuple(column_of(field) for field in values["LOG_FIELDS"].split(","))
        if values["LOG_FIELDS"] and ("" in columns or len(set(columns)) != len(columns)):
            problems.append("LOG_FIELDS must be a comma-separated list of different names")
        prefix = values["EVENTS_PREFIX"]
        if prefix and (not prefix.endswith("/") or prefix.startswith("/")):
            problems.append("EVENTS_PREFIX must end, and must not begin, with a slash")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(
            crawler_name=values["CRAWLER_NAME"],
            database_name=values["DATABASE_NAME"],
            table_name=values["TABLE_NAME"],
            columns=columns,
            lake_bucket=values["LAKE_BUCKET"],
            events_prefix=prefix,
        )


def column_of(field: str) -> str:
    """The table's column for a log field: a hyphen is not allowed in a bare SQL name."""
    return field.strip().replace("-", "_")
