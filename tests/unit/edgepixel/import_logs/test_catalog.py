# SPDX-License-Identifier: Apache-2.0
"""Waiting for the catalog: until it has every hour, and not for ever."""

from typing import Any

import pytest

from edgepixel.errors import LogImportError
from edgepixel.import_logs.catalog import wait_for_hours
from tests.fakes.client import FakeClient, client_error
from tests.unit.edgepixel.fake_cloud import fake_stack

HOUR = 483_540  # 2025-02-28 12:00 UTC
HOURS = [HOUR, HOUR + 1, HOUR + 24]
VALUES = [["2025-02-28", "12"], ["2025-02-28", "13"], ["2025-03-01", "12"]]


class Glue:
    """Gets one more of the hours with every look; at first there is not even a table. One partition a page."""

    def __init__(self, *, stops_at: int = 3) -> None:
        self.looks = -1
        self.stops_at = stops_at

    def get_partitions(self, NextToken: str = "0", **_: Any) -> dict[str, Any]:
        place = int(NextToken)
        self.looks += place == 0
        if self.looks == 0:
            raise client_error("EntityNotFoundException")
        there = VALUES[: min(self.looks - 1, self.stops_at)]
        more = {"NextToken": str(place + 1)} if place + 1 < len(there) else {}
        return {"Partitions": [{"Values": values} for values in there[place : place + 1]], **more}


def test_it_ends_when_every_hour_is_there() -> None:
    told: list[int] = []
    wait_for_hours(fake_stack(glue=FakeClient("glue", Glue())), HOURS, told.append, pause_seconds=0)
    assert told == [0, 0, 1, 2, 3]


def test_it_gives_up_when_no_further_hour_comes() -> None:
    stack = fake_stack(glue=FakeClient("glue", Glue(stops_at=2)))
    with pytest.raises(LogImportError, match=r"only 2 of 3 hours .* edgepixel doctor"):
        wait_for_hours(stack, HOURS, lambda found: None, patience_seconds=0.2, pause_seconds=0.01)


def test_other_errors_of_aws_pass_through() -> None:
    glue = FakeClient("glue", Glue())
    glue.fail_next["get_partitions"] = ["AccessDeniedException"]
    with pytest.raises(Exception, match="AccessDenied"):
        wait_for_hours(fake_stack(glue=glue), HOURS, lambda found: None)
