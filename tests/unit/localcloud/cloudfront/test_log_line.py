# SPDX-License-Identifier: Apache-2.0
"""Log lines are what CloudFront's documentation and public samples show."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.cloudfront.log_line import FIELDS, encode_field, format_line


def test_fields_are_delivered_in_cloudfront_s_order_whatever_order_is_asked_for() -> None:
    values = {"asn": "64496", "timestamp": "1684226820.937", "c-ip": "192.0.2.1"}
    assert format_line(values, ["asn", "c-ip", "timestamp"]) == "1684226820.937\t192.0.2.1\t64496\n"


def test_missing_and_empty_values_are_hyphens() -> None:
    assert format_line({"cs-referer": ""}, ["cs-referer", "cs-user-agent"]) == "-\t-\n"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("v=1&a=2001:db8::&l=en-GB", "v%3D1%26a%3D2001%3Adb8%3A%3A%26l%3Den-GB"),
        ("a~b\t%\n\u00e9", "a~b%09%25%0A%C3%A9"),
        ("\ud800", "%3F"),
        ("x" * 900, "x" * 800),
        ("=" * 300, "%3D" * 266 + "%3"),
        ("", "-"),
    ],
)
def test_what_a_function_says_is_encoded_once_and_cut_then(said: str, logged: str) -> None:
    assert format_line({"viewer-request-log-data": said}, ["viewer-request-log-data"]) == f"{logged}\n"


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(ValueError, match="c-io"):
        format_line({}, ["timestamp", "c-io"])


def test_what_the_client_encoded_is_encoded_twice() -> None:
    assert encode_field("url=http%3A%2F%2Fx") == "url=http%253A%252F%252Fx"


def test_a_user_agent_keeps_its_punctuation_and_loses_its_spaces() -> None:
    assert encode_field("Mozilla/5.0 (Macintosh; Intel)") == "Mozilla/5.0%20(Macintosh;%20Intel)"


def test_there_are_71_fields_each_once() -> None:
    assert len(FIELDS) == len(set(FIELDS)) == 71


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_value_can_forge_a_field_or_a_line_and_every_value_can_be_read_back(text: str) -> None:
    encoded = encode_field(text)
    assert encoded.isascii()
    assert not set(encoded) & set("\t\n\r\"\\ '")
    assert unquote_to_bytes(encoded).decode() == text


@given(st.binary())
def test_bytes_that_are_not_utf8_survive(data: bytes) -> None:
    assert unquote_to_bytes(encode_field(data.decode("utf-8", "surrogateescape"))) == data
