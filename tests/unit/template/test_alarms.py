# SPDX-License-Identifier: Apache-2.0
"""Every alarm: when it rings and when not, what it watches, and that its page says what to do."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from edgepixel.cost.monitoring import function_metrics
from edgepixel.template.reader import resources_of_type
from localcloud.cloudwatch.alarm_state import metrics_of, state
from tests.alarm_cases import CASES, HOUR, MINUTE, SILENCE_MINUTES, Samples, every
from tests.conftest import ROOT
from tests.unit.template.permissions.permission_lines import text

OWN = "EdgePixel/${AWS::StackName}"
EMITTED = {
    function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: function_metrics(function["CodeUri"])
    for function in resources_of_type("AWS::Serverless::Function").values()
}
"""The metrics that each function emits, by its value of the dimension `service`."""
# Service -> metric -> the dimension's name. AWS's pages of metrics: Kinesis Data Streams, Lambda (functions, and event
# source mappings), Data Firehose; EdgePixel's own are what the functions emit.
KNOWN = {
    "AWS/Kinesis": {"WriteProvisionedThroughputExceeded": "StreamName", "IncomingRecords": "StreamName"},
    "AWS/Lambda": {
        "IteratorAge": "FunctionName",
        "Errors": "FunctionName",
        "Throttles": "FunctionName",
        "Invocations": "FunctionName",
        "OnFailureDestinationDeliveredEventCount": "EventSourceMappingUUID",
        "FailedInvokeEventCount": "EventSourceMappingUUID",
        "DestinationDeliveryFailures": "FunctionName",
    },
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible": "QueueName"},
    "AWS/Firehose": dict.fromkeys(
        ["DeliveryToS3.DataFreshness", "DeliveryToS3.Records", "DeliveryToS3.Bytes"], "DeliveryStreamName"
    ),
    OWN: {metric: "service" for metrics in EMITTED.values() for metric in metrics},
}


@pytest.fixture(scope="module")
def alarms(transformed: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The Properties of every alarm, by its logical id."""
    found = {}
    for name, body in transformed["Resources"].items():
        if body["Type"] == "AWS::CloudWatch::Alarm":
            found[name] = dict(body["Properties"])
            if found[name]["EvaluationPeriods"] == {"Ref": "SilenceMinutes"}:
                found[name]["EvaluationPeriods"] = SILENCE_MINUTES
    return found


def rings(alarm: Mapping[str, Any], samples: Samples) -> bool:
    """Whether the alarm is in the state ALARM."""
    return state(alarm, lambda metric: samples.get(metric["MetricName"], [])) == "ALARM"


def _watched(dimension: Mapping[str, Any]) -> str:
    """The logical id of the resource whose name is a dimension's value."""
    value = dimension["Value"]
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def test_every_alarm_has_a_case(alarms: dict[str, Any]) -> None:
    assert set(alarms) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_an_alarm_rings_when_its_metric_is_over_the_line_and_not_before(alarms: dict[str, Any], name: str) -> None:
    alarm, case = alarms[name], CASES[name]
    assert rings(alarm, case.over)
    assert not rings(alarm, case.under)
    assert rings(alarm, {}) is case.without


def test_nothing_rings_on_a_quiet_site_whose_views_arrive(alarms: dict[str, Any]) -> None:
    views = every(20 * MINUTE, 1)
    quiet = {
        "IncomingRecords": views,
        "DeliveryToS3.Records": views,
        "LinesIn": views,
        "IteratorAge": every(HOUR, 60_000),
    }
    quiet["DeliveryToS3.DataFreshness"] = every(MINUTE, 900)
    quiet["Invocations"] = views
    assert {name for name, alarm in alarms.items() if rings(alarm, quiet)} == set()


def test_an_aggregator_that_was_switched_off_rings_although_none_of_its_own_metrics_comes(
    alarms: dict[str, Any],
) -> None:
    off = {"IncomingRecords": every(MINUTE, 100), "DeliveryToS3.Records": [(3 * HOUR, 1.0)]}
    off["Invocations"] = [(3 * HOUR, 1.0)]
    assert [name for name, alarm in alarms.items() if rings(alarm, off)] == ["DeliveryStalledAlarm"]


def test_alarms_watch_metrics_that_exist_of_resources_of_this_stack(
    alarms: dict[str, Any], transformed: Mapping[str, Any]
) -> None:
    for name, alarm in alarms.items():
        for metric in metrics_of(alarm):
            (dimension,) = metric["Dimensions"]
            assert KNOWN[text(metric["Namespace"])][metric["MetricName"]] == dimension["Name"], name
            if dimension["Name"] == "service":
                assert metric["MetricName"] in EMITTED[dimension["Value"]], name
            else:
                assert _watched(dimension) in transformed["Resources"], name


def test_functions_that_emit_metrics_do_so_under_the_names_that_alarms_watch(transformed: Mapping[str, Any]) -> None:
    functions = [
        one["Properties"] for one in transformed["Resources"].values() if one["Type"] == "AWS::Lambda::Function"
    ]
    variables = [one["Environment"]["Variables"] for one in functions]
    found = {one["POWERTOOLS_SERVICE_NAME"]: text(one["POWERTOOLS_METRICS_NAMESPACE"]) for one in variables}
    assert found == dict.fromkeys(EMITTED, OWN)
    assert "LinesIn" in EMITTED["aggregator"]


def test_alarms_that_watch_what_is_not_always_there_are_not_always_there(transformed: Mapping[str, Any]) -> None:
    resources = transformed["Resources"]
    for name in CASES:
        watched = {_watched(dimension) for metric in metrics_of(resources[name]["Properties"])
                   for dimension in metric["Dimensions"] if dimension["Name"] != "service"}  # fmt: skip
        for condition in {resources[one]["Condition"] for one in watched if "Condition" in resources[one]}:
            assert condition in _implied(resources[name]["Condition"], transformed["Conditions"]), name


def _implied(condition: str, conditions: Mapping[str, Any]) -> set[str]:
    """A condition, and all that hold whenever it does: those that it joins by Fn::And."""
    parts = [part["Condition"] for part in conditions[condition].get("Fn::And", []) if "Condition" in part]
    return {condition}.union(*(_implied(part, conditions) for part in parts))


def test_alarms_tell_the_topic_both_ways_and_their_page_says_what_to_do(alarms: dict[str, Any]) -> None:
    headings = re.findall(
        r"^## +(.+)$|^### +(.+)$", (ROOT / "docs/operations.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    anchors = {(second or third).strip("`").lower().replace(" ", "-") for second, third in headings}
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}], name
        suffix = text(alarm["AlarmName"]).removeprefix("${AWS::StackName}-")
        assert text(alarm["AlarmDescription"]).endswith(f" See docs/operations.md#{suffix}"), name
        assert suffix in anchors, name


def test_the_page_s_table_has_every_alarm_of_the_template_and_says_of_which_stacks(
    transformed: Mapping[str, Any], alarms: dict[str, Any]
) -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = page.partition("\n## Alarms\n")[2].partition("\n### ")[0]
    rows = dict(re.findall(r"^\| \[`([a-z-]+)`\]\(#\1\) \| ([^|]+) \|", table, re.MULTILINE))
    of_stacks = {
        None: "every stack",
        "Realtime": "streams",
        "Aggregated": "aggregator",
        "HasCoverageAlarm": "`EdgeFunction=enabled` and `SamplingRate=100`",
        "HasTypedDays": "`TypedDays=enabled`",
        "HasSilenceAlarm": "streams, and `SilenceMinutes` above `0`",
        "HasFileSilenceAlarm": "no streams, and `SilenceMinutes` above `0`",
    }
    assert rows == {
        text(alarm["AlarmName"]).removeprefix("${AWS::StackName}-"): of_stacks[
            transformed["Resources"][name].get("Condition")
        ]
        for name, alarm in alarms.items()
    }


def test_the_page_names_the_log_of_every_function(transformed: Mapping[str, Any]) -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    groups = [
        text(resource["Properties"]["LogGroupName"])
        for resource in transformed["Resources"].values()
        if resource["Type"] == "AWS::Logs::LogGroup" and "/aws/lambda/" in text(resource["Properties"]["LogGroupName"])
    ]
    assert len(groups) > 3
    block = page.partition("aws logs tail")[2].partition("```")[0]
    for group in groups:
        assert group.rpartition("/")[2].replace("${AWS::StackName}", "STACK") in block


@pytest.mark.parametrize(("realtime", "aggregated"), [(True, True), (True, False), (False, False)])
@pytest.mark.parametrize("silence", [True, False])
def test_the_dashboard_is_json_in_the_order_of_the_flow(
    transformed: Mapping[str, Any], realtime: bool, aggregated: bool, silence: bool
) -> None:
    conditions = {"Realtime": realtime, "Aggregated": aggregated, "OwnDistribution": True, "HasCoverageAlarm": silence}
    conditions |= {"HasTypedDays": silence}
    conditions |= {"HasSilenceAlarm": silence and realtime, "HasFileSilenceAlarm": silence and not realtime}
    properties = transformed["Resources"]["OperationsDashboard"]["Properties"]
    body = json.loads(_resolved(properties["DashboardBody"], conditions))
    titles = [widget["properties"].get("title", "") for widget in body["widgets"]]
    stages = [int(title[0]) for title in titles if title[:1].isdigit()]
    assert stages == sorted(stages)
    assert set(stages) == {1, 6} | ({2, 5} if realtime else set()) | ({3, 4} if aggregated else set())
    shown = {alarm.removesuffix("_Arn") for alarm in body["widgets"][0]["properties"]["alarms"]}
    resources = transformed["Resources"]
    assert shown == {name for name in CASES if conditions.get(resources[name].get("Condition", ""), True)}
    for widget in body["widgets"]:
        assert widget["width"] * widget["height"] > 0
        assert widget["type"] in ("alarm", "metric", "text")


def _resolved(value: Any, conditions: Mapping[str, bool]) -> str:
    """The text of Fn::Sub and Fn::If; a reference becomes its own name, with `_` for what JSON or names dislike."""
    match value:
        case {"Fn::If": [condition, yes, no]}:
            return _resolved(yes if conditions[condition] else no, conditions)
        case {"Fn::Sub": [str(pattern), dict(names)]}:
            known = {name: _resolved(inner, conditions) for name, inner in names.items()}
            return re.sub(r"\$\{([^}]+)\}", lambda found: known.get(found[1]) or _name(found[1], known), pattern)
        case {"Fn::Sub": str(pattern)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: _name(found[1], {}), pattern)
        case {"Ref": str(name)}:
            return name
    return str(value)


def _name(reference: str, known: Mapping[str, str]) -> str:
    return "" if reference in known else re.sub(r"\W", "_", reference)
