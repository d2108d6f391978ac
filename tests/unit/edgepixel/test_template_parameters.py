# SPDX-License-Identifier: Apache-2.0
"""Parameters that the template does not take are refused before anything is built."""

from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from edgepixel.cli import main
from edgepixel.local import local_cloud
from edgepixel.template_parameters import parameter_problem
from tests.conftest import ROOT

PARAMETERS: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())["Parameters"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_parameter_takes_its_default_and_its_allowed_values(name: str) -> None:
    for value in [PARAMETERS[name].get("Default", ""), *PARAMETERS[name].get("AllowedValues", [])]:
        assert parameter_problem(name, str(value)) is None


def test_a_wrong_name_gets_a_suggestion_and_all_names() -> None:
    problem = parameter_problem("ipaddress", "full")
    assert problem is not None
    assert problem.startswith("the template has no parameter 'ipaddress'. Did you mean 'IpAddresses'? All: PixelPath, ")
    assert all(name in problem for name in PARAMETERS)


def test_a_wrong_value_lists_the_right_ones() -> None:
    assert parameter_problem("Aggregation", "off") == "Aggregation cannot be 'off': it is one of enabled, disabled"


@pytest.mark.parametrize("name", ["up", "demo"])
@pytest.mark.parametrize("given", ["Agregation=disabled", "Aggregation=off"])
def test_no_local_cloud_is_started_for_a_wrong_parameter(
    name: str, given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[object] = []
    monkeypatch.setattr(local_cloud, "start", lambda *arguments: started.append(arguments))
    assert main([name, "--parameter", given]) == 2
    assert started == []
    assert "Aggregation" in capsys.readouterr().err
