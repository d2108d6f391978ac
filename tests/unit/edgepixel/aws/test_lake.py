# SPDX-License-Identifier: Apache-2.0
"""The names in edgepixel/aws/lake.py are those of the template."""

from edgepixel.aws import lake
from edgepixel.template import read_template


def test_the_names_that_commands_know_are_the_template_s() -> None:
    resources = read_template()["Resources"]
    aggregator = resources["AggregatorFunction"]["Properties"]["Environment"]["Variables"]
    trigger = resources["CrawlerTriggerFunction"]["Properties"]["Environment"]["Variables"]
    delivery = resources["Delivery"]["Properties"]["ExtendedS3DestinationConfiguration"]
    rules = resources["LakeBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = {rule["Prefix"] for rule in rules if "Prefix" in rule}
    assert aggregator["QUARANTINE_PREFIX"] == lake.QUARANTINE
    assert trigger["TABLE_NAME"] == lake.TABLE
    assert delivery["Prefix"].startswith(lake.EVENTS)
    assert delivery["ErrorOutputPrefix"].startswith(lake.DELIVERY_ERRORS)
    assert expiring >= {lake.QUARANTINE, lake.FAILED_BATCHES, lake.REPLAYED, lake.DELIVERY_ERRORS}
