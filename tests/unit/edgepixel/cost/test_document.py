# SPDX-License-Identifier: Apache-2.0
"""docs/cost.md, README and docs/sar.md hold what the model computes today."""

from edgepixel.cost.assumptions import CROSS_CHECK_DAYS
from edgepixel.cost.document import blocks
from edgepixel.rendering.blocks import stale
from edgepixel.template.reader import resources_of_type


def test_the_pages_are_up_to_date() -> None:
    made = blocks()
    assert [block.path.name for block in made] == ["cost.md", "README.md", "sar.md"]
    assert "| 1,000,000,000 |" in made[0].text
    assert [block.path.name for block in stale(made)] == [], f"run: {made[0].command}"


def test_the_cross_check_is_stored_as_long_as_the_lake_keeps_it() -> None:
    rules = resources_of_type("AWS::S3::Bucket")["LakeBucket"]["LifecycleConfiguration"]["Rules"]
    assert [rule["ExpirationInDays"] for rule in rules if rule["Id"] == "cross-check"] == [CROSS_CHECK_DAYS]
