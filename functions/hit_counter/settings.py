# SPDX-License-Identifier: Apache-2.0
"""The function's environment, read once into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

VARIABLES = (
    "COUNTED",
    "DISTRIBUTION_ID",
    "LAKE_BUCKET",
    "EVENTS_PREFIX",
    "COVERAGE_PREFIX",
    "LINES_WITHIN_HOURS",
    "WORK_GROUP",
    "DATABASE_NAME",
    "COVERAGE_QUERY_ID",
)


class SettingsError(ValueError):
    """The environment is incomplete or wrong. The message names every bad variable."""


class Counted(StrEnum):
    """What CloudFront counts of the hits: see `counts`."""

    INVOCATIONS = "invocations"
    REQUESTS = "requests"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Settings:
    """The environment that the template gives this function.

    `function_name` is the CloudFront Function's, empty unless its invocations are counted. Both prefixes end in a
    slash: `events_prefix` is the lake's folder of log lines, `coverage_prefix` the one that this function writes.
    `lines_within`: how long after a hit its line may reach the lake when nothing is wrong.
    """

    counted: Counted
    distribution_id: str
    function_name: str
    lake_bucket: str
    events_prefix: str
    coverage_prefix: str
    lines_within: timedelta
    work_group: str
    database_name: str
    coverage_query_id: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read and check all variables. Raises one SettingsError that names all bad ones."""
        values = {name: environment.get(name, "").strip() for name in VARIABLES}
        function_name = environment.get("EDGE_FUNCTION_NAME", "").strip()
        problems = [f"{name} is not set" for name, value in values.items() if not value]
        if values["COUNTED"] and values["COUNTED"] not in set(Counted):
            problems.append(f"COUNTED must be one of {', '.join(Counted)}")
        if values["COUNTED"] == Counted.INVOCATIONS and not function_name:
            problems.append("EDGE_FUNCTION_NAME is not set")
        hours = values["LINES_WITHIN_HOURS"]
        if hours and not (hours.isascii() and hours.isdecimal() and 1 <= int(hours) <= 48):
            problems.append("LINES_WITHIN_HOURS must be a whole number from 1 to 48")
        for name in ("EVENTS_PREFIX", "COVERAGE_PREFIX"):
            if values[name] and (not values[name].endswith("/") or values[name].startswith("/")):
                problems.append(f"{name} must end, and must not begin, with a slash")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(
            counted=Counted(values["COUNTED"]),
            distribution_id=values["DISTRIBUTION_ID"],
            function_name=function_name,
            lake_bucket=values["LAKE_BUCKET"],
            events_prefix=values["EVENTS_PREFIX"],
            coverage_prefix=values["COVERAGE_PREFIX"],
            lines_within=timedelta(hours=int(hours)),
            work_group=values["WORK_GROUP"],
            database_name=values["DATABASE_NAME"],
            coverage_query_id=values["COVERAGE_QUERY_ID"],
        )
