# SPDX-License-Identifier: Apache-2.0
"""The bill counts every metric that a function emits, every alarm and every dashboard."""

import ast
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from edgepixel.cost.bill import bill
from edgepixel.cost.monitoring import Monitoring, alarm_metrics, constant_metrics, function_metrics, monitoring
from edgepixel.cost.prices import ALARM_METRIC, CUSTOM_METRIC, DASHBOARD
from edgepixel.cost.settings import DEFAULT, PLAIN, SETTINGS, Setting, Traffic
from edgepixel.template.reader import read_template, resources_of_type
from tests.conftest import FUNCTIONS, ROOT

FOLDERS = sorted(path.parent for path in FUNCTIONS.glob("*/app.py"))
# What CloudWatch bills by the month, as the template can have it; `monitoring` counts these two.
COUNTED = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}


def _calls(folder: Path, name: str) -> list[ast.Call]:
    """The calls of a method or function, in all modules of a function's folder."""
    found = []
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                found.append(node)
    return found


def _members(module: Path) -> set[str]:
    """`Metric.NAME` for every metric that a function's module names."""
    classes = [node for node in ast.parse(module.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    return {
        f"{node.name}.{ast.unparse(member.targets[0])}"
        for node in classes
        for member in node.body
        if isinstance(member, ast.Assign)
    }


def _rare(module: Path) -> set[str]:
    """Those of them that the module says are sent on occasion only."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ON_OCCASION":
            return {ast.unparse(one) for one in ast.walk(node.value) if isinstance(one, ast.Attribute)}
    return set()


def _written(kept: Callable[[Mapping[str, Any]], bool]) -> Monitoring:
    """What the sources say of the template's resources that are kept."""
    resources = [resource for resource in read_template()["Resources"].values() if kept(resource)]

    def of_type(name: str) -> list[Mapping[str, Any]]:
        return [resource["Properties"] for resource in resources if resource["Type"] == name]

    modules = [ROOT / function["CodeUri"] / "metrics.py" for function in of_type("AWS::Serverless::Function")]
    daily = ROOT / "functions" / "hit_counter" / "metrics.py"  # one hour of a day's 24
    return Monitoring(
        custom_metrics=sum(
            len(_members(module) - _rare(module)) / (24 if module == daily else 1)
            for module in modules
            if module.exists()
        )
        + 6 * json.dumps(resources).count('"EventCount"'),  # Lambda's metrics of an event source mapping of a stream
        alarm_metrics=sum(json.dumps(alarm).count('"MetricName"') for alarm in of_type("AWS::CloudWatch::Alarm")),
        dashboards=len(of_type("AWS::CloudWatch::Dashboard")),
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_a_function_emits_is_what_the_bill_counts(folder: Path) -> None:
    emitted = {ast.unparse(call.args[0]) for call in _calls(folder, "add_metric")}
    named = _members(folder / "metrics.py") if (folder / "metrics.py").exists() else set()
    assert emitted == named
    assert len(function_metrics(f"functions/{folder.name}/")) == len(named)
    counted = constant_metrics(f"functions/{folder.name}/")
    assert len(counted) == len(named) - (len(_rare(folder / "metrics.py")) if named else 0)


@pytest.mark.parametrize("name", ["aggregator", "crawler_trigger"])
def test_what_is_sent_on_occasion_is_not_sent_by_every_run(name: str) -> None:
    """It stands behind a condition, or in what is done about an error: else it would be billed all the time."""
    rare = _rare(FUNCTIONS / name / "metrics.py")
    tree = ast.parse((FUNCTIONS / name / "app.py").read_text(encoding="utf-8"))
    branches = [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.ExceptHandler)]
    behind = {ast.unparse(node) for branch in branches for node in ast.walk(branch) if isinstance(node, ast.Call)}
    sent = {ast.unparse(call) for call in _calls(FUNCTIONS / name, "add_metric") if ast.unparse(call.args[0]) in rare}
    assert len(sent) >= len(rare) > 0
    assert sent <= behind


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_function_emits_no_metrics_in_another_way(folder: Path) -> None:
    """A further dimension makes several metrics of one, and a cold start can be a metric, too."""
    others = ("add_dimension", "set_default_dimensions", "single_metric", "put_metric_data", "add_cold_start_metric")
    assert [name for name in others if _calls(folder, name)] == []
    assert "capture_cold_start_metric" not in (folder / "app.py").read_text(encoding="utf-8")


def test_an_alarm_is_billed_for_each_metric_that_it_watches() -> None:
    math = {"Metrics": [
        {"Id": "sum", "Expression": "a + b"},
        {"Id": "a", "MetricStat": {"Metric": {"MetricName": "Errors"}}},
        {"Id": "b", "MetricStat": {"Metric": {"MetricName": "Throttles"}}},
    ]}  # fmt: skip
    assert alarm_metrics(math) == ["Errors", "Throttles"]
    assert alarm_metrics({"MetricName": "Errors", "Period": 60}) == ["Errors"]


def test_a_stack_without_aggregation_has_fewer_metrics_and_alarms() -> None:
    with_aggregation, without = (monitoring(one.parameters) for one in (DEFAULT, PLAIN))
    other_source = {"HasFileSilenceAlarm"}
    assert with_aggregation == _written(lambda resource: resource.get("Condition") not in other_source)
    assert without == _written(lambda resource: resource.get("Condition") not in {*other_source, "Aggregated"})
    assert without.custom_metrics < with_aggregation.custom_metrics
    assert without.alarm_metrics < with_aggregation.alarm_metrics
    assert without.dashboards == with_aggregation.dashboards == 1


def test_standard_logs_have_few_alarms_and_no_dashboard_unless_it_is_asked_for() -> None:
    found = monitoring({"Source": "standard"})
    # Two of what cannot be registered, one of two days without a file, two of coverage, one of days that are not typed.
    assert found.alarm_metrics == 6
    assert monitoring({"Source": "standard", "TypedDays": "disabled"}).alarm_metrics == 5
    assert found.dashboards == 0
    assert monitoring({"Source": "standard", "Dashboard": "enabled"}).dashboards == 1
    assert monitoring({"Source": "both"}).dashboards == 1


def test_parameters_decide_about_the_dashboard_and_the_alarm_on_silence() -> None:
    default, bare = monitoring({}), monitoring({"Dashboard": "disabled", "SilenceMinutes": "0"})
    assert (default.dashboards, bare.dashboards) == (1, 0)
    assert default.alarm_metrics - bare.alarm_metrics == 1


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_bill_has_what_is_counted(setting: Setting) -> None:
    quantities = {item.price: item.quantity for item in bill(Traffic(1_000_000, 900), setting).items}
    counted = monitoring(setting.parameters)
    assert quantities[CUSTOM_METRIC] == counted.custom_metrics
    assert (quantities[ALARM_METRIC], quantities[DASHBOARD]) == (counted.alarm_metrics, counted.dashboards)


def test_the_template_has_nothing_else_that_cloudwatch_bills_by_the_month() -> None:
    types = {resource["Type"] for resource in read_template()["Resources"].values()}
    billed = {name for name in types if name.startswith("AWS::CloudWatch::") or name == "AWS::Logs::MetricFilter"}
    assert billed == COUNTED


def test_no_alarm_is_of_the_dearer_kind() -> None:
    """Alarms with periods below a minute have another price."""
    for name, alarm in resources_of_type("AWS::CloudWatch::Alarm").items():
        metrics = [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
        assert all(one["Period"] >= 60 for one in metrics or [alarm]), name


def test_each_function_has_a_dimension_of_its_own() -> None:
    """So that metrics of one name in two functions are two, as they are counted."""
    functions = resources_of_type("AWS::Serverless::Function").values()
    emitting = [function for function in functions if function_metrics(function["CodeUri"])]
    services = [one["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for one in emitting]
    assert len(set(services)) == len(services) > 1
