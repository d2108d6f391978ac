# SPDX-License-Identifier: Apache-2.0
"""Parameters that the template does not take are refused before anything is built."""

import re
from typing import Any
from zoneinfo import available_timezones

import pytest
from samcli.yamlhelper import yaml_parse

from edgepixel.cli import main
from edgepixel.local import local_cloud
from edgepixel.template.parameters import parameter_problem
from localcloud.athena.trino.time_zones import TIME_ZONES
from tests.conftest import ROOT

PARAMETERS: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())["Parameters"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_parameter_takes_its_default_and_its_allowed_values(name: str) -> None:
    for value in [PARAMETERS[name].get("Default", ""), *PARAMETERS[name].get("AllowedValues", [])]:
        assert parameter_problem(name, str(value)) is None


def test_a_wrong_name_gets_a_suggestion_and_all_names() -> None:
    problem = parameter_problem("ipaddress", "full")
    assert problem is not None
    said = "the template has no parameter 'ipaddress'. Did you mean 'IpAddresses'? All: Source, PixelPath, "
    assert problem.startswith(said)
    assert all(name in problem for name in PARAMETERS)


def test_a_wrong_value_lists_the_right_ones() -> None:
    assert parameter_problem("Aggregation", "off") == "Aggregation cannot be 'off': it is one of enabled, disabled"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AlarmEmail", "nobody", "it must be an e-mail address, or empty"),
        ("PixelPath", "pixel.gif", "it must start with / and contain only letters"),
        ("ShardCount", "0", "it must be a number from 1 to 10000"),
        ("BufferSeconds", "901", "it must be a number from 0 to 900"),
        ("RetentionDays", "-1", "it must be a number from 0 on"),
        ("BatchingWindowSeconds", "nan", "it must be a number from 1 to 300"),
        ("SamplingRate", "all", "it must be a number from 1 to 100"),
    ],
)
def test_a_value_that_breaks_a_constraint_is_told_what_it_must_be(name: str, value: str, reason: str) -> None:
    problem = parameter_problem(name, value)
    assert problem is not None
    assert problem.startswith(f"{name} cannot be {value!r}: {reason}")


def test_a_time_zone_is_one_that_athena_knows_and_a_wrong_one_gets_a_suggestion() -> None:
    for right in ("UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Calcutta", "NZ-CHAT", "EST5EDT"):
        assert parameter_problem("TimeZone", right) is None
    for wrong, meant in (("Europe/Berln", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Utc", "UTC")):
        problem = parameter_problem("TimeZone", wrong)
        assert problem is not None
        assert f"{wrong!r} is not a time zone that Athena knows. Did you mean {meant!r}?" in problem


def test_the_template_takes_every_name_that_athena_knows_and_no_sql() -> None:
    pattern = re.compile(PARAMETERS["TimeZone"]["AllowedPattern"])
    assert len(TIME_ZONES) > 500
    assert [name for name in TIME_ZONES if not pattern.fullmatch(name)] == []
    for wrong in ("", "Europe/Berlin'", "UTC' OR 1=1 --", "Europe/ Berlin", "+02:00", "Europe/Berlin\n", "${x}", "a/b"):
        assert not pattern.fullmatch(wrong), wrong


def test_this_machine_knows_every_time_zone_of_athena_s() -> None:
    assert TIME_ZONES - available_timezones() == set()


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
