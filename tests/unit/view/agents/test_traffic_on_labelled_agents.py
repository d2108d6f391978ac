# SPDX-License-Identifier: Apache-2.0
"""Precision and recall of `traffic` by the agent alone, on agents seen and not seen when the rules were written."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.unit.view.agents import labelled_agents as agents
from tests.unit.view.agents.labelled_agents import Agent
from tests.unit.view.event_view import events

_LEAST_PRECISION = 0.98
_LEAST_RECALL = 0.97


@dataclass(frozen=True)
class Score:
    """Programs are the positives: what is not `human`. `tail`: browsers that are only counted."""

    hits: int
    missed: int
    false_alarms: int
    browsers: int
    tail: int
    tail_alarms: int
    ai: Counter[tuple[bool, str]]  # (tagged ai-crawler, traffic) of the programs

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false_alarms)

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed)

    def lines(self, half: str) -> list[str]:
        tagged = sum(count for (ai, _), count in self.ai.items() if ai)
        called = sum(count for (_, traffic), count in self.ai.items() if traffic == "ai_crawler")
        both = self.ai[True, "ai_crawler"]
        return [
            f"{half}: precision {self.precision:.4f}, recall {self.recall:.4f} of not human against human: "
            f"{self.hits + self.missed} programs, {self.missed} taken for people; "
            f"{self.browsers} browsers, {self.false_alarms} taken for programs",
            f"{half}: long tail of old browsers, not judged: {self.tail_alarms} of {self.tail} taken for programs",
            f"{half}: ai_crawler: {both} of {tagged} that are tagged ai-crawler (the others: "
            f"{self.ai[True, 'bot']} bot, {self.ai[True, 'human']} human), and {called - both} that are not tagged",
        ]


def _score(half: Sequence[Agent]) -> Score:
    found = events({str(number): {"cs_user_agent": agent.text} for number, agent in enumerate(half)})
    traffic = [(agent, str(found[str(number)]["traffic"])) for number, agent in enumerate(half)]
    programs = [(agent, kind) for agent, kind in traffic if not agent.human]
    browsers = [kind for agent, kind in traffic if agent.human and not agent.long_tail]
    tail = [kind for agent, kind in traffic if agent.long_tail]
    missed = sum(kind == "human" for _, kind in programs)
    return Score(
        hits=len(programs) - missed,
        missed=missed,
        false_alarms=sum(kind != "human" for kind in browsers),
        browsers=len(browsers),
        tail=len(tail),
        tail_alarms=sum(kind != "human" for kind in tail),
        ai=Counter(("ai-crawler" in agent.tags, kind) for agent, kind in programs),
    )


@pytest.mark.parametrize("half", ["development", "held_out"])
def test_programs_are_told_from_people_by_the_agent_alone(half: str, measured: Callable[[str], None]) -> None:
    score = _score(getattr(agents, half)())
    for line in score.lines(half.replace("_", " ")):
        measured(line)
    assert score.hits + score.missed > 900
    assert score.browsers > 700
    assert score.precision >= _LEAST_PRECISION
    assert score.recall >= _LEAST_RECALL


def test_no_family_is_in_both_halves() -> None:
    """And no agent is judged twice."""
    development, held_out = agents.development(), agents.held_out()
    assert {agent.family for agent in development}.isdisjoint(agent.family for agent in held_out)
    texts = [agent.text for agent in (*development, *held_out)]
    assert len(texts) == len(set(texts))
