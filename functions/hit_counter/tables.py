# SPDX-License-Identifier: Apache-2.0
"""The lines of the tables `pixel_hits_made` and `pixel_objects`: text with tabs, columns as in the template. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from days import HOUR
from settings import Counted


def hits_made(
    hours: Sequence[datetime], counts: Mapping[datetime, int], counted: Counted, now: datetime, lines_within: timedelta
) -> bytes:
    """One line for each hour: when it begins, its hits, what was counted, whether all of its lines must have come.

    CloudWatch has no sum of an hour in which nothing happened, so that is 0; what is not counted at all is empty.
    """
    return _text(
        (
            _moment(hour),
            "" if counted is Counted.UNKNOWN else str(counts.get(hour, 0)),
            counted.value,
            "true" if hour + HOUR + lines_within <= now else "false",
        )
        for hour in hours
    )


def objects(bucket: str, modified: Mapping[str, datetime]) -> bytes:
    """One line for each object of the lake, by key: its S3 URI, as Athena's "$path" has it, and when it came."""
    return _text((f"s3://{bucket}/{key}", _moment(moment)) for key, moment in sorted(modified.items()))


def folders(events_prefix: str, day: date) -> tuple[str, str]:
    """Where a day's objects are: those that Firehose writes, and standard logs."""
    return f"{events_prefix}dt={day}/", f"{events_prefix}year={day:%Y}/month={day:%m}/day={day:%d}/"


def _text(rows: Iterable[tuple[str, ...]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _moment(moment: datetime) -> str:
    """In UTC, as Athena casts it to a timestamp."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
