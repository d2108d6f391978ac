# SPDX-License-Identifier: Apache-2.0
"""A lake with the catalog of a template, inside this process and without a server. There is one in a process.

The template is the application's, parsed, with intrinsic functions in their long form. Only its classifier, its
crawler, its tables and its views are made; queries run as in the local Athena, by `localcloud.athena.query`.
"""

import base64
import gzip
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from localcloud.athena import query
from localcloud.athena.query import Outcome
from localcloud.glue.crawl import crawl
from localcloud.ministack import athena, glue, s3

NAME = "lake"  # of the bucket, and of the database


def fill_lake(template: Mapping[str, Any], objects: Mapping[str, bytes], *, compressed: bool = False) -> None:
    """Make the lake of these objects, by key, and let the template's crawler and view describe it.

    An object is log lines, each with its newline; `compressed` says that they are in GZIP's format already. One whose
    key does not end in .gz is stored as it is.
    """
    empty_lake()
    s3.create_bucket(NAME, b"", {})
    for key, lines in objects.items():
        s3.put_object(NAME, key, lines if compressed or not key.endswith(".gz") else _compressed(lines), {})
    glue.create_database({"DatabaseInput": {"Name": NAME}})
    resources, log_line = template["Resources"], template["Mappings"]["LogLine"]["Fields"]
    classifier = {
        **resources["Classifier"]["Properties"]["CsvClassifier"],
        "Name": "lines",
        "Header": log_line["Columns"],
        "CustomDatatypes": log_line["Types"],
    }
    glue.create_classifier({"CsvClassifier": classifier})
    crawl(
        {
            "Name": "crawler",
            "DatabaseName": NAME,
            "TablePrefix": resources["Crawler"]["Properties"]["TablePrefix"],
            "Classifiers": ["lines"],
            "Targets": {"S3Targets": [{"Path": f"s3://{NAME}/events/"}]},
        },
        least_rows=1,  # a lake of one event gets its table from the crawler trigger, which is not here
    )
    for table in _tables(resources):
        glue.create_table({"DatabaseName": NAME, "TableInput": table})
    for view in _views(template):
        glue.create_table({"DatabaseName": NAME, "TableInput": view})


def replace_object(key: str, lines: bytes) -> None:
    """Give an object of the lake other lines. The catalog does not change: its folder must have had an object."""
    s3.put_object(NAME, key, _compressed(lines), {})


def empty_lake() -> None:
    """Forget everything."""
    for service in (glue, s3, athena):
        service.reset()


def stored_bytes(key: str) -> int:
    """The size of an object as it is stored, which is what Athena bills."""
    return len(s3.get_object_data(NAME, key) or b"")


def run_query(sql: str, now: datetime) -> Outcome:
    """Run a query at a moment, which is its `current_timestamp`. Raises QueryError."""
    return query.run(sql, [], NAME, now)


def _compressed(lines: bytes) -> bytes:
    return gzip.compress(lines, compresslevel=1)


def _tables(resources: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The tables that the template declares, in this lake; the crawler makes the one of the log lines."""
    for resource in resources.values():
        if (
            resource["Type"] != "AWS::Glue::Table"
            or resource["Properties"]["TableInput"]["TableType"] == "VIRTUAL_VIEW"
        ):
            continue
        table = resource["Properties"]["TableInput"]
        storage = table["StorageDescriptor"]
        parameters = {name: _in_this_lake(value) for name, value in table["Parameters"].items()}
        location = _in_this_lake(storage["Location"])
        yield {**table, "Parameters": parameters, "StorageDescriptor": {**storage, "Location": location}}


def _in_this_lake(value: str | Mapping[str, str]) -> str:
    """A text, or what Fn::Sub makes of one that names the bucket."""
    if isinstance(value, str):
        return value
    return _substituted(value["Fn::Sub"], {"LakeBucket": NAME}).replace("${!", "${")


def _views(template: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The views that the template declares."""
    for resource in template["Resources"].values():
        declared = resource.get("Properties", {}).get("TableInput", {})
        if declared.get("TableType") == "VIRTUAL_VIEW":
            view = {name: declared[name] for name in ("Name", "TableType", "Parameters", "StorageDescriptor")}
            yield {**view, "ViewOriginalText": _view_original_text(template, declared)}


def _view_original_text(template: Mapping[str, Any], table: Mapping[str, Any]) -> str:
    """A view's ViewOriginalText, as CloudFormation makes it with the defaults of all parameters."""
    text, parts = table["ViewOriginalText"]["Fn::Sub"][1]["View"]["Fn::Base64"]["Fn::Sub"]
    defaults = {name: str(parameter["Default"]) for name, parameter in template["Parameters"].items()}
    for name, value in {"Database": NAME, **parts}.items():
        plain = value if isinstance(value, str) else _substituted(value["Fn::Sub"], defaults)
        text = text.replace(f"${{{name}}}", plain)
    return f"/* Presto View: {base64.b64encode(text.encode()).decode()} */"


def _substituted(text: str, values: Mapping[str, str]) -> str:
    """What Fn::Sub makes of a text."""
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text
