# SPDX-License-Identifier: Apache-2.0
"""Waits at one stage until the hits have come, something is certainly wrong, or the stage's time is over."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from edgepixel.doctor.findings import Problem, Stage
from edgepixel.doctor.verdict import Found

type Watch = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Shows a step, of so many parts, until its block ends; it is told how many are done."""

_LOOKS_BEFORE_SIGNS = 5  # signs cost more calls than a look, and most hits need none


@dataclass(frozen=True)
class Wait:
    """What is waited for. `look` looks once more and gives how many hits have come; `expected` are all of them.

    `certain`: why no more can come, as soon as that is known. `overdue`: why none came in so many seconds.
    `given_up`: why it does not look any further, if it does not.
    """

    stage: Stage
    expected: int
    look: Callable[[], int]
    certain: Callable[[], Problem | None]
    overdue: Callable[[float], Problem]
    given_up: Callable[[], str] = lambda: ""


def wait(
    wanted: Wait,
    limit: float,
    pause: float,
    watch: Watch,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """How many hits came: at least one, unless it gave up looking. Raises Found if something is wrong."""
    deadline = clock() + limit
    looks = 0
    with watch(wanted.stage, wanted.expected) as progress:
        while True:
            came = wanted.look()
            progress(min(came, wanted.expected))
            if came >= wanted.expected or wanted.given_up():
                return came
            looks += 1
            over = clock() >= deadline
            if (over or looks % _LOOKS_BEFORE_SIGNS == 0) and (problem := wanted.certain()):
                raise Found(problem)
            if over and came:
                return came
            if over:
                raise Found(wanted.overdue(limit))
            sleep(pause)
