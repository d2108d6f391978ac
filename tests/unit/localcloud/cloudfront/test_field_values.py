# SPDX-License-Identifier: Apache-2.0
"""A log line says what the viewer sent, and what its simulation headers claimed."""

import pytest

from localcloud.cloudfront.field_values import ViewerRequest, ViewerResponse, field_values
from localcloud.cloudfront.log_line import format_line
from localcloud.cloudfront.simulation_headers import (
    SIMULATION_HEADERS,
    Simulation,
    SimulationError,
    without_simulation,
)

NOW = 1_763_888_400.1239
SIMULATED = {
    "x-localcloud-address": "2001:db8::1",
    "x-localcloud-country": "DE",
    "x-localcloud-asn": "64496",
    "x-localcloud-edge-location": "FRA60-P4",
    "x-localcloud-time": "1684226820.937",
    "x-forwarded-proto": "https",
}
SENT = {"host": "d1.cloudfront.net", "user-agent": "Test 1", "sec-gpc": "1"}


def _values(headers: dict[str, str], query: str = "", uri: str = "/pixel.gif") -> dict[str, str]:
    request = ViewerRequest("GET", uri, query, without_simulation(headers), "d1.cloudfront.net")
    response = ViewerResponse(200, {"X-Amz-Cf-Id": "id==", "Content-Type": "image/gif"}, 43, "Hit", 0.0125)
    return field_values(request, Simulation.of(headers, "127.0.0.1"), response, "*", NOW)


def test_simulation_headers_say_who_and_when_and_leave_no_other_trace() -> None:
    assert set(SIMULATED) == SIMULATION_HEADERS
    values = _values(SENT | SIMULATED)
    assert values["timestamp"] == "1684226820.937"
    assert (values["c-ip"], values["c-ip-version"]) == ("2001:db8::1", "IPv6")
    assert (values["c-country"], values["asn"], values["x-edge-location"]) == ("DE", "64496", "FRA60-P4")
    assert values["cs-protocol"] == "https"
    assert values["cs-headers"] == "host:d1.cloudfront.net\nuser-agent:Test 1\nsec-gpc:1\n"
    assert values["cs-headers-count"] == "3"


def test_without_them_a_viewer_is_this_machine_now() -> None:
    values = _values(SENT)
    assert values["timestamp"] == "1763888400.124"
    assert (values["c-ip"], values["c-ip-version"], values["cs-protocol"]) == ("127.0.0.1", "IPv4", "http")
    assert values["x-edge-location"] == "LOC50-P1"
    assert format_line(values, ["c-country", "asn"]) == "-\t-\n"


@pytest.mark.parametrize("time", ["", "soon", "nan", "inf"])
def test_a_time_that_is_not_a_number_is_refused(time: str) -> None:
    with pytest.raises(SimulationError, match="x-localcloud-time"):
        Simulation.of({"x-localcloud-time": time}, "127.0.0.1")


@pytest.mark.parametrize(("query", "stem"), [("a=b%20c", "/pixel.gif?a=b%20c"), ("", "/pixel.gif")])
def test_the_stem_carries_the_query_as_in_no_other_log_of_cloudfront(query: str, stem: str) -> None:
    values = _values(SENT, query)
    assert (values["cs-uri-stem"], values["cs-uri-query"]) == (stem, query)


def test_headers_are_cut_to_800_bytes_even_within_a_character() -> None:
    text = _values({"a": "x" * 797 + "é"})["cs-headers"]
    assert len(text.encode("utf-8", "surrogateescape")) == 800
    assert format_line({"cs-headers": text}, ["cs-headers"]) == "a:" + "x" * 797 + "%C3\n"


def test_the_response_is_logged() -> None:
    values = _values(SENT)
    assert (values["sc-status"], values["sc-content-type"], values["sc-content-len"]) == ("200", "image/gif", "43")
    assert (values["x-edge-request-id"], values["x-edge-result-type"]) == ("id==", "Hit")
    assert values["time-taken"] == "0.013"
