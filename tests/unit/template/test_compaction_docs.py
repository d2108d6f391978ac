# SPDX-License-Identifier: Apache-2.0
"""The statement by which docs/architecture.md compacts a day is one that the stack's workgroup accepts."""

import re
from collections.abc import Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from edgepixel.aws.lake_names import EVENTS, TABLE
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
STATEMENTS = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
# Synopsis: https://docs.aws.amazon.com/athena/latest/ug/unload.html
UNLOAD = re.compile(r"UNLOAD \((SELECT .*)\)\nTO 's3://LAKE/([^']*)'\nWITH \((.*)\)\n")


def test_no_statement_names_a_place_that_the_workgroup_overrides(template: Mapping[str, Any]) -> None:
    """With one, "the query fails with an error message" (https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html,
    `external_location`)."""
    assert template["Resources"]["WorkGroup"]["Properties"]["WorkGroupConfiguration"]["EnforceWorkGroupConfiguration"]
    assert STATEMENTS
    assert [statement for statement in STATEMENTS if "external_location" in statement] == []


def test_a_day_is_unloaded_where_nothing_expires_and_no_object_is_an_event(template: Mapping[str, Any]) -> None:
    (statement,) = STATEMENTS
    found = UNLOAD.fullmatch(statement)
    assert found
    select, folder, settings = found.groups()
    query = sqlglot.parse_one(select, read="trino")
    assert [table.name for table in query.find_all(exp.Table)] == [TABLE]
    rules = template["Resources"]["LakeBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    prefixes = [rule["Prefix"] for rule in rules if "ExpirationInDays" in rule]
    assert EVENTS in prefixes
    assert [prefix for prefix in prefixes if folder.startswith(prefix)] == []
    assert dict(re.findall(r"(\w+) = '(\w+)'", settings)) == {"format": "PARQUET", "compression": "ZSTD"}


def test_the_place_of_a_table_without_a_location_expires_as_documented(template: Mapping[str, Any]) -> None:
    rules = template["Resources"]["LakeBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (results,) = [rule for rule in rules if rule.get("Prefix") == "query-results/"]
    assert results["ExpirationInDays"] == 7
    assert "`query-results/tables/`, and expires with all query results after seven days" in TEXT.replace("\n", " ")
