# SPDX-License-Identifier: Apache-2.0
"""The template's catalog and answers over objects of a lake, in this process: what the local Athena would be asked."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

import pytest
from ministack.services import athena, glue, s3
from sqlglot import exp

from edgepixel.ask.athena import typed
from edgepixel.console.table import Table
from edgepixel.template import log_column_types, log_columns, read_template, view_original_text
from localcloud.athena import query
from localcloud.athena.catalog import LakeTable, LakeView, Relations
from localcloud.glue.crawl import crawl

_BUCKET = "lake"
_KEYS = {"dt", "hour"}


def fill_lake(objects: Mapping[str, bytes], compressed: bool = False) -> None:
    """Make a lake of log lines, by object key, and let the template's crawler and view describe it."""
    empty_lake()
    s3._create_bucket(_BUCKET, b"", {})
    for key, lines in objects.items():
        s3._put_object(_BUCKET, key, lines if compressed else gzip.compress(lines, compresslevel=1), {})
    glue._create_database({"DatabaseInput": {"Name": _BUCKET}})
    resources = read_template()["Resources"]
    csv = {
        **resources["Classifier"]["Properties"]["CsvClassifier"],
        "Name": "lines",
        "Header": log_columns(),
        "CustomDatatypes": log_column_types(),
    }
    glue._create_classifier({"CsvClassifier": csv})
    crawl(
        {
            "Name": "crawler",
            "DatabaseName": _BUCKET,
            "TablePrefix": resources["Crawler"]["Properties"]["TablePrefix"],
            "Classifiers": ["lines"],
            "Targets": {"S3Targets": [{"Path": f"s3://{_BUCKET}/events/"}]},
        }
    )
    view = {"Name": "events", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": view_original_text(_BUCKET)}
    glue._create_table({"DatabaseName": _BUCKET, "TableInput": view})


def empty_lake() -> None:
    """Forget everything."""
    for service in (glue, s3, athena):
        service.reset()


def stored_bytes(key: str) -> int:
    """The size of an object as it is stored, which is what Athena bills."""
    return len(s3._get_object_data(_BUCKET, key))


def ask(sql: str, now: datetime) -> tuple[Table, int]:
    """An answer as `edgepixel ask` reads it, and the bytes scanned for it."""
    outcome = query.run(sql, [], _BUCKET, now)
    rows = tuple(
        tuple(typed(text, kind) for text, kind in zip(row, outcome.types, strict=True)) for row in outcome.rows
    )
    return Table(tuple(outcome.columns), rows), outcome.scanned_bytes


@contextmanager
def loaded_once(columns: Sequence[str] = ("*",)) -> Iterator[None]:
    """Within it, queries that read the same partitions share one DuckDB, the loaded lines and the rows of the view.

    Each query is translated and run as ever. Only what would be read and decoded again for each of them is kept, and
    of that only the view's columns that are named.
    """
    made: dict[str, tuple[list[str], int]] = {}
    make_really = query._make

    def make_once(connection: Any, use: LakeTable | LakeView, uses: Relations, now: datetime) -> int:
        filters = use.filters if isinstance(use, LakeTable) else []
        wanted = sorted(f.sql() for f in filters if {column.name for column in f.find_all(exp.Column)} <= _KEYS)
        if use.relation not in made:
            made[use.relation] = wanted, make_really(connection, use, uses, now)
            if isinstance(use, LakeView):
                connection.execute(f"CREATE TEMP TABLE kept AS SELECT {', '.join(columns)} FROM {use.relation}")  # noqa: S608
                connection.execute(f"CREATE OR REPLACE TEMP VIEW {use.relation} AS SELECT * FROM kept")  # noqa: S608
        assert made[use.relation][0] == wanted, "another question, which other partitions may answer"
        return made[use.relation][1]

    with query.session() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "session", lambda: nullcontext(connection))
        patch.setattr(query, "_make", make_once)
        yield
