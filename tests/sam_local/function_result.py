# SPDX-License-Identifier: Apache-2.0
"""What a function returned, as `sam local invoke` prints it.

SAM's exit status says nothing about the function: it is 0 even if the handler raised or ran out of time.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FunctionResult:
    """What a function returned, or why it returned nothing."""

    value: Any = None
    problem: str | None = None


def result_in(output: str) -> FunctionResult:
    """The result in what was printed on standard output."""
    if not output.strip():
        return FunctionResult(problem="no result: the function ran out of time, or its process ended")
    try:
        value = json.loads(output)
    except ValueError:
        return FunctionResult(problem=f"the result is not JSON: {output.strip()[:200]}")
    if isinstance(value, dict) and "errorMessage" in value:
        return FunctionResult(value, f"{value.get('errorType', 'error')}: {value['errorMessage']}")
    return FunctionResult(value)
