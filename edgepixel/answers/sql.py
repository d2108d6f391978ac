# SPDX-License-Identifier: Apache-2.0
"""The SQL of an answer as it stands in template.yaml: its own query with the conditions that all answers share.

`{{ conditions }}` in a `query.sql` becomes answers/conditions.sql, indented as the line is; `{{ begin }}` the beginning
of the period. That file's comments mark what `edgepixel.answers.conditions` changes when somebody asks.
"""

import re

from edgepixel.answers.registry import FOLDER, Answer, Counts
from edgepixel.errors import AnswerFolderError

BEGIN = "date_add('day', -7 /* days */, current_timestamp)"
TRAFFIC: dict[Counts, str] = {"people": "traffic = 'human'", "everyone": "true"}

_BLANK = re.compile(r"\{\{ *(\w+) *\}\}")


def query(answer: Answer) -> str:
    """The whole SQL, ready to run. Raises AnswerFolderError for a blank that nothing fills."""
    values = {"begin": BEGIN, "conditions": conditions(answer.counts)}
    file = f"answers/{answer.name}/query.sql"
    lines = (_filled(line, values, file) for line in answer.text("query.sql").splitlines())
    return "\n".join(lines) + "\n"


def conditions(counts: Counts) -> str:
    """Whose events, of which site and which period: what every answer asks of the view, and the partitions to read."""
    file = FOLDER / "conditions.sql"
    values = {"begin": BEGIN, "traffic": TRAFFIC[counts]}
    return _filled(file.read_text(encoding="utf-8").rstrip("\n"), values, f"answers/{file.name}")


def _filled(text: str, values: dict[str, str], file: str) -> str:
    """The text with its blanks filled. Further lines of a value are indented as the text is."""
    indent = " " * (len(text) - len(text.lstrip(" ")))

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise AnswerFolderError(f"{file}: {match[0]} is not one of the blanks: {', '.join(values)}")
        return values[match[1]].replace("\n", f"\n{indent}")

    return _BLANK.sub(value, text)
