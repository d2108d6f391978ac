# SPDX-License-Identifier: Apache-2.0
"""What a function answered, as `sam local invoke` prints it.

Its exit status says nothing about the function: it is 0 even if the handler raised or ran out of time.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a function returned, or why it returned nothing."""

    value: Any = None
    problem: str | None = None


def answer_in(output: str) -> Answer:
    """The answer in what was printed on standard output."""
    if not output.strip():
        return Answer(problem="no answer: the function ran out of time, or its process ended")
    try:
        value = json.loads(output)
    except ValueError:
        return Answer(problem=f"the answer is not JSON: {output.strip()[:200]}")
    if isinstance(value, dict) and "errorMessage" in value:
        return Answer(value, f"{value.get('errorType', 'error')}: {value['errorMessage']}")
    return Answer(value)
