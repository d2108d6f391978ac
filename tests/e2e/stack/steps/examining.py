# SPDX-License-Identifier: Apache-2.0
"""Runs `edgepixel doctor` on a stack of the local cloud."""

import io

from rich.console import Console

from edgepixel.aws.stack import Stack
from edgepixel.doctor.command import run
from edgepixel.doctor.findings import Examination, Outcome
from edgepixel.doctor.follow.patience import patience
from edgepixel.local.local_cloud import speed_of
from tests.waiting import PATIENCE_SECONDS


def examined(stack: Stack, margin: float = PATIENCE_SECONDS, hits: bool = True) -> Examination:
    """What the command finds, with so many seconds for this machine at each stage."""
    port = stack.cloud.local_port
    assert port is not None
    waits = patience(stack.parameters, speed=speed_of(port), local_margin=margin)
    return run(stack, waits, hits, Console(file=io.StringIO()))


def assert_healthy(examination: Examination) -> None:
    """Nothing is wrong, and every stage that the stack has was looked at."""
    assert examination.problem is None, examination
    assert {result.outcome for result in examination.stages} <= {Outcome.OK, Outcome.SKIPPED}
