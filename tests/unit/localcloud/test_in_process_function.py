# SPDX-License-Identifier: Apache-2.0
"""Functions imported as Lambda does, without a trace afterwards."""

import os
import sys
from types import ModuleType

import pytest

from localcloud.in_process_function import function_loader
from tests.conftest import FUNCTIONS


def test_loading_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ModuleType("settings")
    monkeypatch.setitem(sys.modules, "settings", settings)
    path, environment = list(sys.path), dict(os.environ)
    with function_loader(FUNCTIONS) as load:
        found = load("aggregator", "packing", "settings")
        assert found.packing.__file__.endswith("functions/aggregator/packing.py")
        assert found.settings is not settings
    assert sys.path == path
    assert dict(os.environ) == environment
    assert sys.modules["settings"] is settings
    assert "packing" not in sys.modules


def test_modules_of_one_name_in_two_functions_are_two() -> None:
    with function_loader(FUNCTIONS) as load:
        first, second = (load(name, "metrics").metrics.Metric for name in ("aggregator", "crawler_trigger"))
    assert {*first}.isdisjoint(second)


def test_modules_in_sub_folders_are_loaded_too() -> None:
    with function_loader(FUNCTIONS) as load:
        assert load("edge_setup", "protocol.request").protocol.request.Request.__name__ == "Request"
