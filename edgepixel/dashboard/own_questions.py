# SPDX-License-Identifier: Apache-2.0
"""The questions that users have saved in a stack beside its answers: which of them the dashboard can ask. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edgepixel.answers.registry import known_answer
from edgepixel.ask.athena import SavedQuery
from edgepixel.questions.blanks import can_be_moved
from edgepixel.questions.check import may_be_asked


@dataclass(frozen=True)
class OwnQuestion:
    """One of them, as its page is headed."""

    name: str
    description: str


def own_questions(saved: Iterable[SavedQuery]) -> Mapping[str, OwnQuestion]:
    """Those that read the view `events` alone, and have a period that can be chosen, by name, in its order."""
    found = [
        OwnQuestion(query.name, query.description.strip() or "A question of your own")
        for query in saved
        if known_answer(query.name) is None and may_be_asked(query.sql) and can_be_moved(query.sql)
    ]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}
