# SPDX-License-Identifier: Apache-2.0
"""Edge setup: a CloudFormation custom resource for what CloudFormation, or SAR, cannot create."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from kinds import perform
from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import Request
from protocol.response import Response, ResponseNotDelivered

logger = Logger()
# Only calls to AWS are traced: the address that the response goes to is a credential, and stays out of traces.
tracer = Tracer(patch_modules=("botocore",))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Do what CloudFormation requests, and always send a response: a stack that waits is the worst outcome.

    Raises InvalidRequest for an event that no response can be sent to, and ResponseNotDelivered: then Lambda invokes
    the function again.
    """
    request = Request.parse(event)
    logger.append_keys(request_type=request.type, logical_id=request.logical_id, kind=request.properties.get("Kind"))
    response = Response(request)
    deadline = Deadline(context.get_remaining_time_in_millis)
    with deadline.timer(lambda: _time_out(response)):
        try:
            outcome = perform(request, deadline)
        except Exception as error:  # CloudFormation must be told, whatever it was
            logger.exception("Request failed")
            response.fail(f"{request.logical_id}: {error}")
            return
        try:
            sent = response.succeed(outcome)
        except ResponseNotDelivered:
            _undo(outcome)  # CloudFormation will never know of it, and so never delete it
            raise
        if sent:
            logger.info("Request done", physical_id=outcome.physical_id)
        else:
            logger.warning("Done, but too late", physical_id=outcome.physical_id)
            _undo(outcome)


def _undo(outcome: Outcome) -> None:
    try:
        outcome.undo()
    except Exception:  # raising here would make Lambda invoke again, for a stack that has moved on
        logger.exception("Undo failed: delete the resource by hand", physical_id=outcome.physical_id)


def _time_out(response: Response) -> None:
    try:
        if response.fail("timed out: the work did not end within the function's time; try again"):
            logger.error("Timed out")
    except ResponseNotDelivered:
        logger.exception("Timed out, and the response was not delivered")
