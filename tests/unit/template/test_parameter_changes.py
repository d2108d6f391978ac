# SPDX-License-Identifier: Apache-2.0
"""What a change of a parameter does to a running stack: nothing that AWS refuses or that loses what was collected."""

from collections.abc import Mapping
from typing import Any

import pytest

from edgepixel.parameter_changes.changes import effects
from edgepixel.parameter_changes.comparison import Effect
from edgepixel.parameter_changes.evaluation import resources
from edgepixel.parameter_changes.notes import NOTES

# What holds events, or the only way to them. Each is there with any parameters but Source, which chooses the way.
LAKE = {"LakeBucket", "SiteBucket", "WorkGroup", "AlarmTopic"}
KEPT = LAKE | {"RawStream", "RealtimeLogConfig", "RealtimeLogRole"}
CONSENT = {"AcceptWholeSiteLogs"}  # only a rule asks for it


@pytest.fixture(scope="module")
def changes(transformed: Mapping[str, Any]) -> dict[str, Effect]:
    return effects(transformed)


def test_every_parameter_changes_something(changes: dict[str, Effect], transformed: Mapping[str, Any]) -> None:
    assert list(changes) == list(transformed["Parameters"])
    assert {name for name, effect in changes.items() if effect == Effect()} == CONSENT
    resources = repr({key: transformed[key] for key in ("Conditions", "Resources", "Outputs")})
    assert not [name for name in CONSENT if name in resources]


def test_no_parameter_replaces_or_deletes_what_holds_events(
    changes: dict[str, Effect], transformed: Mapping[str, Any]
) -> None:
    assert set(transformed["Resources"]) >= KEPT
    lost = {name: effect.replaced | effect.perhaps_replaced | effect.removed for name, effect in changes.items()}
    source = lost.pop("Source")
    assert source & KEPT == KEPT - LAKE
    assert {name: resources & KEPT for name, resources in lost.items() if resources & KEPT} == {}


def test_no_parameter_makes_a_second_resource_of_the_same_name(changes: dict[str, Effect]) -> None:
    # CloudFormation User Guide, "Name type": a replacement with a name of the template's choice fails.
    assert {name: effect.collides for name, effect in changes.items() if effect.collides} == {}


def test_no_parameter_replaces_an_event_source_mapping(
    changes: dict[str, Effect], transformed: Mapping[str, Any]
) -> None:
    # Lambda refuses a second one of the same function and stream, and CloudFormation makes the new one first.
    mappings = {
        name for name, body in transformed["Resources"].items() if body["Type"] == "AWS::Lambda::EventSourceMapping"
    }
    assert mappings == {"AggregatorFunctionLogLines"}
    assert [name for name, effect in changes.items() if mappings & (effect.replaced | effect.perhaps_replaced)] == []


def test_another_database_replaces_all_that_reads_it(
    changes: dict[str, Effect], transformed: Mapping[str, Any]
) -> None:
    answers = {name for name, body in transformed["Resources"].items() if body["Type"] == "AWS::Athena::NamedQuery"}
    tables = {name for name, body in transformed["Resources"].items() if body["Type"] == "AWS::Glue::Table"}
    # The cross-check's table is there with CrossCheck=enabled only; it names the database as the others do.
    assert changes["DatabaseName"].replaced == {"Database", *tables, *answers} - {"CrossCheckTable"}
    assert transformed["Resources"]["CrossCheckTable"]["Properties"]["DatabaseName"] == {"Ref": "Database"}
    assert {"Crawler", "CrawlerTriggerFunction"} <= changes["DatabaseName"].in_place


def test_the_delivery_may_read_both_streams_while_aggregation_changes(
    changes: dict[str, Effect], transformed: Mapping[str, Any]
) -> None:
    aggregation = changes["Aggregation"]
    assert "Delivery" in aggregation.replaced
    # An update of the role would take the old stream away from the old delivery, which is deleted at the end only.
    assert "DeliveryRole" not in aggregation.in_place | aggregation.replaced
    assert {"AggregatedStream", "ReadAggregates"} <= aggregation.removed
    # The permission is made before its reader, and deleted after it: a reference is an order to CloudFormation.
    source = transformed["Resources"]["Delivery"]["Properties"]["KinesisStreamSourceConfiguration"]
    assert "{'Fn::If': ['Aggregated', {'Ref': 'ReadAggregates'}" in str(source["RoleARN"])


def test_what_replaces_or_deletes_has_a_note(changes: dict[str, Effect], transformed: Mapping[str, Any]) -> None:
    harmless = {"SilenceMinutes", "Dashboard"}  # an alarm and a dashboard come and go, and nothing depends on them
    drastic = {name for name, effect in changes.items() if effect.replaced or effect.removed}
    assert drastic - harmless <= set(NOTES)
    assert set(NOTES) <= set(transformed["Parameters"])


@pytest.mark.parametrize(("name", "chosen"), [("shop", "shop"), ("", None)])
def test_a_chosen_database_name_is_one_that_a_change_replaces(
    transformed: Mapping[str, Any], name: str, chosen: str | None
) -> None:
    database = resources(transformed, {"DatabaseName": name})["Database"].properties
    assert database.get("DatabaseName") == chosen
    assert database["DatabaseInput"]["Name"] == (chosen or "edgepixel_5f1c7d30")


def test_a_distribution_of_somebody_else_gets_no_hsts(transformed: Mapping[str, Any]) -> None:
    def security(distribution: str) -> Any:
        headers = resources(transformed, {"AttachToDistributionId": distribution})["PixelHeaders"].properties
        return headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]

    assert set(security("")) == {"ContentTypeOptions", "StrictTransportSecurity"}
    assert set(security("E1A2B3C4D5E6F7")) == {"ContentTypeOptions"}
