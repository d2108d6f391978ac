# SPDX-License-Identifier: Apache-2.0
"""What the edge function says of a hit, and what it never says (docs/edge-function.md)."""

import pytest

from tests.unit.edge.conftest import EdgeFunction

PHONE: dict[str, str | list[str]] = {
    "user-agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
    "accept-language": "en-GB,en;q=0.9",
    "sec-ch-ua": '"Not/A)Brand";v="8", "Chromium";v="126", "Brave";v="126"',
    "sec-ch-ua-mobile": "?1",
    "sec-ch-ua-platform": '"Android"',
    "sec-ch-ua-model": '"SM-X200"',
    "cookie": "session=secret",
    "x-forwarded-for": "198.51.100.7",
    "authorization": "Basic c2VjcmV0",
}


def test_everything_is_said_in_the_documented_order(edge_function: EdgeFunction) -> None:
    said = edge_function.says({**PHONE, "purpose": "prefetch", "via": "2.0 abc.cloudfront.net (CloudFront)"})
    assert said == "v=1&a=203.0.113.0&p=prefetch&f=1&l=en-GB&m=1&o=Android&d=SM-X200&b=Brave"


def test_a_hit_without_headers_says_its_address(edge_function: EdgeFunction) -> None:
    assert edge_function.says({}) == "v=1&a=203.0.113.0"


def test_who_sends_global_privacy_control_is_not_described(edge_function: EdgeFunction) -> None:
    assert edge_function.says({**PHONE, "sec-gpc": "1", "sec-purpose": "prefetch;prerender"}) == "v=1&g=1&p=prefetch"


@pytest.mark.parametrize("value", ["1", " 1 ", "1, 1", "0, 1", ["0", "1"]])
def test_every_form_of_an_opt_out_is_one(edge_function: EdgeFunction, value: str | list[str]) -> None:
    assert edge_function.says({**PHONE, "sec-gpc": value}) == "v=1&g=1"


@pytest.mark.parametrize("value", ["0", "", "11", "?1", "true"])
def test_another_value_is_no_opt_out(edge_function: EdgeFunction, value: str) -> None:
    assert edge_function.says({"sec-gpc": value}) == "v=1&a=203.0.113.0"


def test_global_privacy_control_is_not_read_where_it_is_not_honoured(edge_function: EdgeFunction) -> None:
    assert edge_function.says({"sec-gpc": "1"}, privacy_control="false") == "v=1&a=203.0.113.0"


@pytest.mark.parametrize("addresses", ["full", "removed"])
def test_only_a_shortened_address_is_said(edge_function: EdgeFunction, addresses: str) -> None:
    assert edge_function.says({"accept-language": "de"}, addresses=addresses) == "v=1&l=de"


@pytest.mark.parametrize("name", ["purpose", "x-purpose", "sec-purpose", "x-moz"])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("prefetch", "v=1&p=prefetch"),
        ("  Prerender; x", "v=1&p=prerender"),
        ("PREVIEW", "v=1&p=preview"),
        ("not prefetch", "v=1"),
        (["other", "prefetch"], "v=1&p=prefetch"),
    ],
)
def test_requests_ahead_of_time_are_named(
    edge_function: EdgeFunction, name: str, value: str | list[str], said: str
) -> None:
    assert edge_function.says({name: value}, addresses="removed") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("en-GB,en;q=0.9", "v=1&l=en-GB"),
        ("de;q=0.7", "v=1&l=de"),
        ("zh-Hant-TW , en", "v=1&l=zh-Hant-TW"),
        ("*", "v=1"),
        ("", "v=1"),
        ("en_GB", "v=1"),
        ("en=1&a=1.2.3.4", "v=1"),
        ("a-" * 17 + "bc", "v=1"),
    ],
)
def test_the_first_language_is_said_if_it_is_a_tag(edge_function: EdgeFunction, value: str, said: str) -> None:
    assert edge_function.says({"accept-language": value}, addresses="removed") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('"Google Chrome";v="126", "Chromium";v="126", "Not.A/Brand";v="24"', "v=1&b=Google Chrome"),
        ('"Chromium";v="126", "Google Chrome";v="126", "YaBrowser";v="24.1"', "v=1&b=YaBrowser"),
        (r'"\\Not\"A;Brand";v="99", "Chromium";v="84"', "v=1"),
        ('"(Not(A:Brand";v="99.0.0.0", "Microsoft Edge";v="131", "Chromium";v="131"', "v=1&b=Microsoft Edge"),
        ('"Not?A_Brand";v="99", "Samsung Internet";v="27.0"', "v=1&b=Samsung Internet"),
        ("Brave", "v=1"),
        ('"', "v=1"),
    ],
)
def test_the_brand_that_says_most_is_said(edge_function: EdgeFunction, value: str, said: str) -> None:
    assert edge_function.says({"sec-ch-ua": value}, addresses="removed") == said


def test_values_keep_only_characters_that_mean_nothing_to_the_format(edge_function: EdgeFunction) -> None:
    headers: dict[str, str | list[str]] = {
        "sec-ch-ua-platform": '"Chrome OS&a=1.2.3.4%26"',
        "sec-ch-ua-model": '"moto g(7)\u00e9\U0001f600+/.:_-"',
        "sec-ch-ua-mobile": "?0",
    }
    said = edge_function.says(headers, addresses="removed")
    assert said == "v=1&m=0&o=Chrome OSa1.2.3.426&d=moto g(7)+/.:_-"


def test_a_pair_that_does_not_fit_is_left_out_whole(edge_function: EdgeFunction) -> None:
    headers: dict[str, str | list[str]] = {
        "sec-ch-ua-platform": f'"{"o" * 700}"',
        "sec-ch-ua-model": f'"{"d" * 90}"',
        "sec-ch-ua": '"Brave"',
    }
    assert edge_function.says(headers, addresses="removed") == f"v=1&o={'o' * 700}&b=Brave"


def test_a_header_that_no_browser_sends_is_not_read(edge_function: EdgeFunction) -> None:
    assert edge_function.says({"sec-ch-ua": '"A", ' * 5000, "accept-language": "en, " * 5000}) == "v=1&a=203.0.113.0"


def test_what_was_found_before_a_failure_is_said_and_the_request_goes_on(edge_function: EdgeFunction) -> None:
    request = {
        "method": "GET",
        "uri": "/pixel.gif",
        "headers": {"sec-gpc": {"value": "1"}, "purpose": {"multiValue": 5}},
    }
    done = edge_function.run({"viewer": {"ip": "203.0.113.77"}, "request": request})
    assert (done.error, done.log_data, done.value) == (None, "v=1&g=1", request)


@pytest.mark.parametrize("event", [{"request": {}}, {"request": {"headers": None}}, {"request": {"headers": {}}}])
def test_an_event_without_its_parts_breaks_nothing(edge_function: EdgeFunction, event: dict[str, object]) -> None:
    done = edge_function.run(event)
    assert (done.error, done.log_data, done.value) == (None, "v=1", event["request"])
