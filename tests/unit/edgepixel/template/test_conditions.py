# SPDX-License-Identifier: Apache-2.0
"""Parameters that contradict each other are refused by the template's own rules, before anything is built."""

from itertools import product

import pytest

from edgepixel.cli import main
from edgepixel.errors import DeploymentError
from edgepixel.local import local_cloud
from edgepixel.template.conditions import broken_rules, is_true
from edgepixel.template.parameters import check_rules
from edgepixel.template.reader import read_template
from tests.contradicting_parameters import CONTRADICTING

SIZES = read_template()["Parameters"]


def test_the_defaults_go_together() -> None:
    check_rules({})


@pytest.mark.parametrize(("parameters", "advice"), CONTRADICTING)
def test_what_contradicts_is_refused_with_advice(parameters: dict[str, str], advice: str) -> None:
    with pytest.raises(DeploymentError, match="these parameters do not go together") as refusal:
        check_rules(parameters)
    assert advice in str(refusal.value)


def test_the_advice_is_enough() -> None:
    check_rules({"Aggregation": "disabled", "IpAddresses": "full", "HonorGlobalPrivacyControl": "false"})
    check_rules({"CrossCheck": "enabled", "RetentionDays": "7"})
    check_rules({"RawRetentionDays": "90", "TypedDays": "enabled"})
    check_rules({"AttachToDistributionId": "E1", "Source": "both", "AcceptWholeSiteLogs": "yes"})


def test_an_aggregate_holds_a_user_record_of_every_size() -> None:
    user_records, aggregates = (SIZES[name]["AllowedValues"] for name in ("UserRecordBytes", "AggregateBytes"))
    for user_record, aggregate in product(user_records, aggregates):
        broken = broken_rules(read_template(), {"UserRecordBytes": str(user_record), "AggregateBytes": str(aggregate)})
        assert bool(broken) == (user_record > aggregate), (user_record, aggregate)


def test_a_function_that_is_not_known_is_no_answer() -> None:
    with pytest.raises(ValueError, match="Fn::EachMemberIn"):
        is_true({"Fn::EachMemberIn": [["a"], ["a"]]}, str)
    with pytest.raises(ValueError, match="Named"):
        is_true({"Condition": "Named"}, str)


@pytest.mark.parametrize("name", ["up", "demo"])
def test_no_local_cloud_is_started_for_what_contradicts(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local_cloud, "running", lambda home: None)
    monkeypatch.setattr(local_cloud, "start", lambda *_: pytest.fail("a local cloud is started"))
    given = ["--parameter", "AggregateBytes=5120"]
    assert main([name, *given]) == 1
    assert "Set AggregateBytes to at least UserRecordBytes" in capsys.readouterr().err
