# SPDX-License-Identifier: Apache-2.0
"""Partition projection: the partitions that a table's properties tell, whatever is registered in the catalog. Pure.

Sources: Amazon Athena user guide, "Set up partition projection" (properties, the template of locations, the error of a
key without properties), "Supported types for partition projection" (range, format and interval of dates) and "Amazon
Data Firehose example". Of the four types the type `date` is here, with intervals of days, hours, minutes or seconds;
everything else fails the query, because partitions that are guessed wrong would only be rows that are missing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from localcloud.athena.trino.errors import QueryError

_UNITS = ("DAYS", "HOURS", "MINUTES", "SECONDS")
_RELATIVE = re.compile(r"\s*NOW\s*(?:([+-])\s*([0-9]+)\s*([A-Z]+?)S?\s*)?")
# Of Java's DateTimeFormatter: a quoted text, two quotes for one, letters of one kind, or a character that means itself.
_PATTERN = re.compile(
    r"'(?P<quoted>(?:[^']|'')+)'|(?P<quote>'')|(?P<letters>([A-Za-z])\4*)|(?P<plain>[^A-Za-z'\[\]{}#])"
)
_LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_MOST_PARTITIONS = 100_000


def is_enabled(table: Mapping[str, Any]) -> bool:
    """Whether the partitions of a Glue table are projected."""
    return str(_properties(table).get("projection.enabled", "")).strip().lower() == "true"


def partitions(key: str, table: Mapping[str, Any], now: datetime) -> list[tuple[list[str], str]]:
    """The values and the location of each projected partition at a moment. `key` is "database/name".

    Raises QueryError for properties that are missing, and for those that are not known here.
    """
    properties = _properties(table)
    names = [str(one["Name"]) for one in table.get("PartitionKeys") or []]
    missing = [name for name in names if f"projection.{name}.type" not in properties]
    if missing:
        full = key.replace("/", ".")
        raise QueryError(
            f"HIVE_METASTORE_ERROR: Table {full} is configured for partition projection, but the following partition "
            f"columns are missing projection configuration: [{', '.join(missing)}] (table {full})"
        )
    template = _location_template(key, table, names)
    values = [list(_values(key, name, properties, now)) for name in names]
    return [(list(one), _location(template, names, one)) for one in product(*values)]


def _properties(table: Mapping[str, Any]) -> Mapping[str, str]:
    return table.get("Parameters") or {}


def _location_template(key: str, table: Mapping[str, Any], names: Sequence[str]) -> str:
    """The table's own, or folders that are called `key=value`."""
    template = _properties(table).get("storage.location.template")
    if template is None:
        root = str(table["StorageDescriptor"]["Location"]).rstrip("/")
        return "/".join([root, *(f"{name}=${{{name}}}" for name in names), ""])
    absent = [name for name in names if f"${{{name}}}" not in template]
    if absent or not template.endswith("/"):
        raise _refused(key, f"storage.location.template has no place for {', '.join(absent) or 'a last /'}")
    return template


def _location(template: str, names: Sequence[str], values: Sequence[str]) -> str:
    for name, value in zip(names, values, strict=True):
        template = template.replace(f"${{{name}}}", value)
    return template


def _values(key: str, name: str, properties: Mapping[str, str], now: datetime) -> Iterator[str]:
    """The values of one key, the earliest first."""

    def given(what: str) -> str:
        text = properties.get(f"projection.{name}.{what}")
        if text is None:
            raise _refused(key, f"projection.{name}.{what} is missing")
        return text

    kind = given("type").strip().lower()
    if kind != "date":
        raise _refused(key, f"projection.{name}.type is {kind}, and the local Athena projects the type date only")
    code = _strftime_code(key, given("format"))
    unit = given("interval.unit").strip().upper()
    if unit not in _UNITS:
        raise _refused(key, f"projection.{name}.interval.unit {unit} is none of {', '.join(_UNITS)}")
    interval = given("interval").strip()
    if not interval.isdigit() or int(interval) == 0:
        raise _refused(key, f"projection.{name}.interval is {interval}")
    step = timedelta(**{unit.lower(): int(interval)})
    bounds = given("range").split(",")
    if len(bounds) != 2:
        raise _refused(key, f"projection.{name}.range is {','.join(bounds)}")
    moment, last = (_bound(key, bound, code, now) for bound in bounds)
    if (last - moment) / step > _MOST_PARTITIONS:
        raise _refused(key, f"projection.{name} has more than {_MOST_PARTITIONS} values")
    while moment <= last:
        yield moment.strftime(code)
        moment += step


def _bound(key: str, text: str, code: str, now: datetime) -> datetime:
    """One end of a range: a date in the format, or one that is relative to now, in UTC."""
    relative = _RELATIVE.fullmatch(text)
    if relative is None:
        try:
            return datetime.strptime(text, code).replace(tzinfo=UTC)
        except ValueError as error:
            raise _refused(key, f"the range has {text}: {error}") from error
    sign, number, unit = relative.groups()
    if unit is None:
        return now
    if f"{unit}S" not in _UNITS:
        raise _refused(key, f"the range has {text}, and the local Athena knows no {unit}S in it")
    distance = timedelta(**{f"{unit.lower()}s": int(number)})
    return now + distance if sign == "+" else now - distance


def _strftime_code(key: str, pattern: str) -> str:
    """Java's pattern of a date as Python's."""
    code, end = "", 0
    while end < len(pattern):
        part = _PATTERN.match(pattern, end)
        if part is None:
            raise _refused(key, f"the format {pattern} cannot be read from {pattern[end:]} on")
        end = part.end()
        letters = part["letters"]
        if letters and letters not in _LETTERS:
            raise _refused(key, f"the local Athena does not know {letters} in the format {pattern}")
        text = "'" if part["quote"] else (part["quoted"] or part["plain"] or "").replace("''", "'")
        code += _LETTERS[letters] if letters else text.replace("%", "%%")
    return code


def _refused(key: str, why: str) -> QueryError:
    full = key.replace("/", ".")
    return QueryError(f"INVALID_TABLE_PROPERTY: Table {full} is configured for partition projection, but {why}")
