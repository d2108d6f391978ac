# SPDX-License-Identifier: Apache-2.0
"""The names in edgepixel/aws/lake_names.py are those of the template."""

from edgepixel.aws import lake_names
from edgepixel.template.reader import read_template, view_sql


def test_the_names_that_commands_know_are_the_template_s() -> None:
    resources = read_template()["Resources"]
    delivery = resources["Delivery"]["Properties"]["ExtendedS3DestinationConfiguration"]
    rules = resources["LakeBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = {rule["Prefix"] for rule in rules if "Prefix" in rule}
    may_write = str(resources["AggregatorRole"]["Properties"]["Policies"])
    assert f"${{LakeBucket.Arn}}/{lake_names.QUARANTINE}*" in may_write
    assert f"FROM {lake_names.TABLE} " in view_sql()
    assert delivery["Prefix"].startswith(lake_names.EVENTS)
    assert delivery["ErrorOutputPrefix"].startswith(lake_names.DELIVERY_ERRORS)
    assert expiring >= {
        lake_names.QUARANTINE,
        lake_names.FAILED_BATCHES,
        lake_names.REPLAYED,
        lake_names.DELIVERY_ERRORS,
        lake_names.QUERY_RESULTS,
        lake_names.TYPED,
        lake_names.CROSS_CHECK,
    }
    results = resources["WorkGroup"]["Properties"]["WorkGroupConfiguration"]["ResultConfiguration"]["OutputLocation"]
    assert results == {"Fn::Sub": f"s3://${{LakeBucket}}/{lake_names.QUERY_RESULTS}"}
