# SPDX-License-Identifier: Apache-2.0
"""One crawl: from the objects of S3 targets to tables with partitions in the Glue Data Catalog.

It knows what the application uses: a custom CSV classifier, `key=value` folders, partitions that inherit from the
table, and the policy for a changed schema. It looks into objects only to find one of two rows: with a header and types
given, a custom classifier decides the columns.
"""

import gzip
import io
import json
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from localcloud.glue.crawler_role import Check, check_of
from localcloud.ministack import Response, glue, s3

_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
LEAST_ROWS = 2
"""Rows that one object must have, or there is no table.

The built-in CSV classifier needs two (AWS Glue developer guide, "Built-in CSV classifier"). Whether a custom one does
is not documented, so here it is as strict: what works with less would not be known to work on AWS.
"""


def crawl(crawler: Mapping[str, Any], least_rows: int = LEAST_ROWS) -> None:
    """Make or update the table of each S3 target, and register the partitions that it lacks.

    Raises ValueError for a target that cannot be crawled, AccessDeniedError if the crawler's role may not do a step. A
    target without an object of `least_rows` makes no table.
    """
    check = check_of(crawler)
    for target in crawler["Targets"].get("S3Targets", []):
        bucket, prefix = _location(target["Path"])
        keys = _keys(bucket, prefix, check)
        if not any(_has_rows(s3.get_object_data(bucket, key) or b"", least_rows) for key in keys):
            continue
        check("glue:GetClassifier")
        folders = {key.removeprefix(prefix).rpartition("/")[0] for key in keys}
        classifier = _classifier(crawler)
        names = [part.partition("=")[0] for part in min(folders).split("/") if "=" in part]
        table = _table_input(crawler, bucket, prefix, classifier, names)
        _write_table(crawler, table, check)
        _write_partitions(crawler, table, folders, check)


def _location(path: str) -> tuple[str, str]:
    parts = urlsplit(path)
    prefix = parts.path.strip("/")
    if parts.scheme != "s3" or not prefix:
        raise ValueError(f"the local crawler needs a folder, s3://bucket/folder/, not {path!r}")
    return parts.netloc, f"{prefix}/"


def _keys(bucket: str, prefix: str, check: Check) -> list[str]:
    """The objects below the prefix."""
    check("s3:ListBucket", BucketName=bucket)
    stored = s3.buckets.get(bucket)
    if stored is None:
        raise ValueError(f"bucket {bucket} does not exist")
    keys = [key for key in list(stored["objects"]) if key.startswith(prefix) and not key.endswith("/")]
    for key in keys:
        check("s3:GetObject", BucketName=bucket, ObjectName=key)
    return keys


def _has_rows(data: bytes, least: int) -> bool:
    """Whether an object, which may be in GZIP's format, has so many lines."""
    stored = io.BytesIO(data)
    with gzip.GzipFile(fileobj=stored) if data.startswith(b"\x1f\x8b") else stored as lines:
        return sum(1 for _ in islice(lines, least)) == least


def _classifier(crawler: Mapping[str, Any]) -> dict[str, Any]:
    """The first CSV classifier of the crawler that names its columns."""
    for name in crawler.get("Classifiers", []):
        csv = (glue.classifiers.get(name) or {}).get("CsvClassifier")
        if csv and csv.get("Header"):
            found: dict[str, Any] = csv
            return found
    raise ValueError(f"crawler {crawler['Name']} has no CSV classifier with a header: the local crawler does not guess")


def _table_input(
    crawler: Mapping[str, Any], bucket: str, prefix: str, classifier: Mapping[str, Any], keys: list[str]
) -> dict[str, Any]:
    header = classifier["Header"]
    types = classifier.get("CustomDatatypes") if classifier.get("CustomDatatypeConfigured") else None
    columns = [
        {"Name": name.lower(), "Type": kind.lower()}
        for name, kind in zip(header, types or ["string"] * len(header), strict=True)
    ]
    parameters = {"classification": "csv", "compressionType": "gzip", "typeOfData": "file"}
    parameters |= {"UPDATED_BY_CRAWLER": crawler["Name"], "delimiter": classifier.get("Delimiter", ",")}
    return {
        "Name": f"{crawler.get('TablePrefix', '')}{prefix.rstrip('/').rpartition('/')[2]}".lower(),
        "TableType": "EXTERNAL_TABLE",
        "Owner": "owner",
        "Parameters": parameters,
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
        "StorageDescriptor": {
            "Columns": columns,
            "Location": f"s3://{bucket}/{prefix}",
            "InputFormat": _INPUT,
            "OutputFormat": _OUTPUT,
            "Compressed": True,
            "NumberOfBuckets": -1,
            "SerdeInfo": {
                "SerializationLibrary": _SERDE,
                "Parameters": {"field.delim": classifier.get("Delimiter", ",")},
            },
            "Parameters": parameters,
        },
    }


def _write_table(crawler: Mapping[str, Any], table: dict[str, Any], check: Check) -> None:
    database = crawler["DatabaseName"]
    request = {"DatabaseName": database, "TableInput": table}
    names = {"DatabaseName": database, "TableName": table["Name"]}
    check("glue:GetDatabase", **names)
    check("glue:GetTable", **names)
    if f"{database}/{table['Name']}" not in glue.tables:
        check("glue:CreateTable", **names)
        _checked(glue.create_table(request))
    elif crawler.get("SchemaChangePolicy", {}).get("UpdateBehavior", "UPDATE_IN_DATABASE") == "UPDATE_IN_DATABASE":
        check("glue:UpdateTable", **names)
        _checked(glue.update_table(request))


def _write_partitions(crawler: Mapping[str, Any], found: Mapping[str, Any], folders: set[str], check: Check) -> None:
    """Register the folders that the table lacks. With InheritFromTable every partition looks like the table."""
    database, name = crawler["DatabaseName"], found["Name"]
    inherit = _partitions_inherit(crawler)
    storage = glue.tables[f"{database}/{name}"]["StorageDescriptor"] if inherit else found["StorageDescriptor"]
    depth = len(found["PartitionKeys"])
    names = {"DatabaseName": database, "TableName": name}
    for folder in sorted(folders):
        values = [part.partition("=")[2] for part in folder.split("/") if "=" in part]
        if not depth or len(values) != depth:
            continue
        place = {**storage, "Location": f"{found['StorageDescriptor']['Location']}{folder}/"}
        partition = {"Values": values, "StorageDescriptor": place, "Parameters": found["Parameters"]}
        request = {"DatabaseName": database, "TableName": name, "PartitionInput": partition}
        check("glue:BatchCreatePartition", **names)
        created = _checked(glue.create_partition(request), unless="AlreadyExistsException")
        if inherit and not created:
            check("glue:BatchUpdatePartition", **names)
            entry = {"PartitionValueList": values, "PartitionInput": partition}
            _checked(glue.batch_update_partition({"DatabaseName": database, "TableName": name, "Entries": [entry]}))


def _partitions_inherit(crawler: Mapping[str, Any]) -> bool:
    output = json.loads(crawler.get("Configuration") or "{}").get("CrawlerOutput", {})
    return bool(output.get("Partitions", {}).get("AddOrUpdateBehavior") == "InheritFromTable")


def _checked(response: Response, unless: str | None = None) -> bool:
    """Whether Glue did what it was asked for. Raises ValueError if not, unless for the reason that is expected."""
    status, _, body = response
    if status < 300:
        return True
    if unless and unless in body.decode():
        return False
    raise ValueError(f"Glue responded with {status}: {body.decode()}")
