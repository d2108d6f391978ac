# SPDX-License-Identifier: Apache-2.0
"""Typed days in the lake of this process, made by the statement of the compactor and switched as it does."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from localcloud.athena.unload.statement import parse
from localcloud.athena.unloading import unload
from localcloud.in_process_function import function_loader
from localcloud.in_process_lake import NAME, run_query
from localcloud.ministack import glue

_RAW, _TYPED = f"{NAME}/pixel_events", f"{NAME}/pixel_days"


def raw_days() -> list[str]:
    """The days of which the catalog has raw lines, in order."""
    return sorted({partition["Values"][0] for partition in glue.partitions.get(_RAW, [])})


def type_days(functions: Path, now: datetime, days: Iterable[str] | None = None, *, drop: bool = True) -> list[str]:
    """Type these days, or all, one after the other. Returns them.

    `functions` is the folder of the Lambda functions' code. `drop`: the raw lines leave the catalog.
    """
    made = sorted(days) if days is not None else raw_days()
    with function_loader(functions) as load:
        statements = load("compactor", "statements", "settings").statements
        for day in made:
            _type_day(statements, day, now)
            if drop:
                glue.partitions[_RAW] = [one for one in glue.partitions[_RAW] if one["Values"][0] != day]
    return made


def _type_day(statements: SimpleNamespace, day: str, now: datetime) -> None:
    table = glue.tables[_TYPED]
    storage = table["StorageDescriptor"]
    typed = list(glue.partitions.get(_TYPED, []))
    folder = f"s3://{NAME}/typed/dt={day}/v={len(typed)}/"
    settings = SimpleNamespace(raw_view_name="raw_events", days_table_name="pixel_days")
    neighbors = [one["Values"][0] for one in typed if one["Values"][0] != day]
    columns = [column["Name"] for column in storage["Columns"]]
    source = statements.Source(day, neighbors=neighbors)
    outcome = run_query(statements.times(settings, source), now)
    row = dict(zip(outcome.columns, outcome.rows[0], strict=True))
    source = statements.Source(day, neighbors=neighbors, times=statements.times_of(row))
    sql = statements.unload(settings, columns, source, folder)
    unload(parse(sql), NAME, now, lambda: False)
    glue.partitions[_TYPED] = [one for one in typed if one["Values"][0] != day]
    partition = {"Values": [day], "StorageDescriptor": {**storage, "Location": folder}}
    glue.create_partition({"DatabaseName": NAME, "TableName": "pixel_days", "PartitionInput": partition})
