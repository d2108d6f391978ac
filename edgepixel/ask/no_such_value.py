# SPDX-License-Identifier: Apache-2.0
"""Asks a stack whether it has what somebody chose, once an answer has counted nothing of it."""

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.periods import Period
from edgepixel.answers.subject.present_values import chosen, missing, question, questions
from edgepixel.ask.athena import run_query
from edgepixel.aws.stack import Stack


def no_such_value(stack: Stack, subject: Subject, period: Period) -> tuple[str, int]:
    """That no event of the period has the site, or the filter's value, and which there are; and the bytes read for it.

    The words are empty if some event has it. The subject must have a `chosen` value. Raises what run_query does.
    """
    wanted = chosen(subject)
    sql = subject_sql(questions(), question(wanted[0].dimension), Subject(), period)
    found = run_query(stack, sql)
    return missing(wanted, found), found.scanned_bytes
