# SPDX-License-Identifier: Apache-2.0
"""A stack whose update was rolled back has its old conditions again.

MiniStack restores its template and parameters, but keeps the conditions of the update that failed; a later update or
deletion would then not know of all resources, nor in which order they depend on each other.
"""

from collections.abc import Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.ministack import cloudformation


def install(_clock: Clock) -> None:
    """Restore the conditions after MiniStack's rollback."""

    async def roll_back(
        stack_name: str, stack_id: str, stack: dict[str, Any], operation: Mapping[str, Any], reason_override: str = ""
    ) -> None:
        await cloudformation.roll_back.own(stack_name, stack_id, stack, operation, reason_override)
        previous = operation.get("previous_stack") or {}
        if "_conditions" in previous:
            stack["_conditions"] = previous["_conditions"]

    cloudformation.roll_back.replace(roll_back)
