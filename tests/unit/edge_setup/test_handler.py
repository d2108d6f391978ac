# SPDX-License-Identifier: Apache-2.0
"""The handler: it always answers, once, and says nothing of the address."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.edge_setup.cloudformation import SECRET, AnswerServer, event
from tests.unit.fake_aws import FakeClient
from tests.unit.lambda_context import FakeContext
from tests.waiting import wait_until

CONTROL = {"Kind": "OriginAccessControl", "Name": "shop-eu-west-1", "Description": "Reads the pixel"}


@pytest.fixture
def log(edge_setup: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the function logs."""
    log = io.StringIO()
    monkeypatch.setattr(edge_setup.app.logger.registered_handler, "stream", log)
    return log


@pytest.fixture
def invoke(edge_setup: SimpleNamespace, cloudformation: AnswerServer) -> Any:
    """Invoke the handler with a request whose answer goes to `cloudformation`."""

    def invoke(
        request_type: str, properties: dict[str, Any], physical_id: str = "", milliseconds: int = 60_000
    ) -> None:
        request = event(request_type, properties, physical_id, cloudformation.url)
        edge_setup.app.lambda_handler(request, FakeContext(milliseconds))

    return invoke


def test_a_request_is_done_and_answered(
    invoke: Any, cloudformation: AnswerServer, cloudfront: FakeClient, log: io.StringIO
) -> None:
    invoke("Create", CONTROL)
    assert cloudformation.answer["Status"] == "SUCCESS"
    assert cloudformation.answer["PhysicalResourceId"] in cloudfront.service.controls
    assert "Request done" in log.getvalue()


def test_an_unknown_kind_fails_with_the_list_of_kinds(invoke: Any, cloudformation: AnswerServer) -> None:
    invoke("Create", {"Kind": "Toaster"})
    assert cloudformation.answer["Status"] == "FAILED"
    assert cloudformation.answer["Reason"] == (
        "Thing: Kind is 'Toaster', not one of "
        "RealtimeLogConfig, OriginAccessControl, PixelObject, PixelScript, DistributionAttachment, DataRemoval"
    )


def test_the_delete_after_a_failed_create_succeeds_whatever_was_wrong(
    invoke: Any, cloudformation: AnswerServer
) -> None:
    invoke("Create", {"Kind": "Toaster"})
    invented = cloudformation.answers.pop()["PhysicalResourceId"]
    invoke("Delete", {"Kind": "Toaster"}, invented)
    assert cloudformation.answer["Status"] == "SUCCESS"
    assert cloudformation.answer["PhysicalResourceId"] == invented


def test_missing_properties_are_all_named(invoke: Any, cloudformation: AnswerServer) -> None:
    invoke("Create", {"Kind": "RealtimeLogConfig", "Name": "shop"})
    for name in ("StreamArn", "RoleArn", "SamplingRate"):
        assert name in cloudformation.answer["Reason"]


def test_an_error_nobody_thought_of_is_answered_too(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: AnswerServer,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def create(*_: Any) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(edge_setup.origin_access_control, "create", create)
    invoke("Create", CONTROL)
    assert cloudformation.answer["Status"] == "FAILED"
    assert "of all things" in cloudformation.answer["Reason"]
    assert "ZeroDivisionError" in log.getvalue()


def test_when_the_time_runs_out_it_fails_once_and_takes_back_what_it_made(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: AnswerServer,
    cloudfront: FakeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create = edge_setup.origin_access_control.create

    def slow(*arguments: Any) -> Any:
        outcome = create(*arguments)
        wait_until(lambda: cloudformation.answers, "somebody answers while the work goes on", pause_seconds=0.01)
        return outcome

    monkeypatch.setattr(edge_setup.origin_access_control, "create", slow)
    invoke("Create", CONTROL, milliseconds=100)
    assert cloudformation.answer["Status"] == "FAILED"
    assert "timed out" in cloudformation.answer["Reason"]
    assert cloudfront.count("create_origin_access_control") == 1
    assert cloudfront.service.controls == {}


def test_what_cannot_be_taken_back_is_named_and_not_asked_for_again(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: AnswerServer,
    cloudfront: FakeClient,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge_setup.response.Answer, "succeed", lambda *_: False)
    cloudfront.fail_next["delete_origin_access_control"] = ["AccessDenied"]
    invoke("Create", CONTROL)
    assert "Left behind" in log.getvalue()
    assert next(iter(cloudfront.service.controls)) in log.getvalue()


def test_what_cannot_be_answered_is_taken_back_and_invoked_again(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: AnswerServer,
    cloudfront: FakeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge_setup.response.time, "sleep", lambda _: None)
    cloudformation.refusals = [500, 500, 500]
    with pytest.raises(edge_setup.response.AnswerNotDelivered):
        invoke("Create", CONTROL)
    assert cloudfront.count("create_origin_access_control") == 1
    assert cloudfront.service.controls == {}


def test_an_event_without_an_address_is_an_error(edge_setup: SimpleNamespace) -> None:
    with pytest.raises(edge_setup.request.InvalidRequest, match="ResponseURL"):
        edge_setup.app.lambda_handler(event("Create", CONTROL) | {"ResponseURL": ""}, FakeContext())


def test_the_address_of_the_answer_is_never_logged(
    invoke: Any,
    edge_setup: SimpleNamespace,
    cloudformation: AnswerServer,
    cloudfront: FakeClient,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(edge_setup.response.time, "sleep", lambda _: None)
    invoke("Create", CONTROL)
    invoke("Create", {"Kind": "Toaster"})
    cloudfront.fail_next["create_origin_access_control"] = ["AccessDenied"]
    invoke("Create", CONTROL)
    cloudformation.refusals = [500, 500, 500]
    with pytest.raises(edge_setup.response.AnswerNotDelivered) as caught:
        invoke("Create", CONTROL)
    assert "AccessDenied" in log.getvalue()
    printed = "".join(capfd.readouterr())
    assert SECRET not in log.getvalue() + printed + str(caught.value)
    assert "/answer" not in log.getvalue() + printed + str(caught.value)
