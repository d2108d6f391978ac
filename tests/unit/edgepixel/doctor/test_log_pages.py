# SPDX-License-Identifier: Apache-2.0
"""Pages of a log: some are empty although others follow."""

from typing import Any

from edgepixel.doctor.facts.aws_calls import AwsCalls
from tests.fakes.client import FakeClient
from tests.unit.edgepixel.fake_cloud import fake_stack


class Pages:
    """CloudWatch Logs with these pages of messages, and empty ones for ever after them if `endless`."""

    def __init__(self, *pages: list[str], endless: bool = False) -> None:
        self._pages, self._endless = pages, endless

    def filter_log_events(self, nextToken: str = "0", **_: Any) -> dict[str, Any]:
        number = int(nextToken)
        found = self._pages[number] if number < len(self._pages) else []
        goes_on = self._endless or number + 1 < len(self._pages)
        return {"events": [{"message": text} for text in found], **({"nextToken": str(number + 1)} if goes_on else {})}


def read(pages: Pages) -> list[str] | None:
    return AwsCalls(fake_stack(logs=FakeClient("logs", pages))).log("group", 0.0)


def test_what_is_behind_empty_pages_is_read() -> None:
    assert read(Pages(*[[]] * 20, ["a"], [], ["b"])) == ["a", "b"]


def test_a_log_without_events_has_none() -> None:
    assert read(Pages([])) == []


def test_a_log_that_was_not_read_to_its_end_is_not_empty() -> None:
    assert read(Pages(endless=True)) is None
    assert read(Pages(["a"], endless=True)) == ["a"]


def test_the_first_pages_with_events_are_enough() -> None:
    texts = [[str(number)] for number in range(9)]
    assert read(Pages(*texts)) == ["0", "1", "2", "3", "4"]
