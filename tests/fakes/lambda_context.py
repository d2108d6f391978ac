# SPDX-License-Identifier: Apache-2.0
"""The context that Lambda hands to a handler."""

from dataclasses import dataclass


@dataclass
class FakeContext:
    """As much of it as Powertools and the handlers read."""

    milliseconds: int = 60_000
    function_name: str = "function"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "7f6b5c1e-0000-4000-8000-000000000001"

    def get_remaining_time_in_millis(self) -> int:
        """The same at every moment: tests do not wait."""
        return self.milliseconds
