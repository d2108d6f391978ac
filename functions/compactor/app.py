# SPDX-License-Identifier: Apache-2.0
"""Compactor: a closed day of raw lines becomes a typed day."""

import os
import time
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

import work
from aws_calls import connect
from cleaning import Cleaning
from compaction import Compaction
from request import request_of
from settings import Settings

logger = Logger()
tracer = Tracer()

settings = Settings.from_environment(os.environ)
calls = connect(settings)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Type the days that an event is about: EventBridge's schedule, the end of a statement, or an event by hand.

    Returns the days that were typed, wait for their statement, or needed nothing, and how many are left for the next
    run. Raises if a day failed, after the others: then Lambda retries the asynchronous invocation, which goes on where
    this one ended, and finally sends the event to the on-failure destination.
    """

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    now = datetime.now(UTC)
    request = request_of(event, now)
    days = work.days_to_do(calls, settings, request, now)
    compaction = Compaction(calls, settings, lambda: datetime.now(UTC), seconds_left, time.sleep)
    done = work.do(compaction, days, request)
    if request.clean:
        cleaned = Cleaning(calls, settings, now).clean()
        logger.info("Cleaned", folders=cleaned.folders, raw_days=cleaned.raw_days)
        if cleaned.left:
            logger.warning("Old folders of days that are not typed stay", folders=cleaned.left)
    logger.info("Days done", typed=len(done.typed), waiting=done.waiting, left=done.left)
    return done.result()
