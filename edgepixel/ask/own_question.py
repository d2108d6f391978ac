# SPDX-License-Identifier: Apache-2.0
"""A question of a user's own, from a file of SQL: checked before anything is asked, asked, and saved if wanted."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from edgepixel.answers.subject.conditions import Subject, question_blanks, stack_time_zone
from edgepixel.errors import AnswerFailedError, QuestionError, SavedQuestionError
from edgepixel.questions.blanks import can_be_moved, checked, in_file, require_marks

STANDARD_INPUT = "-"
_PLACE = re.compile(r"\bline (\d+):(\d+)\b")


@dataclass(frozen=True)
class Written:
    """What somebody wrote, and where: `file` is a name for messages."""

    file: str
    text: str

    def sql(self, time_zone: str, *, one_line: bool) -> str:
        """Ready to be asked in a stack of that time zone. Raises QuestionError, with the file."""
        try:
            return checked(self.text, question_blanks(time_zone), one_line=one_line)
        except QuestionError as error:
            raise QuestionError(f"{self.file}: {error}") from error

    def check(self, subject: Subject, *, is_saved: bool) -> None:
        """All that can be told without a stack. Raises QuestionError, NoSuchConditionError or SavedQuestionError."""
        sql = self.sql("UTC", one_line=True)
        require_marks(sql, subject, self.file)
        if is_saved and not can_be_moved(sql):
            raise SavedQuestionError(
                f"{self.file}: a saved question needs a period that can be chosen: write WHERE {{{{ conditions }}}} "
                "in it, or {{ period }} if everybody counts"
            )

    def places(self, message: str, asked: str) -> str:
        """Athena's message, with the places of what was asked as places of the file: `questions/slow.sql:3:8`."""

        def place(found: re.Match[str]) -> str:
            own = in_file(self.text, asked, int(found[1]), int(found[2]))
            return f"{self.file}:{own[0]}:{own[1]}" if own else found[0]

        return _PLACE.sub(place, message)


def read_question(file: str) -> Written:
    """The SQL in a file, or of the standard input for `-`. Raises QuestionError."""
    name = "standard input" if file == STANDARD_INPUT else file
    try:
        raw = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise QuestionError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{name} is not text in UTF-8: {error}") from error
    return Written(name, text)


def stack_sql(written: Written, queries: Mapping[str, str], *, one_line: bool) -> str:
    """The SQL for a stack, from those of its answers, which know its time zone."""
    return written.sql(stack_time_zone(queries), one_line=one_line)


def refused(written: Written, error: AnswerFailedError | ClientError, asked: str) -> AnswerFailedError:
    """What Athena says of the user's SQL, with places of the user's file."""
    if isinstance(error, ClientError):
        return AnswerFailedError(written.places(f"Athena refuses it: {error.response['Error']['Message']}", asked))
    return AnswerFailedError(written.places(str(error), asked))
