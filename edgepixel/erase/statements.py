# SPDX-License-Identifier: Apache-2.0
"""The statements that find rows and write a typed day without them, in Athena's dialect. Pure."""

from collections.abc import Iterable, Sequence

from edgepixel.aws import lake_names
from edgepixel.erase.subject import Period, Sought, hashed
from edgepixel.errors import ErasureError
from edgepixel.questions.blanks import MOST_BYTES

SHORT_HASH = 16
"""Hexadecimal digits of the hash of a request id: so a statement can name 13,000 of them."""


def find(sought: Sought, period: Period) -> str:
    """One row for each typed row and each raw line: typed, dt, object, request_id, event_time, site.

    Not of the view `events`, which does not show a raw line that a typed day beside it has.
    """
    columns = "dt, object, request_id, event_time, site"
    wanted = f"{period.condition} AND {sought.condition}"
    return (
        f"SELECT true AS typed, {columns} FROM {lake_names.DAYS_TABLE} WHERE {wanted}\n"
        f"UNION ALL\nSELECT false AS typed, {columns} FROM {lake_names.RAW_VIEW} WHERE {wanted}"
    )


def count(sought: Sought, ids: Iterable[str], day: str) -> str:
    """One row: how many rows a typed day has (`held`), and how many of them are to go (`wanted`)."""
    return _checked(
        f"SELECT count(*) AS held, count_if({_erased(sought, ids)}) AS wanted\n"
        f"FROM {lake_names.DAYS_TABLE} WHERE dt = '{day}'"
    )


def unload(columns: Sequence[str], sought: Sought, ids: Iterable[str], day: str, folder: str) -> str:
    """Write a typed day without the rows, as the compactor writes days.

    `columns` are those of the table, `folder` is an S3 URI that ends in a slash.
    """
    # A line break after UNLOAD: the compactor takes statements that begin as its own do for its own, and would begin
    # to type the day again at this one's end (functions/compactor/statements.py, own_day).
    return _checked(
        f"UNLOAD\n(\n  SELECT {', '.join(columns)}\n  FROM {lake_names.DAYS_TABLE}\n"
        f"  WHERE dt = '{day}' AND NOT ({_erased(sought, ids)})\n  ORDER BY event_time\n"
        f") TO '{folder}' WITH (format = 'PARQUET', compression = 'ZSTD')"
    )


def count_made(day: str, version: str) -> str:
    """One row: how many rows a folder has (`made`) that is a partition of `pixel_days_made`."""
    return f"SELECT count(*) AS made FROM {lake_names.DAYS_MADE_TABLE} WHERE dt = '{day}' AND v = '{version}'"


def _erased(sought: Sought, ids: Iterable[str]) -> str:
    """The condition on rows that go. `ids`: hashes of those of raw lines whose typed row may say something else.

    A typed row has the least value of each column among the copies of a line.
    """
    hashes = ", ".join(f"'{one}'" for one in sorted(ids))
    if not hashes:
        return sought.condition
    of_row = f"substr({hashed(sought.salt, 'request')}, 1, {SHORT_HASH})"
    return f"{sought.condition} OR coalesce({of_row} IN ({hashes}), false)"


def _checked(sql: str) -> str:
    if len(sql.encode()) > MOST_BYTES:
        raise ErasureError(
            "there are too many raw lines for one statement. Name a shorter period with --from and --to, and do one "
            "after the other"
        )
    return sql
