# SPDX-License-Identifier: Apache-2.0
"""What Athena will read at the most for the events of a period: the sizes of what is stored of its days."""

from datetime import timedelta
from urllib.parse import urlsplit

from edgepixel.answers.subject.conditions import LATEST_DAYS
from edgepixel.answers.subject.periods import Period
from edgepixel.aws.raw_objects import raw_objects, stored_objects
from edgepixel.aws.stack import Stack
from edgepixel.aws.typed_days import raw_days, typed_days


def most_bytes(stack: Stack, period: Period) -> int:
    """The bytes of the typed days and, of other days, of the raw objects in whose partitions the events can be.

    An export reads every column, so a typed day is read whole.
    """
    typed, raw = typed_days(stack), set(raw_days(stack))
    first = (period.begin - timedelta(hours=1)).date()
    days = ((period.end + timedelta(days=LATEST_DAYS)).date() - first).days + 1
    total = 0
    for day in (first + timedelta(days=number) for number in range(days)):
        if day in typed:
            total += stored_objects(stack, urlsplit(typed[day].location).path.lstrip("/"))[1]
        elif day in raw:
            total += raw_objects(stack, day)[1]
    return total
