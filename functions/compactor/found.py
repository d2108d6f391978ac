# SPDX-License-Identifier: Apache-2.0
"""What there is of one day: raw objects, raw hours, the typed day and its neighbors, read anew before each step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import raw_lines
from aws_calls import AwsCalls
from raw_lines import LakeObject, RawHour
from rules import rules_version
from settings import Settings
from statements import token
from typed_days import TypedDay, neighbors, typed_day_of


@dataclass(frozen=True)
class Found:
    """The state of one day. `objects` are in the lake, `hours` in the catalog, `rules` is their view's version."""

    day: str
    objects: Sequence[LakeObject]
    hours: Sequence[RawHour]
    typed: TypedDay | None
    neighbors: Sequence[TypedDay]
    rules: str

    @property
    def raw_objects(self) -> str:
        """The fingerprint of the raw objects."""
        return raw_lines.fingerprint(self.objects)

    @property
    def basis(self) -> str:
        """Tells whether what a statement read is still what there is.

        Besides the objects it has the hours in the catalog, with when they were made: a run that drops them while
        another one's statement reads is noticed, and so is a neighbor that was typed anew.
        """
        hours = (f"{one.hour} {one.location} {one.created}" for one in sorted(self.hours))
        others = (f"{one.day} {one.location}" for one in self.neighbors)
        typed = self.typed.location if self.typed and self.typed.raw_expired else ""
        return token(self.raw_objects, *hours, self.rules, *others, typed)

    @property
    def has_fewer_objects(self) -> bool:
        """Whether raw objects that the typed day was made from are gone: it would lose their rows."""
        return self.typed is not None and not self.typed.raw_expired and len(self.objects) < self.typed.raw_count

    @property
    def expired_objects(self) -> list[LakeObject]:
        """The raw objects that are in the typed day and were to be deleted."""
        if self.typed is None or not self.typed.raw_expired:
            return []
        return [one for one in self.objects if one.modified <= self.typed.raw_newest]

    @property
    def is_up_to_date(self) -> bool:
        """Whether the typed day holds all that the raw objects hold, by the rules of today, and nothing twice.

        Two runs may switch neighbors at the same moment, neither of which knows of the other: Glue has no condition on
        an update of a partition. Then the day is made once more.
        """
        if self.typed is None:
            return False
        if self.typed.raw_expired and not self.objects:
            return True
        if self.typed.raw_objects != self.raw_objects or not all(map(self.typed.agrees_with, self.neighbors)):
            return False
        return self.typed.rules_version == self.rules or not self.hours


class Finder:
    """Looks at one day after the other."""

    def __init__(self, calls: AwsCalls, settings: Settings) -> None:
        self._calls = calls
        self._settings = settings

    def look(self, day: str) -> Found:
        """What there is of a day now. Raises UnknownRulesError."""
        rules = rules_version(self._calls.table(self._settings.raw_view_name))
        objects = self.raw_objects(day)
        hours = [one for one in self.raw_hours() if one.day == day]
        # Last, because between this look and a switch to a new folder nobody else should switch.
        typed = self.typed_days()
        return Found(
            day=day,
            objects=objects,
            hours=hours,
            typed=next((one for one in typed if one.day == day), None),
            neighbors=neighbors(typed, day),
            rules=rules,
        )

    def typed_days(self) -> list[TypedDay]:
        """All typed days, in order."""
        found = map(typed_day_of, self._calls.partitions(self._settings.days_table_name))
        return sorted(found, key=lambda one: one.day)

    def raw_hours(self) -> list[RawHour]:
        """All hours of raw lines that the catalog has."""
        return list(map(raw_lines.raw_hour_of, self._calls.partitions(self._settings.table_name)))

    def raw_objects(self, day: str) -> list[LakeObject]:
        """The objects in the hours of a day, in both layouts. Others are never read by Athena, nor deleted here."""
        prefix = self._settings.events_prefix
        listed = (one for folder in raw_lines.folders(prefix, day) for one in self._calls.objects(folder))
        return [one for one in listed if raw_lines.hour_of_object(one.key, prefix, day)]

    def table(self, name: str) -> Mapping[str, Any]:
        """A table that must be there. Raises LookupError."""
        if (table := self._calls.table(name)) is None:
            raise LookupError(f"table {self._settings.database_name}.{name} does not exist")
        return table
