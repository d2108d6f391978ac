# SPDX-License-Identifier: Apache-2.0
"""docs/cost.md holds what the model computes today."""

from edgepixel.cost.document import COMMAND, PAGE, text
from edgepixel.rendering.blocks import rewritten


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "| 1,000,000,000 |" in page
    assert rewritten(page, COMMAND, text()) == page, f"run: {COMMAND}"
