# SPDX-License-Identifier: Apache-2.0
"""When a crawl is worth its price, and what EventBridge tells about its end. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# A crawl is billed for at least ten minutes of two DPUs, and what one did not repair, the next will not either.
BETWEEN_CRAWLS = timedelta(hours=1)


@dataclass(frozen=True)
class Crawler:
    """What Glue's GetCrawler says: its `state`, and the last crawl's start, status and message, if there was one."""

    state: str
    started: datetime | None = None
    status: str = ""
    message: str = ""

    def ran_lately(self, now: datetime) -> bool:
        """Whether a crawl has ended that began within the last hour: the next one would cost, and not help."""
        return self.state == "READY" and self.started is not None and now < self.started + BETWEEN_CRAWLS

    def __str__(self) -> str:
        if self.started is None:
            return "has not run"
        message = f": {self.message}" if self.message else ""
        return f"ran at {self.started:%H:%M} UTC ({self.status}{message})"


def crawler_of(found: Mapping[str, Any]) -> Crawler:
    """From the Crawler of GetCrawler's response."""
    last = found.get("LastCrawl") or {}
    return Crawler(found["State"], last.get("StartTime"), last.get("Status", ""), last.get("ErrorMessage", ""))


def is_end_of_crawl(event: Mapping[str, Any], crawler_name: str) -> bool:
    """Whether an EventBridge event is about the end of a crawl by this crawler.

    Glue tells of Started, Succeeded and Failed (AWS Glue developer guide, "Automating AWS Glue with EventBridge").
    """
    detail = event.get("detail")
    return (
        event.get("source") == "aws.glue"
        and event.get("detail-type") == "Glue Crawler State Change"
        and isinstance(detail, Mapping)
        and detail.get("crawlerName") == crawler_name
        and detail.get("state") in {"Succeeded", "Failed"}
    )
