# SPDX-License-Identifier: Apache-2.0
"""What the tests of the dashboard share, besides `edgepixel.dashboard.serving`."""

from edgepixel.ask.athena import SavedQuery
from edgepixel.template.reader import answer_queries


def saved_answers() -> list[SavedQuery]:
    """The saved queries of a stack: the template's answers."""
    return [SavedQuery(name, name, sql) for name, sql in answer_queries().items()]
