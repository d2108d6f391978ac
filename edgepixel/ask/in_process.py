# SPDX-License-Identifier: Apache-2.0
"""Asks the lake inside this process, without a cloud: see localcloud/in_process_lake.py, which makes it."""

from datetime import datetime

from edgepixel.ask.athena import typed
from edgepixel.console.table import Table
from localcloud.in_process_lake import run_query


def ask_in_process(sql: str, now: datetime) -> Table:
    """A query's result as `edgepixel ask` would read it at this moment, with the bytes that Athena would bill."""
    outcome = run_query(sql, now)
    rows = tuple(
        tuple(typed(text, kind) for text, kind in zip(row, outcome.types, strict=True)) for row in outcome.rows
    )
    return Table(tuple(outcome.columns), rows, outcome.scanned_bytes)
