# SPDX-License-Identifier: Apache-2.0
"""The Glue crawler's runs: StartCrawler crawls, for about a minute of the cloud, and EventBridge hears of it."""

import contextvars
import json
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.glue import catalog, partitions
from localcloud.glue.crawl import crawl
from localcloud.ministack import Request, Response, glue, messaging
from localcloud.ministack.server import error_response, json_response

_logger = logging.getLogger("localcloud.crawler")

CRAWL_SECONDS = 60.0  # of the cloud: about what a small crawl takes


def install(clock: Clock) -> None:
    """Let StartCrawler crawl, and the catalog refuse what AWS refuses."""
    catalog.install()
    partitions.install()
    runs: dict[int, object] = {}  # the run that counts, by the identity of the crawler

    def start_crawler(request: Request) -> Response:
        name = str(request.get("Name"))
        if name not in glue.crawlers:
            return error_response("EntityNotFoundException", f"Crawler {name} not found")
        crawler: dict[str, Any] = glue.crawlers[name]
        if crawler["State"] != "READY":
            return error_response("CrawlerRunningException", f"Crawler with name {name} has already started")
        crawler["State"] = "RUNNING"
        run = runs[id(crawler)] = object()
        started = time.time()

        def finish() -> None:
            # A crawler that was stopped or deleted meanwhile does not crawl, even if it was started again since.
            if runs.get(id(crawler)) is run and glue.crawlers.get(name) is crawler and crawler["State"] == "RUNNING":
                _finish(crawler, started)

        _announce(crawler, "Started")
        context = contextvars.copy_context()  # the account and Region of the request, for the timer's thread
        timer = threading.Timer(clock.real_seconds(CRAWL_SECONDS), context.run, (finish,))
        timer.daemon = True
        timer.start()
        return json_response({})

    glue.start_crawler.replace(start_crawler)


def _finish(crawler: dict[str, Any], started: float) -> None:
    """Crawl, and note how it went."""
    status, message = "SUCCEEDED", ""
    try:
        crawl(crawler)
    except Exception as error:  # as in AWS, a failed crawl is a state of the crawler
        _logger.exception("crawler %s failed", crawler["Name"])
        status, message = "FAILED", str(error)
    crawler["LastCrawl"] = {
        "Status": status,
        "ErrorMessage": message,
        "LogGroup": "/aws-glue/crawlers",
        "LogStream": crawler["Name"],
        "MessagePrefix": str(uuid.uuid4()),
        "StartTime": started,
    }
    crawler["CrawlElapsedTime"] = 0
    crawler["State"] = "READY"
    _announce(crawler, status.capitalize(), **({"errorMessage": message} if message else {}))


def _announce(crawler: Mapping[str, Any], state: str, **more: str) -> None:
    """EventBridge's "Glue Crawler State Change"."""
    detail = {"crawlerName": crawler["Name"], "state": state, "message": f"Crawler {state}", **more}
    messaging.put_aws_event(
        {"Source": "aws.glue", "DetailType": "Glue Crawler State Change", "Detail": json.dumps(detail)}
    )
