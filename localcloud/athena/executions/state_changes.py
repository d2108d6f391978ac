# SPDX-License-Identifier: Apache-2.0
"""EventBridge's "Athena Query State Change", on the default bus.

Source: Amazon Athena user guide, "Monitor Athena query events with EventBridge". Athena sends them on a best effort
basis; the local cloud sends each once.
"""

import json
from collections.abc import Mapping
from typing import Any

from localcloud.ministack import messaging

_SEQUENCE = {"QUEUED": 1, "RUNNING": 2}


def announce(execution: Mapping[str, Any], previous: str) -> None:
    """Say that an execution has left its previous state for the one that it is in."""
    state = execution["Status"]["State"]
    detail = {
        "versionId": "0",
        "currentState": state,
        "previousState": previous,
        "statementType": execution["StatementType"],
        "queryExecutionId": execution["QueryExecutionId"],
        "workgroupName": execution["WorkGroup"],
        "sequenceNumber": str(_SEQUENCE[previous] + 1),
    }
    error = execution["Status"].get("AthenaError")
    if error:
        detail["athenaError"] = {
            "errorCategory": float(error["ErrorCategory"]),
            "errorType": float(error["ErrorType"]),
            "errorMessage": error["ErrorMessage"],
            "retryable": error["Retryable"],
        }
    messaging.put_aws_event(
        {"Source": "aws.athena", "DetailType": "Athena Query State Change", "Detail": json.dumps(detail)}
    )
