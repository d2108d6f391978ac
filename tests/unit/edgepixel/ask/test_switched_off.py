# SPDX-License-Identifier: Apache-2.0
"""An answer that needs a parameter of the stack says how to set it, before anything is asked."""

from dataclasses import replace

import pytest

from edgepixel.answers.registry import answers
from edgepixel.ask import command
from edgepixel.ask.switched_off import require_switched_on
from edgepixel.cli import main
from edgepixel.errors import SwitchedOffError
from edgepixel.template.reader import read_template
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack

NAME = "missing-requests"


@pytest.mark.parametrize("parameters", [{}, {"CrossCheck": "disabled"}])
def test_ask_says_which_value_it_needs_and_asks_nothing(
    parameters: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    athena = FakeAthena({NAME: "SELECT 1 FROM cross_check"}, [])
    stack = replace(fake_stack(athena=athena), parameters=parameters)
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: stack)
    assert main(["ask", NAME]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "'missing-requests' needs CrossCheck=enabled" in said
    assert "edgepixel up --parameter CrossCheck=enabled" in said
    assert athena.started == []


def test_in_aws_it_names_the_command_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = fake_stack()
    monkeypatch.setattr(stack.cloud, "local_port", None)
    with pytest.raises(SwitchedOffError, match="sam deploy --parameter-overrides CrossCheck=enabled"):
        require_switched_on(stack, NAME)


@pytest.mark.parametrize(("name", "value"), [(NAME, "enabled"), ("referrers", "disabled"), ("own-query", "disabled")])
def test_what_has_what_it_needs_is_asked(name: str, value: str) -> None:
    require_switched_on(replace(fake_stack(), parameters={"CrossCheck": value}), name)


def test_what_answers_need_are_parameters_of_the_template_and_not_their_defaults() -> None:
    parameters = read_template()["Parameters"]
    needs = {one.name: one.needs for one in answers() if one.needs}
    assert needs == {NAME: {"CrossCheck": "enabled"}}
    for name, value in needs[NAME].items():
        assert value in parameters[name]["AllowedValues"]
        assert value != parameters[name]["Default"]


def test_a_table_that_not_every_stack_has_is_needed() -> None:
    resources = read_template()["Resources"].values()
    conditional = {
        resource["Properties"]["TableInput"]["Name"]
        for resource in resources
        if resource["Type"] == "AWS::Glue::Table" and "Condition" in resource
    }
    assert conditional == {"cross_check"}
    assert {one.name for one in answers() if conditional & {*one.reads}} == {one.name for one in answers() if one.needs}
