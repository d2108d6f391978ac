# SPDX-License-Identifier: Apache-2.0
"""Which stack a command is about."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import DEFAULT_STACK, Stack, find_stack
from edgepixel.errors import LocalCloudError
from edgepixel.local.lifecycle import running
from edgepixel.paths import HOME, PROGRAM

type Where = Literal["local", "aws"]


@dataclass(frozen=True)
class Target:
    """A stack and the cloud it is in."""

    cloud: Cloud
    stack: Stack

    def __str__(self) -> str:
        return f"stack {self.stack.name} in {self.cloud}"


def find_target(where: Where | None, stack: str | None, home: Path = HOME) -> Target:
    """The stack that is meant: in the local cloud if one runs and nothing else is said, else in AWS.

    Raises LocalCloudError if the local cloud is asked for and none runs, StackNotFoundError if there is no such stack.
    """
    state = None if where == "aws" else running(home)
    if where == "local" and state is None:
        raise LocalCloudError(f"no local cloud is running. Start one with: {PROGRAM} up")
    cloud = state.cloud if state else Cloud()
    default = state.stack if state else DEFAULT_STACK
    return Target(cloud, find_stack(cloud, stack or default))
