# SPDX-License-Identifier: Apache-2.0
"""Sending traffic and keeping the ledger of it. The pixel is played by the test."""

from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edgepixel.errors import SendError
from edgepixel.traffic import recorder
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.ledger import Row, read_ledger
from edgepixel.traffic.recorder import record_traffic
from edgepixel.traffic.sender import Pixel
from tests.unit.edgepixel.fake_cloud import STACK


@pytest.fixture
def statuses(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The status of the response to each method; 200 for the others."""
    given: dict[str, int] = {}

    def send(hits: Iterable[Hit], pixel: Pixel, _connections: int) -> Generator[Row]:
        for number, hit in enumerate(hits):
            status = given.get(hit.truth.method if hit.truth.logged else "elsewhere", 200)
            yield Row(str(number), status, pixel.host, hit.truth)

    monkeypatch.setattr(recorder, "send", send)
    return given


@pytest.mark.parametrize(
    ("parameters", "known"),
    [
        ({"EdgeFunction": "enabled"}, (True, True)),
        ({"EdgeFunction": "enabled", "HonorGlobalPrivacyControl": "false"}, (True, False)),
        ({"EdgeFunction": "disabled"}, (False, True)),
        ({}, (False, True)),
    ],
    ids=["with the edge function", "which ignores Sec-GPC", "without", "of an earlier version"],
)
def test_what_the_stack_logs_decides_what_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str], known: tuple[bool, bool]
) -> None:
    seen: list[tuple[bool, bool]] = []

    def send(_hits: Iterable[Hit], pixel: Pixel, _connections: int) -> Generator[Row]:
        seen.append((pixel.has_edge_function, pixel.honors_privacy_control))
        yield from ()

    monkeypatch.setattr(recorder, "send", send)
    stack = replace(STACK, parameters=STACK.parameters | parameters)
    record_traffic(stack, tmp_path / "ledger.jsonl", hits=1, seed=3)
    assert seen == [known]


def record(path: Path, **options: Any) -> None:
    record_traffic(STACK, path, hits=700, seed=3, **options)


def test_every_hit_is_in_the_ledger_with_what_the_stack_may_know(tmp_path: Path, statuses: dict[str, int]) -> None:
    statuses |= {"POST": 403, "PUT": 403, "DELETE": 403, "PATCH": 403, "OPTIONS": 403, "elsewhere": 404}
    seen: list[int] = []
    record(tmp_path / "ledger.jsonl", progress=seen.append)
    ledger = read_ledger(tmp_path / "ledger.jsonl")
    assert [row.request_id for row in ledger.rows] == [str(number) for number in range(700)]
    assert seen == list(range(1, 701))
    assert ledger.header.simulated
    assert (ledger.header.ip_addresses, ledger.header.honors_privacy_control) == ("truncated", True)
    assert {row.status for row in ledger.rows} == {200, 403, 404}


@pytest.mark.parametrize("status", [403, 502])
def test_a_pixel_that_serves_no_image_ends_the_sending(tmp_path: Path, statuses: dict[str, int], status: int) -> None:
    statuses["GET"] = status
    with pytest.raises(SendError, match=f"returned status {status}"):
        record(tmp_path / "ledger.jsonl")
    assert len(read_ledger(tmp_path / "ledger.jsonl").rows) == 1
