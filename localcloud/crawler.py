# SPDX-License-Identifier: Apache-2.0
"""The Glue crawler: from the objects of an S3 target to a table with partitions.

MiniStack's crawler only waits. This one knows what the application uses: a custom CSV classifier, `key=value` folders,
partitions that inherit from the table, and the policy for a changed schema. It never looks into the objects: with a
header and types given, a custom classifier decides the columns.
"""

import contextvars
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import glue, s3

from localcloud.clock import Clock

_logger = logging.getLogger("localcloud.crawler")

CRAWL_SECONDS = 60.0  # of the cloud: about what a small crawl takes
_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"


def install(clock: Clock) -> None:
    """Let StartCrawler crawl."""

    def start_crawler(request: Mapping[str, Any]) -> Any:
        name = request.get("Name")
        crawler = glue._crawlers.get(name)
        if crawler is None:
            return error_response_json("EntityNotFoundException", f"Crawler {name} not found", 400)
        if crawler["State"] != "READY":
            return error_response_json("CrawlerRunningException", f"Crawler with name {name} has already started", 400)
        crawler["State"] = "RUNNING"
        context = contextvars.copy_context()  # the account and Region of the request, for the timer's thread
        timer = threading.Timer(clock.real_seconds(CRAWL_SECONDS), context.run, (_finish, crawler, time.time()))
        timer.daemon = True
        timer.start()
        return json_response({})

    glue._start_crawler = start_crawler


def _finish(crawler: dict[str, Any], started: float) -> None:
    """Crawl, unless the crawler was stopped or deleted meanwhile, and note how it went."""
    if glue._crawlers.get(crawler["Name"]) is not crawler or crawler["State"] != "RUNNING":
        return
    status, message = "SUCCEEDED", ""
    try:
        crawl(crawler)
    except Exception as error:  # as in AWS, a failed crawl is a state of the crawler
        _logger.exception("crawler %s failed", crawler["Name"])
        status, message = "FAILED", str(error)
    crawler["LastCrawl"] = {
        "Status": status,
        "ErrorMessage": message,
        "LogGroup": "/aws-glue/crawlers",
        "LogStream": crawler["Name"],
        "MessagePrefix": new_uuid(),
        "StartTime": started,
    }
    crawler["CrawlElapsedTime"] = 0
    crawler["State"] = "READY"


def crawl(crawler: Mapping[str, Any]) -> None:
    """Make or update the table of each S3 target, and register the partitions that it lacks.

    Raises ValueError for a target that cannot be crawled. A target without objects makes no table.
    """
    for target in crawler["Targets"].get("S3Targets", []):
        bucket, prefix = _location(target["Path"])
        folders = _partition_folders(bucket, prefix)
        if not folders:
            continue
        classifier = _classifier(crawler)
        keys = [part.partition("=")[0] for part in min(folders).split("/") if "=" in part]
        table = _table_input(crawler, bucket, prefix, classifier, keys)
        _write_table(crawler, table)
        _register_partitions(crawler["DatabaseName"], table["Name"], f"s3://{bucket}/{prefix}", folders, len(keys))


def _location(path: str) -> tuple[str, str]:
    parts = urlsplit(path)
    prefix = parts.path.strip("/")
    if parts.scheme != "s3" or not prefix:
        raise ValueError(f"the local crawler needs a folder, s3://bucket/folder/, not {path!r}")
    return parts.netloc, f"{prefix}/"


def _partition_folders(bucket: str, prefix: str) -> set[str]:
    """Folders below the prefix that hold objects, relative to it."""
    stored = s3._buckets.get(bucket)
    if stored is None:
        raise ValueError(f"bucket {bucket} does not exist")
    keys = [key.removeprefix(prefix) for key in list(stored["objects"]) if key.startswith(prefix)]
    return {key.rpartition("/")[0] for key in keys if not key.endswith("/")}


def _classifier(crawler: Mapping[str, Any]) -> dict[str, Any]:
    """The first CSV classifier of the crawler that names its columns."""
    for name in crawler.get("Classifiers", []):
        csv = (glue._classifiers.get(name) or {}).get("CsvClassifier")
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


def _write_table(crawler: Mapping[str, Any], table: dict[str, Any]) -> None:
    database = crawler["DatabaseName"]
    request = {"DatabaseName": database, "TableInput": table}
    if f"{database}/{table['Name']}" not in glue._tables:
        _checked(glue._create_table(request))
    elif crawler.get("SchemaChangePolicy", {}).get("UpdateBehavior", "UPDATE_IN_DATABASE") == "UPDATE_IN_DATABASE":
        _checked(glue._update_table(request))


def _register_partitions(database: str, table: str, location: str, folders: set[str], depth: int) -> None:
    storage = glue._tables[f"{database}/{table}"]["StorageDescriptor"]
    known = {tuple(partition["Values"]) for partition in glue._partitions.get(f"{database}/{table}", [])}
    for folder in sorted(folders):
        values = [part.partition("=")[2] for part in folder.split("/") if "=" in part]
        if depth and len(values) == depth and tuple(values) not in known:
            partition = {"Values": values, "StorageDescriptor": {**storage, "Location": f"{location}{folder}/"}}
            request = {"DatabaseName": database, "TableName": table, "PartitionInput": partition}
            _checked(glue._create_partition(request), unless="AlreadyExistsException")  # somebody else was quicker


def _checked(response: tuple[int, Any, bytes], unless: str | None = None) -> None:
    status, _, body = response
    if status >= 300 and not (unless and unless in body.decode()):
        raise ValueError(f"Glue answered {status}: {body.decode()}")
