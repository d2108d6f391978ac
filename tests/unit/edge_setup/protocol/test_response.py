# SPDX-License-Identifier: Apache-2.0
"""The response: one, small enough, delivered with retries, without a word about its address."""

import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.cloudformation import SECRET, STACK_ID, ResponseServer, event


@pytest.fixture(autouse=True)
def no_pauses(edge_setup: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Remembers the pauses between attempts instead of making them."""
    pauses: list[float] = []
    monkeypatch.setattr(edge_setup.protocol.response.time, "sleep", pauses.append)
    return pauses


def request_to(edge_setup: SimpleNamespace, url: str, physical_id: str = "") -> Any:
    return edge_setup.protocol.request.Request.parse(event("Update" if physical_id else "Create", {}, physical_id, url))


def test_success_says_which_resource(edge_setup: SimpleNamespace, cloudformation: ResponseServer) -> None:
    outcome = edge_setup.protocol.outcome.Outcome("the-id", {"Arn": "the-arn"})
    assert edge_setup.protocol.response.Response(request_to(edge_setup, cloudformation.url)).succeed(outcome)
    assert cloudformation.response == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "the-id",
        "StackId": STACK_ID,
        "RequestId": "9a1f0000-0000-4000-8000-000000000001",
        "LogicalResourceId": "Thing",
        "Data": {"Arn": "the-arn"},
    }


def test_no_content_type_is_sent_because_the_signature_admits_none(
    edge_setup: SimpleNamespace, cloudformation: ResponseServer
) -> None:
    edge_setup.protocol.response.Response(request_to(edge_setup, cloudformation.url)).fail("because")
    assert cloudformation.headers[0]["Content-Type"] == ""


def test_failure_of_a_create_invents_an_id(edge_setup: SimpleNamespace, cloudformation: ResponseServer) -> None:
    edge_setup.protocol.response.Response(request_to(edge_setup, cloudformation.url)).fail("because")
    assert cloudformation.response["Status"] == "FAILED"
    assert cloudformation.response["Reason"] == "because"
    assert cloudformation.response["PhysicalResourceId"].startswith(edge_setup.protocol.response.NOT_CREATED)


def test_failure_of_an_update_keeps_the_id(edge_setup: SimpleNamespace, cloudformation: ResponseServer) -> None:
    edge_setup.protocol.response.Response(request_to(edge_setup, cloudformation.url, "kept")).fail("because")
    assert cloudformation.response["PhysicalResourceId"] == "kept"


@pytest.mark.parametrize("character", ["x", '"', "é", "\U0001f4f7", "\n"])
def test_a_long_reason_is_cut_to_the_limit_and_no_more(edge_setup: SimpleNamespace, character: str) -> None:
    body = edge_setup.protocol.response.body_of(request_to(edge_setup, ""), "FAILED", character * 9000, "id", {})
    assert 3600 < len(body) <= 4096
    assert json.loads(body)["Reason"].endswith(f"{character}...")


def test_a_reason_that_fits_is_kept_whole(edge_setup: SimpleNamespace) -> None:
    body = edge_setup.protocol.response.body_of(request_to(edge_setup, ""), "FAILED", "x" * 3000, "id", {})
    assert json.loads(body)["Reason"] == "x" * 3000


def test_delivery_is_tried_again(
    edge_setup: SimpleNamespace, cloudformation: ResponseServer, no_pauses: list[float]
) -> None:
    cloudformation.refusals = [503, 500]
    edge_setup.protocol.response.Response(request_to(edge_setup, cloudformation.url)).fail("because")
    assert cloudformation.response["Status"] == "FAILED"
    assert no_pauses == [0.0, 0.5, 1.5]


def test_giving_up_says_the_status_and_not_the_address(
    edge_setup: SimpleNamespace, cloudformation: ResponseServer
) -> None:
    cloudformation.refusals = [403, 403, 403]
    with pytest.raises(edge_setup.protocol.response.ResponseNotDelivered, match="403") as caught:
        edge_setup.protocol.response.Response(request_to(edge_setup, cloudformation.url)).fail("because")
    assert SECRET not in str(caught.value)
    assert cloudformation.responses == []


@pytest.mark.parametrize("path", ["/with a space", "/\u00e9"])
def test_an_address_that_urllib_refuses_does_not_leak(edge_setup: SimpleNamespace, path: str) -> None:
    request = request_to(edge_setup, f"http://127.0.0.1:9{path}?{SECRET}")
    with pytest.raises(edge_setup.protocol.response.ResponseNotDelivered) as caught:
        edge_setup.protocol.response.Response(request).fail("because")
    assert SECRET not in str(caught.value)


def test_all_attempts_fit_into_the_time_kept_for_the_response(edge_setup: SimpleNamespace) -> None:
    attempts = len(edge_setup.protocol.response.PAUSES_SECONDS) + 1
    longest = attempts * edge_setup.protocol.response.ATTEMPT_SECONDS + sum(edge_setup.protocol.response.PAUSES_SECONDS)
    assert longest < edge_setup.protocol.deadline.RESPONSE_SECONDS


def test_of_many_threads_one_sends_the_response(edge_setup: SimpleNamespace, cloudformation: ResponseServer) -> None:
    response = edge_setup.protocol.response.Response(request_to(edge_setup, cloudformation.url))
    start = threading.Barrier(8)
    sent: list[bool] = []

    def send() -> None:
        start.wait()
        sent.append(response.fail("because"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False] * 7 + [True]
    assert cloudformation.response["Reason"] == "because"
