# SPDX-License-Identifier: Apache-2.0
"""docs/cost.md, README and docs/sar.md hold what the model computes today."""

from edgepixel.cost.document import blocks
from edgepixel.rendering.blocks import stale


def test_the_pages_are_up_to_date() -> None:
    made = blocks()
    assert [block.path.name for block in made] == ["cost.md", "README.md", "sar.md"]
    assert "| 1,000,000,000 |" in made[0].text
    assert [block.path.name for block in stale(made)] == [], f"run: {made[0].command}"
