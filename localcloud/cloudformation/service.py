# SPDX-License-Identifier: Apache-2.0
"""CloudFormation as the local cloud adds to it: more resource types, and what AWS refuses or replaces."""

from localcloud.clock import Clock
from localcloud.cloudformation import added_types, properties, replacement, rollback, unchanged_resources


def install(clock: Clock) -> None:
    """Let MiniStack's CloudFormation know more types, check properties, and replace what AWS replaces."""
    added_types.install(clock)
    properties.install(clock)
    replacement.install(clock)
    rollback.install(clock)
    unchanged_resources.install(clock)
