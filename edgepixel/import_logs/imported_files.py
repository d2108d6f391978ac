# SPDX-License-Identifier: Apache-2.0
"""The lake as an import sees it: what was imported before, and where new objects go.

A record, `imported/<digest>.json`, is written after the objects of a group of files: it names the files, by the SHA-256
of their bytes, what was chosen, and the objects. The digest is made of those hashes and of the choice, and it is in the
objects' keys too. So an import that is stopped and started again writes the same objects over themselves, and one that
was finished adds nothing.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.import_logs.sources import LocalCopy, SourceFile

# When lines are made in another way, files may be imported again.
_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


UPLOADS_AT_A_TIME = 4


@dataclass
class Known:
    """What was imported with a choice: files by the hash of their bytes, and objects by URL and etag."""

    hashes: set[str] = field(default_factory=set)
    objects: set[tuple[str, str]] = field(default_factory=set)

    def has_object(self, source: SourceFile) -> bool:
        """Whether an S3 object was imported as it is now, so that nobody needs to fetch it."""
        return bool(source.etag) and (source.name, source.etag) in self.objects

    def add(self, source: SourceFile, sha256: str) -> None:
        self.hashes.add(sha256)
        if source.etag:
            self.objects.add((source.name, source.etag))


def known_files(s3: Any, bucket: str, choice: str) -> Known:
    """What the records of a lake say for a choice."""
    known = Known()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=lake_names.IMPORTED):
        for item in page.get("Contents", []):
            record = json.loads(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
            if (record["version"], record["choice"]) == (_VERSION, choice):
                for file in record["files"]:
                    known.add(SourceFile(file["name"], 0, file["etag"]), file["sha256"])
    return known


def digest(choice: str, copies: Sequence[LocalCopy]) -> str:
    """What tells a group of files and a choice from every other."""
    said = json.dumps([_VERSION, choice, *(copy.sha256 for copy in copies)])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def folder_of(hour: int) -> str:
    """The key prefix of an hour since 1970."""
    return f"{lake_names.EVENTS}{(_EPOCH + timedelta(hours=hour)):dt=%Y-%m-%d/hour=%H}/"


class LakeWriter:
    """Writes the objects of one group of files, some at a time, and then the group's record."""

    def __init__(self, s3: Any, bucket: str, choice: str, copies: Sequence[LocalCopy], threads: Executor) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._choice = choice
        self._digest = digest(choice, copies)
        self._threads = threads
        self._keys: list[str] = []
        self._uploads: list[Future[None]] = []

    def deliver(self, hour: int, number: int, compressed: bytes) -> None:
        """Write an object of an hour: see `hour_files.Deliver`. Raises what an earlier one failed with."""
        if len(self._uploads) == UPLOADS_AT_A_TIME:  # so that only so many are in memory
            self._uploads.pop(0).result()
        key = f"{folder_of(hour)}imported-{self._digest}-{number}.gz"
        self._keys.append(key)
        self._uploads.append(self._threads.submit(self._put, key, compressed))

    def record(self, imported: Sequence[LocalCopy]) -> None:
        """When all objects are there, remember that these files need not be imported again."""
        for upload in self._uploads:
            upload.result()
        if not imported:
            return
        files = [{"name": copy.source.name, "etag": copy.source.etag, "sha256": copy.sha256} for copy in imported]
        record = {"version": _VERSION, "choice": self._choice, "files": files, "objects": self._keys}
        self._put(f"{lake_names.IMPORTED}{self._digest}.json", json.dumps(record, indent=1).encode())

    def _put(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)
