# SPDX-License-Identifier: Apache-2.0
"""Figures of one view about one collection of agents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.agents.classified import Told
from benchmarks.agents.labelled import Agent

COLUMNS = ("browser", "os", "device")


@dataclass(frozen=True)
class Figures:
    """Counts of agents: programs told and missed, people told and taken for programs; and the share of people told.

    `specificity` is of views, by how often each agent was seen. Programs are the positives: what is not `human`.
    """

    hits: int
    missed: int
    false_alarms: int
    people: int
    specificity: float | None

    @property
    def precision(self) -> float | None:
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.missed else None

    @property
    def recall(self) -> float | None:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else None


def figures(agents: Iterable[Agent], told: Mapping[str, Told]) -> Figures:
    """How well people are told from programs."""
    agents = list(agents)
    human = {agent.text: told[agent.text].traffic == "human" for agent in agents}
    people = [agent for agent in agents if agent.person]
    seen = sum(agent.weight for agent in people)
    return Figures(
        hits=sum(not agent.person and not human[agent.text] for agent in agents),
        missed=sum(not agent.person and human[agent.text] for agent in agents),
        false_alarms=sum(not human[agent.text] for agent in people),
        people=len(people),
        specificity=sum(agent.weight for agent in people if human[agent.text]) / seen if seen else None,
    )


def accuracy(agents: Sequence[Agent], told: Mapping[str, Told], column: str, value: str | None = None) -> float | None:
    """The share of people's agents whose column is right, of those that the collection labels (so, or with `value`).

    Agents that this view takes for programs count as wrong.
    """
    labels = [
        (getattr(agent, column), getattr(told[agent.text], column))
        for agent in agents
        if agent.person and getattr(agent, column) in ({value} if value else _known(agents, column))
    ]
    return sum(label == found for label, found in labels) / len(labels) if labels else None


def _known(agents: Iterable[Agent], column: str) -> set[str]:
    return {getattr(agent, column) for agent in agents} - {None}
