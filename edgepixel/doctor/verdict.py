# SPDX-License-Identifier: Apache-2.0
"""What an examination has found so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from edgepixel.doctor.findings import Outcome, Problem, Stage, StageResult


class Found(Exception):
    """The first problem: it ends the examination."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass
class Verdict:
    """The results of the stages that hits got through, and notes."""

    results: dict[Stage, StageResult] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def check(self, problems: Iterable[Problem]) -> None:
        """Raise Found for the first problem, if there is one."""
        for problem in problems:
            raise Found(problem)

    def passed(self, stage: Stage, seconds: float, detail: str) -> None:
        """The hits got through a stage, so long after they were sent."""
        self.results[stage] = StageResult(stage, Outcome.OK, max(0.0, seconds), detail)

    def skipped(self, stage: Stage, detail: str) -> None:
        """The hits were not looked for in a stage."""
        self.results[stage] = StageResult(stage, Outcome.SKIPPED, None, detail)

    def note(self, text: str | None) -> None:
        """Something worth knowing, if there is any."""
        if text:
            self.notes.append(text)
