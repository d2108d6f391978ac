# SPDX-License-Identifier: Apache-2.0
"""CloudWatch: samples and alarms; CloudWatch Logs: log groups and log deliveries."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ministack.services import cloudwatch as _cloudwatch
from ministack.services import cloudwatch_logs as _cloudwatch_logs

from localcloud.ministack import Replaceable, Request, Response, Table

type Alarm = dict[str, Any]

# (Namespace, MetricName, key of the dimensions) -> samples, each with Timestamp, Value and Count.
samples: Callable[[tuple[str, str, str]], list[dict[str, Any]]] = _cloudwatch._metric_bucket  # of one, to be added to
metrics: Mapping[tuple[str, str, str], Sequence[Mapping[str, Any]]] = _cloudwatch._metrics
alarms: Table = _cloudwatch._alarms  # name -> alarm
dashboards: Table = _cloudwatch._dashboards  # name -> dashboard
log_groups: Table = _cloudwatch_logs._log_groups  # name -> log group
# A log stream, and events with `timestamp`, `ingestionTime` and `message`.
append_log_events: Callable[[dict[str, Any], Sequence[Mapping[str, Any]]], None] = _cloudwatch_logs._append_log_events
reset_logs: Callable[[], None] = _cloudwatch_logs.reset

delivery_sources: Table = _cloudwatch_logs._delivery_sources  # name -> delivery source
delivery_destinations: Table = _cloudwatch_logs._delivery_destinations  # name -> delivery destination
deliveries: Table = _cloudwatch_logs._deliveries  # id -> delivery
put_delivery_source: Replaceable[[Request], Response] = Replaceable(_cloudwatch_logs, "_put_delivery_source", "data")
put_delivery_destination: Replaceable[[Request], Response] = Replaceable(
    _cloudwatch_logs, "_put_delivery_destination", "data"
)
create_delivery: Replaceable[[Request], Response] = Replaceable(_cloudwatch_logs, "_create_delivery", "data")
delete_delivery_source: Replaceable[[Request], Response] = Replaceable(
    _cloudwatch_logs, "_delete_delivery_source", "data"
)
delete_delivery_destination: Replaceable[[Request], Response] = Replaceable(
    _cloudwatch_logs, "_delete_delivery_destination", "data"
)
handle_request: Replaceable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]] = Replaceable(
    _cloudwatch_logs, "handle_request", "method, path, headers, body, query_params"
)

# Alarm's name, old state, new state, reason: an entry of its history.
record_history: Callable[[str, str, str, str], None] = _cloudwatch._record_history
# Alarm, old state, new state, reason: what the alarm does in its new state.
dispatch_alarm_actions: Callable[[Alarm, str, str, str], None] = _cloudwatch._dispatch_alarm_actions
evaluate_parent_alarms: Callable[[Alarm], None] = _cloudwatch._evaluate_parent_alarms

# Called for every alarm after samples are put, and for an alarm that is put.
evaluate_alarm: Replaceable[[Alarm], None] = Replaceable(_cloudwatch, "_evaluate_alarm", "alarm")


def dimensions_key(dimensions: Sequence[Mapping[str, str]]) -> str:
    """The key of `metrics` for dimensions as the API lists them."""
    key: str = _cloudwatch._dims_key(_cloudwatch._dims_from_list(dimensions))
    return key
