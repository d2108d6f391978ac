# SPDX-License-Identifier: Apache-2.0
"""docs/pixel.md says what the view reads and what the stack serves. Its tags run in tests/e2e/browser/test_tags.py."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from edgepixel.answers.view.link_values import NOTHING
from edgepixel.template.reader import read_template, view_columns, view_sql
from tests.documented_tags import PLACEHOLDER, TEXT, parameters, tags

CACHE_BUSTER = "n"


def _output(name: str) -> str:
    """The text of an output that is a tag, with the placeholder for the host."""
    text: str = read_template()["Outputs"][name]["Value"]["Fn::Sub"][0]
    for variable, value in {
        "${Host}": PLACEHOLDER,
        "${PixelPath}": "/pixel.gif",
        "${PixelScript.Path}": "/pixel.js",
    }.items():
        text = text.replace(variable, value)
    return text


def test_documented_parameters_are_those_that_the_view_reads() -> None:
    read = set(re.findall(r"\(\?:\^\|&\)(\w+)=", view_sql()))
    assert "utm_content" in read
    assert set(parameters()) == read | {CACHE_BUSTER}


def test_documented_columns_are_columns_of_the_view() -> None:
    columns = {column["name"] for column in view_columns()}
    documented = parameters()
    assert documented.pop(CACHE_BUSTER) == "none"
    assert set(documented.values()) <= columns
    assert len(set(documented.values())) == len(documented)


def test_the_tags_are_the_stack_s_outputs() -> None:
    assert tags()["A page"] == _output("PixelTag")
    assert _output("ScriptTag") in tags()["The script, and an image where scripts are off"]


@pytest.mark.parametrize("heading", tags())
def test_a_tag_escapes_what_html_wants_escaped(heading: str) -> None:
    for url in re.findall(r'src="([^"]*)"', tags()[heading]):
        assert url.startswith(f"https://{PLACEHOLDER}/")
        assert "&" not in url.replace("&amp;", "")


def test_documented_numbers_are_the_script_s(load_function: Callable[[str], SimpleNamespace]) -> None:
    script = load_function("edge_setup").resources.pixel_script
    assert "slice(0, 500)" in script.SOURCE
    assert "each value after 500 characters" in TEXT
    assert "slice(0, 8e3)" in script.SOURCE
    assert "keep all of it below 8,000" in TEXT
    assert script.CACHE_CONTROL.endswith("max-age=3600")
    assert "an hour (`max-age=3600`)" in TEXT
    # CloudFront compresses objects of 1,000 bytes and more (Developer Guide, "Serve compressed files").
    assert len(script.served("pixel.gif")) < 1000


def test_the_version_of_the_contract_is_stated_once() -> None:
    assert re.findall(r"^Version (\d+) of the contract", TEXT, re.MULTILINE) == ["1"]


def test_what_stands_for_no_value_is_listed() -> None:
    page = " ".join(TEXT.split())
    listed = page[page.index("writes when it has none:") : page.index("in `v` and `c`")]
    assert re.findall("`([^`]+)`", listed) == list(NOTHING)
