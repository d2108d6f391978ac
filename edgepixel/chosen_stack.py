# SPDX-License-Identifier: Apache-2.0
"""The stack that a command is about: in the local cloud if one runs and nothing else is said, else in AWS."""

from pathlib import Path

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.defaults import DEFAULT_STACK
from edgepixel.errors import LocalCloudError
from edgepixel.local.local_cloud import running
from edgepixel.options import StackChoice
from edgepixel.paths import HOME


def find_chosen_stack(choice: StackChoice, home: Path = HOME) -> Stack:
    """Find the stack. `home` is the folder of the local cloud that counts.

    Raises LocalCloudError if the local cloud is asked for and none runs, StackNotFoundError if there is no such stack.
    """
    return find_stack(*choose(choice, home))


def choose(choice: StackChoice, home: Path = HOME) -> tuple[Cloud, str]:
    """The cloud and the name of the stack that is meant, whether it is there or not.

    Raises LocalCloudError if the local cloud is asked for and none runs.
    """
    state = None if choice.where == "aws" else running(home)
    if choice.where == "local" and state is None:
        raise LocalCloudError("no local cloud is running. Start one with: edgepixel up")
    cloud = state.cloud if state else Cloud()
    default = state.stack if state else DEFAULT_STACK
    return cloud, choice.name or default
