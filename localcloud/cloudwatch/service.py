# SPDX-License-Identifier: Apache-2.0
"""CloudWatch's alarms as they are defined: their own metric's dimensions, periods, missing data and metric math.

Wrapped, and nothing else: MiniStack's evaluation of an alarm, which takes all samples of a metric's name together, and
its CloudFormation type, which knows no metric math. Alarms of statistics or comparisons that the template does not use
are left to MiniStack.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.clock import Clock
from localcloud.cloudwatch.alarm_state import Metric, knows, state
from localcloud.ministack import cloudformation, cloudwatch


def install(_clock: Clock) -> None:
    """Evaluate alarms by their definitions, whenever MiniStack evaluates them."""
    cloudwatch.evaluate_alarm.replace(evaluate)
    cloudformation.alarm_record.replace(record)


def evaluate(alarm: dict[str, Any]) -> None:
    """Bring an alarm into the state that its samples ask for, and tell its actions if that is another."""
    if not knows(alarm):
        cloudwatch.evaluate_alarm.own(alarm)
        return
    old, new = alarm["StateValue"], state(alarm, samples_of)
    if old == new:
        return
    reason = f"{alarm['AlarmDescription']} ({alarm['EvaluationPeriods']} periods were evaluated)"
    alarm |= {"StateValue": new, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())}
    cloudwatch.record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch.dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch.evaluate_parent_alarms(alarm)


def samples_of(metric: Metric) -> Sequence[tuple[float, float]]:
    """The samples of just this metric: how many seconds ago, and the value."""
    dimensions = cloudwatch.dimensions_key(metric["Dimensions"])
    points = cloudwatch.metrics.get((metric["Namespace"], metric["MetricName"], dimensions), [])
    now = time.time()
    return [
        (now - point["Timestamp"], float(point["Value"])) for point in points for _ in range(int(point.get("Count", 1)))
    ]


def record(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """MiniStack's record of an alarm in a template; one of metric math has no metric of its own, but `Metrics`."""
    if not properties.get("Metrics"):
        return cloudformation.alarm_record.own(name, properties)
    without = {key: value for key, value in properties.items() if key != "Metrics"}
    made = cloudformation.alarm_record.own(name, {**without, "MetricName": "-", "Namespace": "-"})
    return made | {"MetricName": "", "Namespace": "", "Metrics": properties["Metrics"]}
