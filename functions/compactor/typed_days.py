# SPDX-License-Identifier: Apache-2.0
"""The partitions of `pixel_days` and `pixel_days_made`: what is kept in them, and how they are written. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

NEIGHBOR_DAYS = 7
"""How many days before and after its own a request id is looked for. Lines come again within a day: Kinesis keeps
records for 24 hours, and Firehose retries that long. A week leaves time for whoever replays quarantined lines."""


@dataclass(frozen=True)
class TypedDay:
    """One partition of `pixel_days`.

    `raw_objects` is the fingerprint of the raw objects that it was made from, `raw_count` their number and `raw_newest`
    when the last of them came. `raw_expired`: they are being deleted, and the day cannot be made again; `raw_gone`:
    they have been.
    `knows` are the versions of the typed days whose request ids were left out.
    """

    day: str
    location: str
    rows: int
    rules_version: str
    raw_objects: str
    raw_count: int
    raw_newest: datetime
    raw_expired: bool = False
    raw_gone: bool = False
    typed_at: str = ""
    knows: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The value of `v` of the day's folder."""
        return self.location.rstrip("/").rpartition("v=")[2]

    def agrees_with(self, other: "TypedDay") -> bool:
        """Whether one of both was made when the other was as it is, so that no request id is in both."""
        return other.version in self.knows or self.version in other.knows


def typed_day_of(partition: Mapping[str, Any]) -> TypedDay:
    """A partition of `pixel_days` as Glue describes it.

    One that somebody else has made knows of no raw objects: it is all that is left of its day, as if they had expired.
    """
    kept = partition.get("Parameters") or {}
    return TypedDay(
        day=partition["Values"][0],
        location=partition["StorageDescriptor"]["Location"],
        rows=int(kept.get("rows", 0)),
        rules_version=kept.get("rules_version", ""),
        raw_objects=kept.get("raw_objects", ""),
        raw_count=int(kept.get("raw_count", 0)),
        raw_newest=datetime.fromisoformat(kept.get("raw_newest", "1970-01-01T00:00:00+00:00")),
        raw_expired=kept.get("raw_expired") == "true" or "raw_objects" not in kept,
        raw_gone=kept.get("raw_gone") == "true",
        typed_at=kept.get("typed_at", ""),
        knows=tuple(kept.get("knows", "").split()),
    )


def typed_day_input(table: Mapping[str, Any], typed: TypedDay) -> dict[str, Any]:
    """The PartitionInput of a typed day, read as its table is."""
    return {
        "Values": [typed.day],
        "StorageDescriptor": {**table["StorageDescriptor"], "Location": typed.location},
        "Parameters": {
            "rows": str(typed.rows),
            "rules_version": typed.rules_version,
            "raw_objects": typed.raw_objects,
            "raw_count": str(typed.raw_count),
            "raw_newest": typed.raw_newest.astimezone(UTC).isoformat(),
            "typed_at": typed.typed_at,
            "knows": " ".join(typed.knows),
            **({"raw_expired": "true"} if typed.raw_expired else {}),
            **({"raw_gone": "true"} if typed.raw_gone else {}),
        },
    }


def partition_input(table: Mapping[str, Any], values: list[str], location: str) -> dict[str, Any]:
    """The PartitionInput of any other partition, read as its table is."""
    return {"Values": values, "StorageDescriptor": {**table["StorageDescriptor"], "Location": location}}


def neighbors(days: Iterable[TypedDay], day: str) -> list[TypedDay]:
    """The typed days within NEIGHBOR_DAYS before and after one, without itself, in order."""
    middle, reach = date.fromisoformat(day), timedelta(days=NEIGHBOR_DAYS)
    first, last = str(middle - reach), str(middle + reach)
    return sorted((one for one in days if first <= one.day <= last and one.day != day), key=lambda one: one.day)
