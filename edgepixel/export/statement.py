# SPDX-License-Identifier: Apache-2.0
"""The SQL that hands out the events of a period, each request id once. Pure.

It has the marks of the answers, so it is asked about periods, sites and filters as they are.
"""

from edgepixel.answers.subject.conditions import DOCTOR_EVENT, GOT_IMAGE, Subject, period_conditions, subject_sql
from edgepixel.answers.subject.periods import Period
from edgepixel.answers.view.columns import columns

NAME = "export"
COUNTED = f"{GOT_IMAGE} AND event <> '{DOCTOR_EVENT}' AND has_request_id"
"""What answers count, of all traffic: see answers/conditions.sql."""


def export_sql(subject: Subject, period: Period, *, counted: bool) -> str:
    """All columns of the view, of the events of a period. `counted`: only of what answers count.

    Typed days have each request id once. Of raw lines each is made one with the least value of every column, as in the
    answers (`edgepixel.answers.once`); lines without an id are all rows of their own.
    """
    conditions = [
        "true /* traffic */",
        "true /* site */",
        "true /* filters */",
        *([COUNTED] if counted else []),
        period_conditions(),
    ]
    names = [column.name for column in columns()]
    where = "\n  AND ".join(conditions)
    sql = (
        f"SELECT\n  {',\n  '.join(names)}\nFROM events\nWHERE typed\n  AND {where}\n"
        "UNION ALL\n"
        f"SELECT\n  {',\n  '.join(f'min({name}) AS {name}' for name in names)}\n"
        "FROM (\n  SELECT *, coalesce(request_id, CAST(uuid() AS varchar)) AS once_key\n"
        f"  FROM events\n  WHERE NOT typed\n  AND {where}\n)\n"
        "GROUP BY once_key"
    )
    return subject_sql({NAME: sql}, NAME, subject, period)


def parquet_statement(sql: str, folder: str) -> str:
    """Writes the same rows as Parquet files into an empty folder, an S3 URI that ends in a slash."""
    return f"UNLOAD (\n{sql}\n) TO '{folder}' WITH (format = 'PARQUET', compression = 'ZSTD')"
