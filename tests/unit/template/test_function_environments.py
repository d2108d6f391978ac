# SPDX-License-Identifier: Apache-2.0
"""What the template gives a function is what the function reads: a variable that nothing reads changes nothing."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from edgepixel.paths import ROOT
from edgepixel.template.reader import read_template

_READ = re.compile(r'\b(?:values\[|environment\.get\()"(\w+)"')
FUNCTIONS: Mapping[str, Mapping[str, Any]] = {
    name: resource["Properties"]
    for name, resource in read_template()["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_variable_is_read_and_each_that_is_read_is_given(function: str) -> None:
    given = FUNCTIONS[function]["Environment"]["Variables"]
    own = {name for name in given if not name.startswith("POWERTOOLS_")}  # the others are Powertools' own
    folder = ROOT / FUNCTIONS[function]["CodeUri"]
    settings = folder / "settings.py"
    read = set(_READ.findall(settings.read_text(encoding="utf-8"))) if settings.exists() else set()
    assert own == read, f"{settings}: what the template gives, and what is read of it"
