# SPDX-License-Identifier: Apache-2.0
"""A stack's typed days, as its catalog has them, and which rules its view has today. Reads Glue; runs no query."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.aws import lake_names
from edgepixel.aws.partitions import partitions
from edgepixel.aws.stack import Stack
from edgepixel.errors import StackNotFoundError

_VIEW = re.compile(r"/\* Presto View: (\S+) \*/", re.ASCII)
_DEPLOY = (
    "with sam build && sam deploy. If this version is deployed, docs/operations.md#somebody-changed-a-resource says "
    "how to put it back"
)
_VERSION = re.compile(r"'([0-9a-f]{8})' AS rules_version", re.ASCII)


@dataclass(frozen=True)
class TypedDay:
    """One partition of `pixel_days`. `location` is an S3 URI; `rules_version` is that of the rules its rows are by.

    `raw_objects`: how many it was made from. `raw_is_gone`: they have been deleted, or are about to be.
    """

    day: date
    location: str
    rows: int
    rules_version: str
    raw_objects: int
    raw_is_gone: bool

    @property
    def can_be_typed_again(self) -> bool:
        """Whether there is something to make it from."""
        return not self.raw_is_gone


def typed_days(stack: Stack) -> dict[date, TypedDay]:
    """The typed days, in order; none of a stack of an earlier version, which has no such table."""
    found = map(_typed_day, _partitions(stack, lake_names.DAYS_TABLE))
    return {one.day: one for one in sorted(found, key=lambda one: one.day)}


def raw_days(stack: Stack) -> list[date]:
    """The days of which the catalog has raw lines, in order."""
    return sorted({date.fromisoformat(one["Values"][0]) for one in _partitions(stack, lake_names.TABLE)})


def rules_of_today(stack: Stack) -> str:
    """The version of the rules that the view of raw lines has: eight hexadecimal digits.

    Raises StackNotFoundError if the stack has no such view.
    """
    try:
        glue = stack.cloud.client("glue")
        view: dict[str, Any] = glue.get_table(DatabaseName=stack.database, Name=lake_names.RAW_VIEW)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        raise StackNotFoundError(f"{stack} has no view {lake_names.RAW_VIEW}: deploy it again, {_DEPLOY}") from error
    version = _version_of(view)
    if version is None:
        raise StackNotFoundError(
            f"the view {lake_names.RAW_VIEW} of {stack} is not the template's: deploy it again, {_DEPLOY}"
        )
    return version


def _partitions(stack: Stack, table: str) -> list[dict[str, Any]]:
    return partitions(stack.cloud.client("glue"), stack.database, table)


def _typed_day(partition: Mapping[str, Any]) -> TypedDay:
    """A partition as Glue describes it; one that somebody else has made says less, and cannot be made again."""
    kept = partition.get("Parameters") or {}
    return TypedDay(
        day=date.fromisoformat(partition["Values"][0]),
        location=partition["StorageDescriptor"]["Location"],
        rows=int(kept.get("rows", 0)),
        rules_version=kept.get("rules_version", ""),
        raw_objects=int(kept.get("raw_count", 0)),
        raw_is_gone="true" in (kept.get("raw_expired"), kept.get("raw_gone")) or "raw_objects" not in kept,
    )


def _version_of(view: Mapping[str, Any]) -> str | None:
    """The literal in the view's text, which is base64 of JSON, as Athena writes views."""
    try:
        found = _VIEW.search(view["ViewOriginalText"])
        sql = json.loads(base64.b64decode(found[1], validate=True))["originalSql"] if found else ""
    except (KeyError, ValueError, binascii.Error):
        return None
    version = _VERSION.search(sql)
    return version[1] if version else None
