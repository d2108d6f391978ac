# SPDX-License-Identifier: Apache-2.0
"""The answers as they follow from a ledger: what Athena must return, to the last character.

Each is `expected` in the `truth.py` of its folder. Nothing there parses what was sent, or knows of SQL: the
events carry the truth from where they were made up.
"""

from collections.abc import Callable

from edgepixel.answers.registry import Answer, answers
from edgepixel.console.table import Table
from edgepixel.truth.events import Facts

type Truth = Callable[[Facts], Table]


def _truth(answer: Answer) -> Truth:
    expected: Truth = answer.module("truth").expected
    return expected


TRUTHS: dict[str, Truth] = {answer.name: _truth(answer) for answer in answers() if answer.about_events}
"""By the answers' names, in their order. Those that are not about events have truths of other facts."""
