# SPDX-License-Identifier: Apache-2.0
"""The compactor finds a day's objects where the crawler trigger registers their hours."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest


@pytest.mark.parametrize(
    "folder",
    [
        "events/dt=2026-03-14/hour=09/",
        "events/year=2026/month=03/day=14/hour=09/",
        "events/dt=2026-03-14/hour=24/",
        "events/dt=2026-03-14/",
        "events/dt=2026-03-14/hour=09/deeper/",
        "events/year=2026/month=03/day=14/hour=9/",
    ],
)
def test_an_object_s_hour_is_the_partition_that_the_trigger_registers(
    load_function: Callable[..., SimpleNamespace], folder: str
) -> None:
    registered = load_function("crawler_trigger", "partition").partition.partition_in("lake", folder, "events/")
    expected = registered and ((registered.day, registered.values[1]), registered.location)
    raw_lines = load_function("compactor", "raw_lines").raw_lines
    hour = raw_lines.hour_of_object(f"{folder}one.gz", "events/", "2026-03-14")
    found = hour and (("2026-03-14", hour[0]), f"s3://lake/{hour[1]}")
    assert found == expected
