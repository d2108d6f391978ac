# SPDX-License-Identifier: Apache-2.0
"""docs/privacy.md: how long everything is kept is what the template says."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from edgepixel.aws.lake_names import DELIVERY_ERRORS, EVENTS, FAILED_BATCHES, QUARANTINE, REPLAYED
from tests.conftest import ROOT

PAGE = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
# Of the table of places: the first cell, and the last.
KEPT = dict(re.findall(r"^\| ([^|]+) \|[^|\n]+\| ([^|]*) \|$", PAGE[PAGE.index("| where | what |") :], re.MULTILINE))


@pytest.fixture(scope="module")
def rules(template: Mapping[str, Any]) -> dict[str, Any]:
    """The lake's lifecycle rules that delete something, by prefix."""
    found = template["Resources"]["LakeBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    return {rule["Prefix"]: rule["ExpirationInDays"] for rule in found if "Prefix" in rule}


@pytest.mark.parametrize(
    ("place", "prefixes"),
    [
        (f"lake, `{QUARANTINE}` and `{FAILED_BATCHES}`", [QUARANTINE, FAILED_BATCHES]),
        (f"lake, `{DELIVERY_ERRORS}`", [DELIVERY_ERRORS]),
        ("lake, `query-results/`", ["query-results/"]),
        ("lake, `cross-check/`", ["cross-check/"]),
    ],
)
def test_what_the_lake_keeps_for_a_fixed_time(rules: dict[str, Any], place: str, prefixes: list[str]) -> None:
    assert {f"{rules[prefix]} days" for prefix in prefixes} == {KEPT[place]}


def test_events_are_kept_as_the_owner_chooses(rules: dict[str, Any], template: Mapping[str, Any]) -> None:
    assert KEPT[f"lake, `{EVENTS}`"] == "`RetentionDays`; 0 means until you delete them"
    assert rules[EVENTS]["Fn::If"][:2] == ["HasRetention", {"Ref": "RetentionDays"}]
    assert template["Parameters"]["RetentionDays"]["Default"] == 0


def test_no_folder_of_the_lake_is_left_out(rules: dict[str, Any]) -> None:
    named = {folder for place in KEPT for folder in re.findall(r"`([\w/-]+/)`", place)}
    assert rules.keys() - named == {REPLAYED}  # empty objects, named like what was replayed


@pytest.mark.parametrize("stream", ["raw stream", "aggregated stream"])
def test_streams_keep_a_day(template: Mapping[str, Any], stream: str) -> None:
    name = stream.title().replace(" ", "")
    hours = template["Resources"][name]["Properties"]["RetentionPeriodHours"]
    assert KEPT[stream] == f"{hours} hours"


def test_settings_that_protect_are_the_defaults(template: Mapping[str, Any]) -> None:
    said = " ".join(PAGE.split())
    assert template["Parameters"]["IpAddresses"]["Default"] == "truncated"
    assert "`truncated` (the default) keeps the first 24 bits of IPv4" in said
    assert template["Parameters"]["HonorGlobalPrivacyControl"]["Default"] == "true"
    assert "`HonorGlobalPrivacyControl=true` (the default)" in said
