# SPDX-License-Identifier: Apache-2.0
"""The compactor's lake in memory, with log lines as bytes, other objects, versions, and results of queries."""

import gzip
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from edgepixel.template.reader import log_fields
from tests.fakes.client import client_error
from tests.unit.compactor.lake import BUCKET, COLUMNS, Lake, Row, Values

FIELDS = log_fields()


@dataclass
class ErasureLake(Lake):
    """Raw objects hold log lines, which say all of a row in their query. `files` are all objects of other prefixes.

    `visitor` is the visitor's key. With `versioned`, `old` are versions that are not the latest, by key and version.
    """

    columns: ClassVar[dict[str, str]] = {
        **COLUMNS,
        **dict.fromkeys(("visitor", "order_id", "object", "site"), "string"),
    }

    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    versioned: bool = False
    old: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Keys and hashes are text here, in hexadecimal digits from the beginning.
        for name in ("to_utf8", "to_hex", "to_big_endian_64"):
            self.engine.execute(f"CREATE MACRO {name}(x) AS x")

    # ---- what a test does with it ------------------------------------------------------------------------------------

    def hold(self, key: str, body: bytes) -> None:
        """An object of another prefix."""
        self.files[key] = (body, self.now)

    def texts(self) -> dict[str, str]:
        """Every object and every version of one, readable."""
        texts = {key: json.dumps(rows) for key, (rows, _) in self.objects.items()}
        texts |= {key: _unpacked(body) for key, (body, _) in self.files.items()}
        return texts | {f"{key} {version}": _unpacked(body) for (key, version), body in self.old.items()}

    def holding(self, text: str) -> list[str]:
        """The objects and versions that have a text."""
        return [key for key, held in self.texts().items() if text in held]

    # ---- S3 ----------------------------------------------------------------------------------------------------------

    def list_objects_v2(self, Bucket: str, Prefix: str) -> dict[str, Any]:
        found = super().list_objects_v2(Bucket, Prefix)["Contents"]
        found += [
            {"Key": key, "ETag": _tag(body), "Size": len(body), "LastModified": modified}
            for key, (body, modified) in sorted(self.files.items())
            if key.startswith(Prefix)
        ]
        return {"Contents": found} if found else {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        # Between the two, a call of another thread may replace it: an older tag is then told, never a newer one.
        tag, body = self._tag(Key), self._body(Key)
        if body is None:
            raise client_error("NoSuchKey", operation="GetObject")
        return {"Body": io.BytesIO(body), "ETag": tag, "ContentType": "application/octet-stream"}

    def put_object(
        self, Bucket: str, Key: str, Body: bytes, ContentType: str = "", IfMatch: str | None = None
    ) -> dict[str, str]:
        if IfMatch is not None and IfMatch != self._tag(Key):
            raise client_error("PreconditionFailed", operation="PutObject")
        self._keep(Key)
        if Key.startswith("events/"):
            self.objects[Key] = (list(map(_row, gzip.decompress(Body).splitlines())), self.now)
        else:
            self.files[Key] = (Body, self.now)
        return {"ETag": self._tag(Key)}

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        for one in Delete["Objects"]:
            key, version = one["Key"], one.get("VersionId")
            if version not in (None, "latest"):
                self.old.pop((key, version), None)
                continue
            if version is None:
                self._keep(key)
            self.objects.pop(key, None)
            self.files.pop(key, None)
        return {}

    def get_bucket_versioning(self, Bucket: str) -> dict[str, str]:
        return {"Status": "Enabled"} if self.versioned else {}

    def list_object_versions(self, Bucket: str, Prefix: str) -> dict[str, Any]:
        latest = [key for key in (*self.objects, *self.files) if key.startswith(Prefix)]
        versions = [{"Key": key, "VersionId": "latest", "IsLatest": True} for key in sorted(latest)]
        versions += [
            {"Key": key, "VersionId": version, "IsLatest": False} for key, version in self.old if key.startswith(Prefix)
        ]
        return {"Versions": versions}

    # ---- Athena ------------------------------------------------------------------------------------------------------

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        execution = super().get_query_execution(QueryExecutionId)
        found = self.executions[QueryExecutionId]
        if found["State"] == "SUCCEEDED" and not found["Query"].startswith("UNLOAD"):
            name = hashlib.sha256(QueryExecutionId.encode()).hexdigest()[:32]
            self.hold(f"query-results/{name}.csv", json.dumps(found["rows"]).encode())
        return execution

    def stop_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        self.executions[QueryExecutionId]["State"] = "CANCELLED"
        return {}

    # ---- how it is kept ----------------------------------------------------------------------------------------------

    def _rows(self, table: str, values: Values) -> list[Row]:
        rows = super()._rows(table, values)
        if table == "pixel_events":
            folder = self.partitions[table][values]["StorageDescriptor"]["Location"].removeprefix(f"s3://{BUCKET}/")
            keys = [key for key, (held, _) in self.objects.items() if key.startswith(folder) for _ in held]
            return [{**row, "object": f"s3://{BUCKET}/{key}"} for key, row in zip(keys, rows, strict=True)]
        return rows

    def _body(self, key: str) -> bytes | None:
        if key in self.objects:
            return gzip.compress(b"".join(map(_line, self.objects[key][0])), mtime=0)
        return self.files[key][0] if key in self.files else None

    def _tag(self, key: str) -> str | None:
        if key in self.files:
            return _tag(self.files[key][0])
        found = super().list_objects_v2("", key)["Contents"]
        return next((str(one["ETag"]) for one in found if one["Key"] == key), None)

    def _keep(self, key: str) -> None:
        body = self._body(key)
        if self.versioned and body is not None:
            self.old[key, f"version-{len(self.old)}-{self.calls}"] = body


def rows(
    *ids: str | None,
    visitor: str | None = None,
    order: str | None = None,
    day: str = "2026-11-27",
    first: int = 0,
    site: str | None = None,
) -> list[Row]:
    """Rows of request ids of one visitor and order, each a second after the one before."""
    return [
        {
            "request_id": one,
            "event": "view",
            "event_time": f"{day} 00:00:{number:02}",
            "visitor": visitor,
            "order_id": order,
            "site": site,
        }
        for number, one in enumerate(ids, start=first)
    ]


def line_of(row: Row) -> bytes:
    """The log line of a row, with its newline."""
    return _line(row)


def ids_of(held: Iterable[Row]) -> list[str]:
    """The request ids of rows, sorted."""
    return sorted(str(row["request_id"]) for row in held)


def _line(row: Row) -> bytes:
    seconds = datetime.fromisoformat(row["event_time"]).replace(tzinfo=UTC).timestamp()
    values = {
        "timestamp": f"{seconds:.3f}",
        "x-edge-request-id": row["request_id"] or "-",
        "cs-uri-query": quote(json.dumps(row)),
    }
    return "\t".join(values.get(name, "-") for name in FIELDS).encode() + b"\n"


def _row(line: bytes) -> Row:
    row: Row = json.loads(unquote(line.decode().split("\t")[FIELDS.index("cs-uri-query")]))
    return row


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _unpacked(body: bytes) -> str:
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()
