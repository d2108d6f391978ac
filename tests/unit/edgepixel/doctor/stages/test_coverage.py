# SPDX-License-Identifier: Apache-2.0
"""What the doctor says of coverage."""

from datetime import UTC, datetime
from typing import Any

import pytest

from edgepixel.cost.monitoring import function_metrics
from edgepixel.doctor.facts.said import Refused
from edgepixel.doctor.stages import coverage


def at(day: int, percent: float) -> dict[str, Any]:
    return {"Timestamp": datetime(2026, 11, day, 6, tzinfo=UTC), "Minimum": percent, "Unit": "Percent"}


def test_the_last_measurement_is_told() -> None:
    said = coverage.note({"Label": "Coverage", "Datapoints": [at(22, 12.0), at(23, 99.98), at(21, 100.0)]})
    assert said is not None
    assert said.startswith("Coverage: 99.98 % of a day's hits were logged, as measured on 2026-11-23.")


@pytest.mark.parametrize("said", [{"Datapoints": []}, Refused("GetMetricStatistics", "AccessDenied", "no")])
def test_nothing_yet_is_no_error(said: Any) -> None:
    assert coverage.note(said) is None


def test_it_is_the_metric_that_the_hit_counter_sends() -> None:
    assert coverage.METRIC in function_metrics("functions/hit_counter/")
