# SPDX-License-Identifier: Apache-2.0
"""IAM as the local cloud adds to it."""

from localcloud.clock import Clock
from localcloud.iam import function_calls


def install(clock: Clock) -> None:
    """Evaluate the policies of every role that calls an API here. What services do by themselves, they ask about."""
    function_calls.install(clock)
