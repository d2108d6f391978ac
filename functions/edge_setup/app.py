# SPDX-License-Identifier: Apache-2.0
"""Edge setup: a CloudFormation custom resource for what CloudFormation, or SAR, cannot create."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from kinds import perform
from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import Request
from protocol.response import Answer, AnswerNotDelivered

logger = Logger()
# Only calls to AWS are traced: the address of the answer is a credential, and stays out of traces.
tracer = Tracer(patch_modules=("botocore",))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Do what CloudFormation asks and answer it, always: a stack that waits is the worst outcome.

    Raises InvalidRequest for an event that cannot be answered, and AnswerNotDelivered: then Lambda
    invokes again.
    """
    request = Request.parse(event)
    logger.append_keys(request_type=request.type, logical_id=request.logical_id, kind=request.properties.get("Kind"))
    answer = Answer(request)
    deadline = Deadline(context.get_remaining_time_in_millis)
    with deadline.alarm(lambda: _time_is_up(answer)):
        try:
            outcome = perform(request, deadline)
        except Exception as error:  # whatever it was, CloudFormation must hear of it
            logger.exception("Request failed")
            answer.fail(f"{request.logical_id}: {error}")
            return
        try:
            told = answer.succeed(outcome)
        except AnswerNotDelivered:
            _take_back(outcome)  # CloudFormation will never know of it, and so never delete it
            raise
        if told:
            logger.info("Request done", physical_id=outcome.physical_id)
        else:
            logger.warning("Done, but too late", physical_id=outcome.physical_id)
            _take_back(outcome)


def _take_back(outcome: Outcome) -> None:
    try:
        outcome.undo()
    except Exception:  # raising here would make Lambda invoke again, for a stack that has moved on
        logger.exception("Left behind: delete it by hand", physical_id=outcome.physical_id)


def _time_is_up(answer: Answer) -> None:
    try:
        if answer.fail("timed out: the work did not end within the function's time; try again"):
            logger.error("Time is up")
    except AnswerNotDelivered:
        logger.exception("Time is up, and the answer was not delivered")
