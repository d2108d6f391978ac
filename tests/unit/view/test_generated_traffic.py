# SPDX-License-Identifier: Apache-2.0
"""What the traffic generator knows of its hits is what the view `events` says of their log lines."""

from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

from edgepixel.edge_function import log_data
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from tests.unit.view.event_view import Row, events

_HITS = [hit for hit in generate(11, 4000, 1_795_426_200_123) if hit.truth.logged]
_TOLD = (
    "method", "event", "traffic", "traffic_reason", "browser", "os", "device", "user_agent", "country", "page",
    "page_host", "page_path", "referrer", "referrer_host", "site", "title", "item", "order_id", "currency",
    "malformed_value", "utm_source", "utm_medium", "utm_campaign", "channel",
)  # fmt: skip


def _fields(hit: Hit) -> dict[str, str]:
    headers = {name.lower(): value for name, value in hit.headers}
    truth = hit.truth
    return {
        "timestamp": f"{truth.time_ms // 1000}.{truth.time_ms % 1000:03d}",
        "c_ip": "-" if truth.private else truth.address or "-",
        "cs_method": truth.method,
        "cs_user_agent": headers.get("user-agent", ""),
        "cs_referer": headers.get("referer", ""),
        "cs_uri_query": hit.query,
        "cs_headers": "".join(f"{name}:{value}\n" for name, value in hit.headers)[:800],
        "c_country": truth.country or "-",
        "asn": str(hit.truth.asn),
    }


def _described(hit: Hit) -> dict[str, str]:
    """The fields of a line with the edge function: no address, no headers, and what it says of the hit."""
    sent = {name.lower(): value for name, value in hit.headers}
    told = log_data(hit.truth.address or "", sent)
    return _fields(hit) | {"c_ip": "0.001", "cs_headers": "/pixel.gif", "viewer_request_log_data": told}


@pytest.fixture(scope="module")
def found() -> list[Row]:
    return list(events({str(number): _fields(hit) for number, hit in enumerate(_HITS)}).values())


@pytest.mark.parametrize("column", _TOLD)
def test_the_view_says_what_is_true(column: str, found: list[Row]) -> None:
    true = [asdict(hit.truth)[column] for hit in _HITS]
    wrong = [pair for pair in zip(true, (row[column] for row in found), strict=True) if pair[0] != pair[1]]
    assert wrong == []
    assert len(set(true)) > 1


def test_with_the_edge_function_the_view_says_what_is_true_and_what_only_hints_tell() -> None:
    columns = (*_TOLD, "language")
    described = [hit for hit in _HITS if hit.protocol == "https" and hit.truth.method in ("GET", "HEAD")][::4]
    rows = events({str(number): _described(hit) for number, hit in enumerate(described)}).values()
    true = [asdict(hit.described_truth(honors_privacy_control=True)) for hit in described]
    wrong = [
        (column, truth[column], row[column])
        for truth, row in zip(true, rows, strict=True)
        for column in columns
        if truth[column] != row[column]
    ]
    assert wrong == []
    assert {truth["browser"] for truth in true} >= {"Brave", "Vivaldi", "Samsung Internet", "Opera", "Edge"}
    assert {truth["language"] for truth in true} >= {"en-US", "ja", "es-419", "zh-TW", None}
    assert "tv" in {truth["device"] for truth in true}


def test_values_are_true_to_four_decimals(found: list[Row]) -> None:
    true = [
        hit.truth.value and f"{Decimal(hit.truth.value).quantize(Decimal('0.0001'), ROUND_HALF_UP)}" for hit in _HITS
    ]
    assert true == [row["value"] for row in found]
    assert any(value and not value.endswith("00") for value in true), "some have more than two decimals"


def test_every_reason_but_the_absurd_is_there(found: list[Row]) -> None:
    assert {row["traffic_reason"] for row in found} >= {
        "mail_image_proxy", "mail_privacy_relay", "ai_agent", "browser_behind_cloudfront", "no_user_agent",
        "declared_bot", "automated_browser", "http_library", "prefetch_header", "datacenter_network", "browser",
    }  # fmt: skip
