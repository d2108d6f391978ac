# SPDX-License-Identifier: Apache-2.0
"""StartQueryExecution with a ClientRequestToken: the same request again is the same execution.

Sources: Athena API Reference, StartQueryExecution, ClientRequestToken (32 to 128 characters; "the same response is
returned and another query is not created. An error is returned if a parameter, such as QueryString, has changed"). How
long Athena keeps a token is not documented; here it is as long as the execution is known.
"""

from localcloud.ministack import Request, athena
from localcloud.ministack.server import account_table, region
from localcloud.refusal import RefusedError

_LENGTHS = range(32, 129)
_requests = account_table()  # (Region, token) -> parameters and id of the execution


def earlier_execution(request: Request) -> str | None:
    """The id of the execution that a request with the same token has started, None if there is none.

    Raises RefusedError for a token of another length, and for one that came with other parameters.
    """
    token = request.get("ClientRequestToken")
    if token is None:
        return None
    if len(token) not in _LENGTHS:
        raise RefusedError(
            "InvalidRequestException",
            f"1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy constraint: "
            f"Member must have length between {_LENGTHS[0]} and {_LENGTHS[-1]}",
        )
    parameters, query_id = _requests.get(f"{region()} {token}", (None, None))
    if query_id is None or query_id not in athena.executions:
        return None
    if parameters != _parameters(request):
        raise RefusedError("InvalidRequestException", "Idempotent parameters do not match")
    return str(query_id)


def remember(request: Request, query_id: str) -> None:
    """Keep the token of a request that has started an execution."""
    token = request.get("ClientRequestToken")
    if token is not None:
        _requests[f"{region()} {token}"] = (_parameters(request), query_id)


def _parameters(request: Request) -> dict[str, object]:
    return {name: value for name, value in request.items() if name != "ClientRequestToken"}
