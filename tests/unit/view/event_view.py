# SPDX-License-Identifier: Apache-2.0
"""The template's view `events` over lines of a test's own, asked through the local Athena."""

import base64
import gzip
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from samcli.yamlhelper import yaml_parse

from localcloud.athena import query
from localcloud.athena.query import Outcome
from localcloud.cloudfront.log_line import format_line
from localcloud.ministack import athena, glue, s3
from tests.conftest import ROOT
from tests.ministack_calls import call

type Row = dict[str, str | None]

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
FIELDS: list[str] = TEMPLATE["Mappings"]["LogLine"]["Fields"]["Names"]
VIEW: dict[str, Any] = TEMPLATE["Resources"]["EventsView"]["Properties"]["TableInput"]

_FOLDER = "events/dt=2026-11-23/hour=10/"
_FRAME, _PARTS = VIEW["ViewOriginalText"]["Fn::Sub"][1]["View"]["Fn::Base64"]["Fn::Sub"]
SQL: str = _PARTS["Sql"]
COLUMNS: list[dict[str, str]] = yaml_parse(f"[{_PARTS['Columns']}]")
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)


def line(request_id: str, **values: str) -> str:
    """A log line of a view by a Chrome user, unless `values` (field names with `_`, text as sent) say otherwise."""
    usual = {
        "timestamp": "1795429200.000",
        "c_ip": "198.51.100.0",
        "sc_status": "200",
        "cs_method": "GET",
        "cs_host": "d1.cloudfront.net",
        "x_edge_location": "FRA56-P3",
        "x_edge_request_id": request_id,
        "cs_user_agent": CHROME,
        "c_country": "DE",
        "asn": "3320",
    }
    return format_line({name.replace("_", "-"): value for name, value in (usual | values).items()}, FIELDS)


@contextmanager
def catalog() -> Iterator[None]:
    """A catalog with the table `pixel_events`, without lines, and the template's view of it."""
    for service in (glue, s3, athena):
        service.reset()
    s3.create_bucket("lake", b"", {})
    call(glue, "CreateDatabase", {"DatabaseInput": {"Name": "lake"}})
    storage = {
        "Columns": [{"Name": n, "Type": "string"} for n in TEMPLATE["Mappings"]["LogLine"]["Fields"]["Columns"]],
        "Location": "s3://lake/events/",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": "\t"},
        },
    }
    keys = [{"Name": name, "Type": "string"} for name in ("dt", "hour")]
    table = {"Name": "pixel_events", "StorageDescriptor": storage, "PartitionKeys": keys}
    glue.create_table({"DatabaseName": "lake", "TableInput": table})
    partition = {"Values": ["2026-11-23", "10"], "StorageDescriptor": storage | {"Location": f"s3://lake/{_FOLDER}"}}
    glue.create_partition({"DatabaseName": "lake", "TableName": "pixel_events", "PartitionInput": partition})
    view = {"Name": "events", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": _view_text()}
    glue.create_table({"DatabaseName": "lake", "TableInput": view})
    yield
    for service in (glue, s3, athena):
        service.reset()


def ask(sql: str, lines: Iterable[str]) -> Outcome:
    """What a query answers when the lake holds these lines and no others. Needs a `catalog`."""
    s3.put_object("lake", f"{_FOLDER}lines.gz", gzip.compress("".join(lines).encode(), compresslevel=1), {})
    return query.run(sql, [], "lake", NOW)


def events(lines: Mapping[str, Mapping[str, str]]) -> dict[str, Row]:
    """The event of each line. A line is given by a name and its fields that are not the usual ones."""
    outcome = ask("SELECT * FROM events", (line(f"id-{n}", **values) for n, values in enumerate(lines.values())))
    rows = [dict(zip(outcome.columns, row, strict=True)) for row in outcome.rows]
    found = {row["request_id"]: row for row in rows}
    return {name: found[f"id-{n}"] for n, name in enumerate(lines)}


def _view_text() -> str:
    """ViewOriginalText, as CloudFormation makes it."""
    text = _FRAME.replace("${Database}", "lake")
    for name, value in _PARTS.items():
        text = text.replace(f"${{{name}}}", value)
    return f"/* Presto View: {base64.b64encode(text.encode()).decode()} */"
