# SPDX-License-Identifier: Apache-2.0
"""The stack that a command is about: in the local cloud if one runs and nothing else is said, else in AWS."""

from pathlib import Path

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.defaults import DEFAULT_STACK
from edgepixel.errors import LocalCloudError
from edgepixel.local import local_cloud
from edgepixel.options import StackChoice
from edgepixel.paths import HOME


def find_chosen_stack(choice: StackChoice, home: Path = HOME) -> Stack:
    """Find the stack. `home` is the folder of the local cloud that counts.

    Raises LocalCloudError if the local cloud is asked for and none runs, StackNotFoundError if there is no such stack.
    """
    return find_stack(*choose(choice, home))


def choose(choice: StackChoice, home: Path = HOME) -> tuple[Cloud, str]:
    """The cloud and the name of the stack that is meant, whether it is there or not.

    Raises LocalCloudError if the local cloud is asked for and none runs, or, once, if it has ended unnoticed: what was
    meant for it must not reach AWS.
    """
    is_remembered = local_cloud.is_remembered(home)
    state = None if choice.where == "aws" else local_cloud.running(home)
    if choice.where == "local" and state is None:
        raise LocalCloudError("no local cloud is running. Start one with: edgepixel up")
    if choice.where is None and state is None and is_remembered:
        raise LocalCloudError(
            "the local cloud that `edgepixel up` started has ended, by itself or because it was killed, and its events "
            "are gone. Start another one (edgepixel up), or run this again to ask AWS"
        )
    cloud = state.cloud if state else Cloud()
    default = state.stack if state else DEFAULT_STACK
    return cloud, choice.name or default
