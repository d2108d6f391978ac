# SPDX-License-Identifier: Apache-2.0
"""Kind FirstValue."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.cloudformation import event
from tests.unit.edge_setup.fake_deadline import FakeDeadline


@pytest.fixture
def ask(edge_setup: SimpleNamespace, deadline: FakeDeadline) -> Any:
    """Ask for Create, Update or Delete with a value."""

    def ask(request_type: str, physical_id: str = "", **properties: Any) -> Any:
        wanted = {"Kind": "FirstValue", **properties}
        request = edge_setup.protocol.request.Request.parse(event(request_type, wanted, physical_id))
        return edge_setup.kinds.perform(request, deadline)

    return ask


def test_the_first_value_stays_through_every_update(ask: Any) -> None:
    outcome = ask("Create", Value="TRIM_HORIZON")
    assert outcome.data == {"Value": "TRIM_HORIZON"}
    for value in ("LATEST", "LATEST", "TRIM_HORIZON"):
        updated = ask("Update", outcome.physical_id, Value=value)
        assert (updated.physical_id, updated.data) == (outcome.physical_id, {"Value": "TRIM_HORIZON"})


def test_a_resource_that_is_made_again_takes_the_value_of_then(ask: Any) -> None:
    first = ask("Create", Value="TRIM_HORIZON")
    ask("Delete", first.physical_id, Value="TRIM_HORIZON")
    assert ask("Create", Value="LATEST").data == {"Value": "LATEST"}


def test_create_needs_a_value(ask: Any, edge_setup: SimpleNamespace) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="Value"):
        ask("Create")


@pytest.mark.parametrize("physical_id", ["first-value:", "something-else"])
def test_update_of_a_resource_that_tells_no_value_is_refused(
    ask: Any, edge_setup: SimpleNamespace, physical_id: str
) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match=physical_id):
        ask("Update", physical_id, Value="LATEST")
