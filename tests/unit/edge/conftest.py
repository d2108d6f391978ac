# SPDX-License-Identifier: Apache-2.0
"""The edge function in two JavaScript engines."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from edgepixel.edge_function import code
from localcloud.cloudfront.functions import engine
from localcloud.cloudfront.functions.engine import Run
from localcloud.cloudfront.functions.event import viewer_request
from tests.needed_tools import need
from tests.unit.edge.node_engine import NodeEngine


class RunsCode(Protocol):
    def __call__(self, code: str, event: Mapping[str, Any]) -> Run: ...


@dataclass(frozen=True)
class EdgeFunction:
    """edge/hit.js in one engine."""

    run_code: RunsCode

    def run(self, event: Mapping[str, Any], addresses: str = "truncated", privacy_control: str = "true") -> Run:
        return self.run_code(code(addresses, privacy_control), event)

    def says(
        self,
        headers: Mapping[str, str | list[str]],
        address: str = "203.0.113.77",
        addresses: str = "truncated",
        privacy_control: str = "true",
    ) -> str:
        """What it logs of a hit. It neither fails nor changes the request."""
        event = viewer_request(address=address, headers=headers)
        done = self.run(event, addresses, privacy_control)
        assert done.error is None
        assert done.value == event["request"]
        assert done.log_data is not None
        return done.log_data


@pytest.fixture(scope="module", params=["QuickJS", "Node"])
def edge_function(request: pytest.FixtureRequest) -> Iterator[EdgeFunction]:
    if request.param == "QuickJS":
        yield EdgeFunction(engine.run)
        return
    path = shutil.which("node") or ""
    need(bool(path), "Node is not installed")
    with NodeEngine(path) as node:
        yield EdgeFunction(node.run)
