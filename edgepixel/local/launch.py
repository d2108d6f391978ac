# SPDX-License-Identifier: Apache-2.0
"""Brings the application into a local cloud that runs: build, deploy, and the stack that comes of it."""

from collections.abc import Mapping
from pathlib import Path

from edgepixel.aws.stack import Stack, find_stack
from edgepixel.console.progress import Steps
from edgepixel.local.deployment import build, deploy
from edgepixel.local.lifecycle import LocalCloud
from edgepixel.local.lock import exclusively
from edgepixel.paths import HOME


def launch(state: LocalCloud, home: Path, steps: Steps, parameters: Mapping[str, str]) -> Stack:
    """Build and deploy the template, with these parameters, as the stack that the local cloud is for.

    All commands share one build, so that the next one need not start over: they take turns with it.
    """
    with exclusively(HOME / "build.lock"):
        with steps.step("sam build"):
            template = build(HOME)
        with steps.step("sam deploy"):
            deploy(state.cloud, state.stack, template, home, parameters)
    return find_stack(state.cloud, state.stack)
