# SPDX-License-Identifier: Apache-2.0
"""CloudWatch's metrics in memory: hourly sums, told page by page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

type Dimensions = dict[str, str]


@dataclass
class CloudWatch:
    """`sums` are hourly, by the metric's name and when the hour begins. What was asked for is in `asked`.

    Sums are told `page` at a time; the last page has the status `status`.
    """

    sums: dict[tuple[str, datetime], float] = field(default_factory=dict)
    page: int = 3
    status: str = "Complete"
    asked: list[dict[str, Any]] = field(default_factory=list)

    def get_metric_data(
        self, MetricDataQueries: list[dict[str, Any]], StartTime: datetime, EndTime: datetime, NextToken: str = "0"
    ) -> dict[str, Any]:
        (query,) = MetricDataQueries
        self.asked.append(query)
        name = query["MetricStat"]["Metric"]["MetricName"]
        found = sorted((t, v) for (metric, t), v in self.sums.items() if metric == name and StartTime <= t < EndTime)
        start = int(NextToken)
        end = start + self.page
        more = end < len(found)
        result = {
            "Id": query["Id"],
            "Timestamps": [moment for moment, _ in found[start:end]],
            "Values": [value for _, value in found[start:end]],
            "StatusCode": "PartialData" if more else self.status,
        }
        return {"MetricDataResults": [result]} | ({"NextToken": str(end)} if more else {})
