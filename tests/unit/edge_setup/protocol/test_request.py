# SPDX-License-Identifier: Apache-2.0
"""CloudFormation's requests, parsed."""

from types import SimpleNamespace

import pytest

from tests.fakes.cloudformation import SECRET, STACK_ID, UNIQUE_ID, event


def test_one_error_names_every_missing_property(edge_setup: SimpleNamespace) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidRequest) as caught:
        edge_setup.protocol.request.Request.parse({"RequestType": "Delete", "StackId": STACK_ID})
    for name in ("RequestId", "LogicalResourceId", "ResponseURL", "ResourceProperties", "PhysicalResourceId"):
        assert name in str(caught.value)
    assert "StackId" not in str(caught.value)


def test_create_needs_no_physical_id(edge_setup: SimpleNamespace) -> None:
    assert edge_setup.protocol.request.Request.parse(event("Create", {})).physical_id == ""


def test_an_unknown_request_type_is_refused(edge_setup: SimpleNamespace) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidRequest, match="Create, Update, Delete"):
        edge_setup.protocol.request.Request.parse(event("Upsert", {}))


def test_only_http_addresses_are_accepted(edge_setup: SimpleNamespace) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidRequest, match="not an HTTP address"):
        edge_setup.protocol.request.Request.parse(event("Create", {}, url="file:///etc/passwd"))


def test_the_address_of_the_response_is_not_in_the_representation(edge_setup: SimpleNamespace) -> None:
    request = edge_setup.protocol.request.Request.parse(event("Create", {}))
    assert SECRET in request.response_url
    assert SECRET not in repr(request)


@pytest.mark.parametrize(
    ("name", "owned"),
    [
        ("shop-eu-west-1", True),
        (f"edgepixel-{UNIQUE_ID}", True),
        ("shop", False),
        ("shop-us-east-1", False),  # the namesake in another Region: CloudFront is global
        ("shopping-eu-west-1", False),
        ("blog-eu-west-1", False),
    ],
)
def test_a_stack_owns_names_that_no_other_stack_can_have(edge_setup: SimpleNamespace, name: str, owned: bool) -> None:
    assert edge_setup.protocol.request.Request.parse(event("Create", {})).owns(name) is owned


def test_a_stack_id_of_another_form_owns_nothing(edge_setup: SimpleNamespace) -> None:
    request = edge_setup.protocol.request.Request.parse(event("Create", {}) | {"StackId": "stack//unknown"})
    assert not request.owns("shop-eu-west-1")


def test_texts_names_every_bad_property(edge_setup: SimpleNamespace) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="A, B"):
        edge_setup.protocol.request.texts({"A": ["list"], "C": "text"}, "A", "B", "C")
