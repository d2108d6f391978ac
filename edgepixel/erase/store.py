# SPDX-License-Identifier: Apache-2.0
"""The lake's bucket as an erasure sees it: what is replaced or deleted is gone in every version."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.errors import ErasureError

_DELETED = 1000  # objects in one DeleteObjects (Amazon S3 API reference)
_KEPT = ("ContentType", "ContentEncoding", "Metadata")


class ChangedMeanwhileError(Exception):
    """Somebody else has written or deleted the object since it was read."""


@dataclass(frozen=True)
class LakeObject:
    """An object as a listing has it: `size` in bytes, `modified` in UTC."""

    key: str
    etag: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class StoredObject:
    """An object's bytes, its entity tag, and what else it is written with."""

    key: str
    etag: str
    body: bytes
    headers: dict[str, Any]


class Store:
    """Reads, replaces and deletes objects of the lake."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def objects(self, prefix: str) -> list[LakeObject]:
        """What is below a prefix. Empty objects are left out, as the compactor does: they are folders of consoles."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [
            LakeObject(item["Key"], item["ETag"], item["Size"], item["LastModified"].astimezone(UTC))
            for page in pages
            for item in page.get("Contents", [])
            if item["Size"]
        ]

    def read(self, key: str) -> StoredObject | None:
        """An object; None if it is not there any more."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        headers = {name: found[name] for name in _KEPT if found.get(name)}
        return StoredObject(key, found["ETag"], found["Body"].read(), headers)

    def replace(self, stored: StoredObject, body: bytes) -> str:
        """Write other bytes under the same key, and delete what was there. Gives the new entity tag.

        Raises ChangedMeanwhileError.
        """
        try:
            written = self._s3.put_object(
                Bucket=self._bucket, Key=stored.key, Body=body, IfMatch=stored.etag, **stored.headers
            )
        except ClientError as error:
            # Amazon S3 user guide, "How to prevent object overwrites with conditional writes".
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
                raise
            raise ChangedMeanwhileError(stored.key) from error
        if self._has_versions:
            self._delete(self._versions(stored.key, lambda key, latest: key == stored.key and not latest))
        return str(written["ETag"])

    def write(self, key: str, body: bytes) -> None:
        """Write an object of one's own."""
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")

    def delete(self, prefix: str, keys: Iterable[str], spared: str | None = None) -> int:
        """Delete objects below a prefix, and how many. Nothing below the prefix `spared` is deleted.

        In a bucket with versions, also every version and marker below the prefix of what was deleted or replaced.
        """
        gone = {key for key in keys if spared is None or not key.startswith(spared)}
        if self._has_versions:
            self._delete(
                self._versions(
                    prefix, lambda key, latest: key in gone or not (latest or (spared and key.startswith(spared)))
                )
            )
        else:
            self._delete({"Key": key} for key in gone)
        return len(gone)

    @cached_property
    def _has_versions(self) -> bool:
        """Whether the bucket has, or had, versions; one that never had has no status."""
        return "Status" in self._s3.get_bucket_versioning(Bucket=self._bucket)

    def _versions(self, prefix: str, goes: Callable[[str, bool], object]) -> Iterator[dict[str, str]]:
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for one in page.get("Versions", []):
                if goes(one["Key"], one["IsLatest"]):
                    yield {"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in page.get("DeleteMarkers", []):
                if goes(one["Key"], False):
                    yield {"Key": one["Key"], "VersionId": one["VersionId"]}

    def _delete(self, names: Iterable[dict[str, str]]) -> None:
        for batch in batched(list(names), _DELETED, strict=False):
            result = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": list(batch), "Quiet": True})
            for error in result.get("Errors") or []:
                raise ErasureError(f"S3 did not delete {error.get('Key')}: {error.get('Message')}")
