# SPDX-License-Identifier: Apache-2.0
"""The handler: it always sends a response, once, and never logs the address."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient
from tests.fakes.cloudformation import SECRET, ResponseServer, event
from tests.fakes.lambda_context import FakeContext
from tests.waiting import wait_until

CONTROL = {"Kind": "OriginAccessControl", "Name": "shop-eu-west-1", "Description": "Reads the pixel"}


@pytest.fixture
def log(edge_setup: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the function logs."""
    log = io.StringIO()
    monkeypatch.setattr(edge_setup.app.logger.registered_handler, "stream", log)
    return log


@pytest.fixture
def invoke(edge_setup: SimpleNamespace, cloudformation: ResponseServer) -> Any:
    """Invoke the handler with a request whose response goes to `cloudformation`."""

    def invoke(
        request_type: str, properties: dict[str, Any], physical_id: str = "", milliseconds: int = 60_000
    ) -> None:
        request = event(request_type, properties, physical_id, cloudformation.url)
        edge_setup.app.lambda_handler(request, FakeContext(milliseconds))

    return invoke


def test_a_request_is_done_and_gets_a_response(
    invoke: Any, cloudformation: ResponseServer, cloudfront: FakeClient, log: io.StringIO
) -> None:
    invoke("Create", CONTROL)
    assert cloudformation.response["Status"] == "SUCCESS"
    assert cloudformation.response["PhysicalResourceId"] in cloudfront.service.controls
    assert "Request done" in log.getvalue()


def test_an_unknown_kind_fails_with_the_list_of_kinds(invoke: Any, cloudformation: ResponseServer) -> None:
    invoke("Create", {"Kind": "Toaster"})
    assert cloudformation.response["Status"] == "FAILED"
    assert cloudformation.response["Reason"] == (
        "Thing: Kind is 'Toaster', not one of "
        "LogDelivery, RealtimeLogConfig, OriginAccessControl, PixelObject, PixelScript, DistributionAttachment, "
        "DataRemoval, FirstValue"
    )


def test_the_delete_after_a_failed_create_succeeds_whatever_was_wrong(
    invoke: Any, cloudformation: ResponseServer
) -> None:
    invoke("Create", {"Kind": "Toaster"})
    invented = cloudformation.responses.pop()["PhysicalResourceId"]
    invoke("Delete", {"Kind": "Toaster"}, invented)
    assert cloudformation.response["Status"] == "SUCCESS"
    assert cloudformation.response["PhysicalResourceId"] == invented


def test_missing_properties_are_all_named(invoke: Any, cloudformation: ResponseServer) -> None:
    invoke("Create", {"Kind": "RealtimeLogConfig", "Name": "shop"})
    for name in ("StreamArn", "RoleArn", "SamplingRate"):
        assert name in cloudformation.response["Reason"]


def test_an_unforeseen_error_is_a_response_too(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: ResponseServer,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def create(*_: Any) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(edge_setup.resources.origin_access_control, "create", create)
    invoke("Create", CONTROL)
    assert cloudformation.response["Status"] == "FAILED"
    assert "of all things" in cloudformation.response["Reason"]
    assert "ZeroDivisionError" in log.getvalue()


def test_when_the_time_runs_out_it_fails_once_and_undoes_what_it_made(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: ResponseServer,
    cloudfront: FakeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create = edge_setup.resources.origin_access_control.create

    def slow(*arguments: Any) -> Any:
        outcome = create(*arguments)
        wait_until(lambda: cloudformation.responses, "a response is sent while the work goes on", pause_seconds=0.01)
        return outcome

    monkeypatch.setattr(edge_setup.resources.origin_access_control, "create", slow)
    invoke("Create", CONTROL, milliseconds=100)
    assert cloudformation.response["Status"] == "FAILED"
    assert "timed out" in cloudformation.response["Reason"]
    assert cloudfront.count("create_origin_access_control") == 1
    assert cloudfront.service.controls == {}


def test_what_cannot_be_undone_is_logged_and_does_not_come_again(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: ResponseServer,
    cloudfront: FakeClient,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge_setup.protocol.response.Response, "succeed", lambda *_: False)
    cloudfront.fail_next["delete_origin_access_control"] = ["AccessDenied"]
    invoke("Create", CONTROL)
    assert "Undo failed" in log.getvalue()
    assert next(iter(cloudfront.service.controls)) in log.getvalue()


def test_a_request_whose_response_is_not_delivered_is_undone_and_comes_again(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: ResponseServer,
    cloudfront: FakeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge_setup.protocol.response.time, "sleep", lambda _: None)
    cloudformation.refusals = [500, 500, 500]
    with pytest.raises(edge_setup.protocol.response.ResponseNotDelivered):
        invoke("Create", CONTROL)
    assert cloudfront.count("create_origin_access_control") == 1
    assert cloudfront.service.controls == {}


def test_an_event_without_an_address_is_an_error(edge_setup: SimpleNamespace) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidRequest, match="ResponseURL"):
        edge_setup.app.lambda_handler(event("Create", CONTROL) | {"ResponseURL": ""}, FakeContext())


def test_the_address_of_the_response_is_never_logged(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: ResponseServer,
    cloudfront: FakeClient,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(edge_setup.protocol.response.time, "sleep", lambda _: None)
    invoke("Create", CONTROL)
    invoke("Create", {"Kind": "Toaster"})
    cloudfront.fail_next["create_origin_access_control"] = ["AccessDenied"]
    invoke("Create", CONTROL)
    cloudformation.refusals = [500, 500, 500]
    with pytest.raises(edge_setup.protocol.response.ResponseNotDelivered) as caught:
        invoke("Create", CONTROL)
    assert "AccessDenied" in log.getvalue()
    printed = "".join(capfd.readouterr())
    assert SECRET not in log.getvalue() + printed + str(caught.value)
    assert "/response" not in log.getvalue() + printed + str(caught.value)
