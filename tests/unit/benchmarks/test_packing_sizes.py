# SPDX-License-Identifier: Apache-2.0
"""The page on packing sizes holds what the packer does today with the template's sizes."""

from random import Random

import pytest

from benchmarks.aggregator.payloads import kinesis_event
from benchmarks.packing_sizes import AGGREGATE_BYTES, COMMAND, PAGE, USER_RECORD_BYTES, efficiency, table
from edgepixel.rendering.blocks import rewritten


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"**{USER_RECORD_BYTES:,}**" in page
    assert rewritten(page, COMMAND, table()) == page, f"run: {COMMAND}"


@pytest.mark.parametrize(("line_bytes", "percent"), [(500, 99.5), (900, 99.5), (1200, 99.5)])
def test_a_full_batch_wastes_next_to_nothing_by_either_reading(line_bytes: int, percent: float) -> None:
    event = kinesis_event(Random(2), line_bytes)  # noqa: S311 (the same lines in every run)
    assert min(efficiency(event, USER_RECORD_BYTES, AGGREGATE_BYTES)) > percent
