# SPDX-License-Identifier: Apache-2.0
"""CloudFront's metrics of requests and functions, by the minute, in us-east-1.

Source: CloudFront Developer Guide, "Types of metrics for CloudFront". AWS has them some minutes later.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.ministack import cloudwatch
from localcloud.ministack.server import account_id, request_scope

REGION = "us-east-1"
_NAMESPACE = "AWS/CloudFront"
_MINUTE = 60

# Key of a metric -> its samples, and of these the one of each minute.
_known: dict[tuple[str, str], tuple[Sequence[Any], dict[int, dict[str, Any]]]] = {}


def count(distribution_id: str, counts: Sequence[tuple[str, str]], seconds: float) -> None:
    """Count one request of a distribution, and what its functions did: (metric, function's name).

    `seconds`: since the epoch, when that was.
    """
    minute = int(seconds // _MINUTE) * _MINUTE
    everywhere = {"DistributionId": distribution_id, "Region": "Global"}
    with request_scope(account_id(), REGION):
        _add("Requests", everywhere, minute)
        for metric, function in counts:
            _add(metric, {**everywhere, "FunctionName": function}, minute)


def _add(metric: str, dimensions: Mapping[str, str], minute: int) -> None:
    key = _NAMESPACE, metric, cloudwatch.dimensions_key([{"Name": n, "Value": v} for n, v in dimensions.items()])
    samples = cloudwatch.samples(key)
    known, by_minute = _known.get(key[1:], ((), {}))
    if known is not samples:  # CloudWatch was reset, or let go of old samples
        by_minute = {sample["Timestamp"]: sample for sample in samples}
        _known[key[1:]] = samples, by_minute
    sample = by_minute.get(minute)
    if sample is None:
        sample = {"Timestamp": minute, "Unit": "None", "Dimensions": dict(dimensions), "Value": 1.0, "Count": 0.0}
        by_minute[minute] = sample
        samples.append(sample)
    sample["Count"] += 1
