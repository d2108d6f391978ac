# SPDX-License-Identifier: Apache-2.0
"""The steps of a funnel, as somebody chooses them: names of events, and paths of pages, which begin with /."""

import re
from collections.abc import Sequence

from edgepixel.answers.subject.filters import dimensions
from edgepixel.answers.subject.paths import decoded_path
from edgepixel.errors import FunnelError, NoSuchConditionError

DEFAULT = ("view", "product", "cart", "checkout", "purchase")
MOST = 15
"""A step is the last four bits of a number, and 0 is none: answers/funnel/query.sql."""

_BLANK = "{{ funnel }}"
_MARK = re.compile(r"ARRAY\[[^\]]*\](?=\s*/\*\s*funnel\s*\*/)")
_PAGE_MARK = re.compile(r"CAST\(NULL AS varchar\)(?=\s*/\*\s*page of the funnel\s*\*/)")


def parse_funnel(text: str) -> tuple[str, ...]:
    """The steps that a text names, with a comma between; paths decoded. Raises FunnelError, which says why not."""
    steps = tuple(decoded_path(step) if step.startswith("/") else step for step in map(str.strip, text.split(",")))
    if not all(steps):
        raise FunnelError(f"{text!r} has an empty step: name events and paths, such as view,/pricing,signup")
    if not all(step.isprintable() and "/*" not in step for step in steps):
        raise FunnelError(f"{text!r} has what no event and no page is called: /*, or a character that is not shown")
    if len(set(steps)) < len(steps):
        raise FunnelError(f"{text!r} has a step twice: each event, and each page, can be one step")
    if not 2 <= len(steps) <= MOST:
        raise FunnelError(f"{text!r} has {len(steps)} {'steps' if steps[1:] else 'step'}: a funnel has 2 to {MOST}")
    return steps


def funnel_blanks() -> dict[str, str]:
    """What the blanks of the answer become, with the marks by which `with_funnel` knows them."""
    return {
        "funnel": f"{_array(DEFAULT)} /* funnel */",
        "funnel_page": "CAST(NULL AS varchar) /* page of the funnel */",
    }


def has_funnel(sql: str) -> bool:
    """Whether an SQL text, or an answer's own with its blanks, is of steps that can be chosen."""
    return _BLANK in sql or _MARK.search(sql) is not None


def with_funnel(name: str, sql: str, steps: Sequence[str]) -> str:
    """The SQL of the answer `name` about other steps. Raises NoSuchConditionError if it has no place for them."""
    if not _MARK.search(sql):
        raise NoSuchConditionError(f"the answer {name!r} has no steps (no `/* funnel */` in its SQL)", "funnel")
    if any(step.startswith("/") for step in steps):
        path = dimensions()["path"].one_line
        sql = _PAGE_MARK.sub(lambda _match: path, sql)
    return _MARK.sub(lambda _match: _array(steps), sql)


def _array(steps: Sequence[str]) -> str:
    quoted = ("'" + step.replace("'", "''") + "'" for step in steps)
    return f"ARRAY[{', '.join(quoted)}]"
