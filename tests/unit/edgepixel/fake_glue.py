# SPDX-License-Identifier: Apache-2.0
"""A catalog in memory: the view of raw lines with its rules, typed days, and hours of raw lines."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from edgepixel.aws import lake_names
from tests.fakes.client import FakeClient, client_error

TODAYS_RULES = "0123abcd"


def partition(day: str, rules: str = TODAYS_RULES, version: str = "1", **kept: str) -> dict[str, Any]:
    """A typed day as the compactor keeps it, of 100 rows from two objects unless `kept` says otherwise."""
    parameters = {"rows": "100", "rules_version": rules, "raw_objects": "a fingerprint", "raw_count": "2", **kept}
    location = f"s3://edgepixel-lake/typed/dt={day}/v={version}/"
    return {"Values": [day], "StorageDescriptor": {"Location": location}, "Parameters": parameters}


@dataclass
class FakeGlue:
    """`rules` is None for a stack without the view, as earlier versions are; they have no table of typed days."""

    typed: list[dict[str, Any]] = field(default_factory=list)
    raw: list[tuple[str, str]] = field(default_factory=list)
    rules: str | None = TODAYS_RULES

    def client(self) -> FakeClient:
        """boto3's client of it."""
        return FakeClient("glue", self)

    def get_table(self, DatabaseName: str, Name: str) -> dict[str, Any]:
        if Name != lake_names.RAW_VIEW or self.rules is None:
            raise client_error("EntityNotFoundException")
        sql = f"SELECT event_time, '{self.rules}' AS rules_version FROM pixel_events"  # noqa: S608 (ours)
        text = base64.b64encode(json.dumps({"originalSql": sql}).encode()).decode()
        return {"Table": {"Name": Name, "ViewOriginalText": f"/* Presto View: {text} */"}}

    def get_partitions(
        self, DatabaseName: str, TableName: str, ExcludeColumnSchema: bool, NextToken: str = "0"
    ) -> dict[str, Any]:
        """One a page, as if there were many."""
        if self.rules is None and TableName == lake_names.DAYS_TABLE:
            raise client_error("EntityNotFoundException")
        found = {
            lake_names.DAYS_TABLE: self.typed,
            lake_names.TABLE: [{"Values": list(values)} for values in self.raw],
        }[TableName]
        start = int(NextToken)
        more = {"NextToken": str(start + 1)} if start + 1 < len(found) else {}
        return {"Partitions": found[start : start + 1], **more}
