# SPDX-License-Identifier: Apache-2.0
"""Loading a module of a function."""

import sys
from types import ModuleType

import pytest

from edgepixel.cost.function_modules import load
from tests.conftest import FUNCTIONS


def test_loading_leaves_no_trace_of_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ModuleType("settings")
    monkeypatch.setitem(sys.modules, "settings", settings)
    path = list(sys.path)
    load.cache_clear()
    assert load(FUNCTIONS / "aggregator", "packing").__file__.endswith("functions/aggregator/packing.py")
    assert sys.path == path
    assert sys.modules["settings"] is settings
    assert "packing" not in sys.modules


def test_modules_of_one_name_in_two_functions_are_two() -> None:
    first, second = (load(FUNCTIONS / name, "metrics") for name in ("aggregator", "crawler_trigger"))
    assert {*first.Metric}.isdisjoint(second.Metric)
