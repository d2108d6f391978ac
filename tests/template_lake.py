# SPDX-License-Identifier: Apache-2.0
"""The template's catalog and answers over objects of a lake, in this process: what the local Athena would be asked."""

import base64
import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse
from sqlglot import exp

from edgepixel.ask.athena import typed
from edgepixel.console.table import Table
from localcloud.athena import query
from localcloud.athena.relations import LakeTable, LakeView, Relations
from localcloud.glue.crawl import crawl
from localcloud.ministack import athena, glue, s3
from tests.conftest import ROOT
from tests.ministack_calls import call

TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
FIELDS: list[str] = TEMPLATE["Mappings"]["LogLine"]["Fields"]["Names"]
ANSWERS: dict[str, str] = {
    body["Properties"]["Name"]: body["Properties"]["QueryString"]
    for body in TEMPLATE["Resources"].values()
    if body["Type"] == "AWS::Athena::NamedQuery"
}
_BUCKET = "lake"
_KEYS = {"dt", "hour"}


def fill_lake(objects: Mapping[str, bytes], compressed: bool = False) -> None:
    """Make a lake of log lines, by object key, and let the template's crawler and view describe it."""
    empty_lake()
    s3.create_bucket(_BUCKET, b"", {})
    for key, lines in objects.items():
        s3.put_object(_BUCKET, key, lines if compressed else gzip.compress(lines, compresslevel=1), {})
    call(glue, "CreateDatabase", {"DatabaseInput": {"Name": _BUCKET}})
    columns = TEMPLATE["Mappings"]["LogLine"]["Fields"]
    csv = {
        **TEMPLATE["Resources"]["Classifier"]["Properties"]["CsvClassifier"],
        "Name": "lines",
        "Header": columns["Columns"],
        "CustomDatatypes": columns["Types"],
    }
    glue.create_classifier({"CsvClassifier": csv})
    crawl(
        {
            "Name": "crawler",
            "DatabaseName": _BUCKET,
            "TablePrefix": TEMPLATE["Resources"]["Crawler"]["Properties"]["TablePrefix"],
            "Classifiers": ["lines"],
            "Targets": {"S3Targets": [{"Path": f"s3://{_BUCKET}/events/"}]},
        }
    )
    view = {"Name": "events", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": view_text(_BUCKET)}
    glue.create_table({"DatabaseName": _BUCKET, "TableInput": view})


def empty_lake() -> None:
    """Forget everything."""
    for service in (glue, s3, athena):
        service.reset()


def stored_bytes(key: str) -> int:
    """The size of an object as it is stored, which is what Athena bills."""
    return len(s3.get_object_data(_BUCKET, key) or b"")


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


def view_text(database: str) -> str:
    """The view's ViewOriginalText, as CloudFormation makes it."""
    table = TEMPLATE["Resources"]["EventsView"]["Properties"]["TableInput"]
    frame, parts = table["ViewOriginalText"]["Fn::Sub"][1]["View"]["Fn::Base64"]["Fn::Sub"]
    text = frame.replace("${Database}", database)
    for name, value in parts.items():
        text = text.replace(f"${{{name}}}", value)
    return f"/* Presto View: {base64.b64encode(text.encode()).decode()} */"
