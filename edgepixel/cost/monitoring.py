# SPDX-License-Identifier: Apache-2.0
"""How much of CloudWatch a stack uses: counted in the template, and in the sources of its functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgepixel.cost.stack_resources import chosen, parameter_values, stack_resources
from edgepixel.paths import ROOT
from localcloud.in_process_function import function_loader

# By group, those of a stream (AWS Lambda developer guide, "Event source mapping metrics"). Whoever switches a group on
# pays for it as for custom metrics (Amazon CloudWatch user guide, "Basic monitoring and detailed monitoring").
_METRICS_OF_STREAMS = {
    "EventCount": (
        "PolledEventCount",
        "FilteredOutEventCount",
        "InvokedEventCount",
        "FailedInvokeEventCount",
        "DroppedEventCount",
        "OnFailureDestinationDeliveredEventCount",
    )
}


@dataclass(frozen=True)
class Monitoring:
    """What CloudWatch bills by the month.

    `custom_metrics` has those of Lambda's that are billed like them, too; one that is sent in one hour of each day is a
    24th of one.
    """

    custom_metrics: float
    alarm_metrics: int  # an alarm is billed for each metric that it watches
    dashboards: int


def monitoring(parameters: Mapping[str, str]) -> Monitoring:
    """What a stack with these parameters, and the defaults of all others, uses."""
    resources = stack_resources(parameters).values()
    values = parameter_values(parameters)

    def of_type(name: str) -> list[Mapping[str, Any]]:
        return [resource["Properties"] for resource in resources if resource["Type"] == name]

    return Monitoring(
        custom_metrics=sum(
            len(constant_metrics(one["CodeUri"])) * hours_a_day(one["CodeUri"]) / 24
            for one in of_type("AWS::Serverless::Function")
            if not _metrics_disabled(one, values)
        )
        + sum(len(_billed_metrics(one)) for one in of_type("AWS::Serverless::Function")),
        alarm_metrics=sum(len(alarm_metrics(one)) for one in of_type("AWS::CloudWatch::Alarm")),
        dashboards=len(of_type("AWS::CloudWatch::Dashboard")),
    )


def _metrics_disabled(function: Mapping[str, Any], values: Mapping[str, object]) -> bool:
    """Whether Powertools sends none of the function's metrics: its documented environment variable."""
    environment = function.get("Environment", {}).get("Variables", {})
    return chosen(environment.get("POWERTOOLS_METRICS_DISABLED", "false"), values) == "true"


def _billed_metrics(function: Mapping[str, Any]) -> list[str]:
    """Lambda's metrics of a function's event source mappings, if they are switched on."""
    events = function.get("Events", {}).values()
    groups = [group for event in events for group in event["Properties"].get("MetricsConfig", {}).get("Metrics", [])]
    return [metric for group in groups for metric in _METRICS_OF_STREAMS[group]]


def function_metrics(code_uri: str) -> list[str]:
    """The custom metrics that a function emits. Those of two functions differ in the dimension `service`."""
    metrics = _metrics(code_uri)
    return [] if metrics is None else [str(metric) for metric in metrics.Metric]


def constant_metrics(code_uri: str) -> list[str]:
    """Those that it emits all the time, and not only when there is something to tell."""
    rare = getattr(_metrics(code_uri), "ON_OCCASION", frozenset[str]())
    return [metric for metric in function_metrics(code_uri) if metric not in rare]


def hours_a_day(code_uri: str) -> int:
    """In how many hours of a day a function sends its metrics: CloudWatch bills a metric by the hours it is sent in."""
    return int(getattr(_metrics(code_uri), "HOURS_A_DAY", 24))


def _metrics(code_uri: str) -> Any:
    """A function's module of metrics; None if it has none."""
    folder = ROOT / code_uri
    if not (folder / "metrics.py").exists():
        return None
    with function_loader(folder.parent) as load:
        return load(folder.name, "metrics").metrics


def alarm_metrics(alarm: Mapping[str, Any]) -> list[str]:
    """The metrics that an alarm watches: one, or those that its metric math is about. `alarm` are its properties."""
    queries = alarm.get("Metrics")
    if queries is None:
        return [alarm["MetricName"]]
    return [query["MetricStat"]["Metric"]["MetricName"] for query in queries if "MetricStat" in query]
