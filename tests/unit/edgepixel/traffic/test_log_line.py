# SPDX-License-Identifier: Apache-2.0
"""The log line of an ordinary hit, and how long those of generated traffic are."""

import pytest

from edgepixel.cost.assumptions import DEFAULT_LINE_BYTES, HEADER_BYTES
from edgepixel.rendering.blocks import stale
from edgepixel.template.reader import log_fields
from edgepixel.traffic import line_length
from edgepixel.traffic.log_line import USUAL, log_line


def test_a_line_is_usual_but_for_what_is_said_and_for_fields_that_are_not_logged() -> None:
    fields = ["asn", "c-ip", "cs-referer", "cs-method"]
    assert log_line({"c-ip": "2001:db8::1", "sc-status": "403"}, fields) == "2001:db8::1\tGET\t-\t64496\n"
    assert log_line({"cs-method": ""}, fields) == f"{USUAL['c-ip']}\t-\t-\t64496\n"


def test_a_field_that_cloudfront_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no such log field: c-mood"):
        log_line({}, ["c-ip", "c-mood"])


def test_every_log_field_of_the_template_has_a_usual_value_but_two_that_most_hits_lack() -> None:
    assert [name for name in log_fields() if name not in USUAL] == ["cs-referer", "viewer-request-log-data"]


def test_docs_cost_says_how_long_generated_lines_are() -> None:
    made = line_length.blocks()
    assert stale(made) == [], f"run: {made[0].command}"


def test_the_bill_assumes_lines_about_as_long_as_generated_ones() -> None:
    with_function, without = (line_length.mean_bytes(has_edge_function=there) for there in (True, False))
    assert with_function == pytest.approx(DEFAULT_LINE_BYTES, rel=0.1)
    assert without - with_function == pytest.approx(HEADER_BYTES, rel=0.1)
