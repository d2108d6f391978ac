# SPDX-License-Identifier: Apache-2.0
"""What CloudWatch makes of an alarm's definition, for samples of its metrics. Pure.

By the Amazon CloudWatch User Guide: "Using CloudWatch alarms" (evaluating an alarm, missing data) and "Metric math
syntax and functions". Left out: that CloudWatch looks at earlier periods, too, when data is missing.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

type Metric = Mapping[str, Any]
"""Namespace, MetricName and Dimensions, as CloudWatch has them."""
type Samples = Callable[[Metric], Sequence[tuple[float, float]]]
"""A metric's samples: how many seconds ago, and the value."""
type Value = float | None

_STATISTICS: dict[str, Callable[[list[float]], float]] = {"Sum": sum, "Maximum": max, "Minimum": min}
_MISSING = {"breaching": True, "notBreaching": False}
_COMPARISONS = {"GreaterThanThreshold": operator.gt, "LessThanThreshold": operator.lt}
_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
}


def knows(alarm: Mapping[str, Any]) -> bool:
    """Whether `state` can evaluate the alarm."""
    statistics = {query["MetricStat"]["Stat"] for query in alarm.get("Metrics") or [] if "MetricStat" in query}
    return (
        (statistics or {alarm.get("ExtendedStatistic") or alarm["Statistic"]}) <= _STATISTICS.keys()
        and alarm["ComparisonOperator"] in _COMPARISONS
        and alarm["TreatMissingData"] in _MISSING
    )


def state(alarm: Mapping[str, Any], samples: Samples) -> str:
    """ALARM or OK. `alarm` is what PutMetricAlarm takes, and says how to treat missing data."""
    periods = int(alarm["EvaluationPeriods"])
    needed = int(alarm.get("DatapointsToAlarm") or periods)
    breaches = _COMPARISONS[alarm["ComparisonOperator"]]
    missing = _MISSING[alarm["TreatMissingData"]]
    values = [_value(alarm, samples, number) for number in range(periods)]
    breaching = [missing if value is None else breaches(value, alarm["Threshold"]) for value in values]
    return "ALARM" if sum(breaching) >= needed else "OK"


def metrics_of(alarm: Mapping[str, Any]) -> list[Metric]:
    """Every metric that the alarm watches."""
    if not alarm.get("Metrics"):
        return [{key: alarm[key] for key in ("Namespace", "MetricName", "Dimensions")}]
    return [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]


def _value(alarm: Mapping[str, Any], samples: Samples, number: int) -> Value:
    """The value of the period that ended `number` periods ago."""
    if not alarm.get("Metrics"):
        (metric,) = metrics_of(alarm)
        return _statistic(samples(metric), int(alarm["Period"]), alarm["Statistic"], number)
    names: dict[str, Value] = {}
    for query in alarm["Metrics"]:
        if "MetricStat" in query:
            told = query["MetricStat"]
            names[query["Id"]] = _statistic(samples(told["Metric"]), int(told["Period"]), told["Stat"], number)
    (returned,) = [query for query in alarm["Metrics"] if query.get("ReturnData", True) not in (False, "false")]
    return _calculated(ast.parse(returned["Expression"], mode="eval").body, names)


def _statistic(metric: Sequence[tuple[float, float]], period: int, statistic: str, number: int) -> Value:
    inside = [value for ago, value in metric if number * period <= ago < (number + 1) * period]
    return _STATISTICS[statistic](inside) if inside else None


def _calculated(node: ast.expr, names: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return names[name]
        case ast.Call(func=ast.Name(id="FILL"), args=[metric, filling]):
            value = _calculated(metric, names)
            return _calculated(filling, names) if value is None else value
        case ast.Call(func=ast.Name(id="IF"), args=[condition, yes, no]):
            chosen = _calculated(condition, names)
            return None if chosen is None else _calculated(yes if chosen else no, names)
        case ast.BinOp(left=left, op=sign, right=right) | ast.Compare(left=left, ops=[sign], comparators=[right]):
            first, second = _calculated(left, names), _calculated(right, names)
            if first is None or second is None or (isinstance(sign, ast.Div) and second == 0):
                return None
            return float(_OPERATORS[type(sign)](first, second))
    raise ValueError(f"metric math that the local cloud does not know: {ast.unparse(node)}")
