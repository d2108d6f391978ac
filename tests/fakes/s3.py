# SPDX-License-Identifier: Apache-2.0
"""Amazon S3 in memory."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.client import client_error

type Object = dict[str, Any]  # what put_object was given, with VersionId and LastModified


@dataclass
class S3:
    """Buckets of objects. What is written is written at `now`, and objects are listed `page` by `page`.

    A delete marker is an object with the key `marker`. The objects of the keys in `undeletable` stay.
    """

    buckets: dict[str, list[Object]] = field(default_factory=dict)
    undeletable: set[str] = field(default_factory=set)
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    page: int = 2

    def put_object(self, Bucket: str, Key: str, **arguments: Any) -> dict[str, Any]:
        objects = self._bucket(Bucket)
        objects[:] = [held for held in objects if held["Key"] != Key]
        objects.append({"Key": Key, "VersionId": "null", "LastModified": self.now, **arguments})
        return {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        for held in self._bucket(Bucket):
            if held["Key"] == Key:
                return {"Body": io.BytesIO(held["Body"]), "LastModified": held["LastModified"]}
        raise client_error("NoSuchKey")

    def list_objects_v2(
        self, Bucket: str, Prefix: str = "", Delimiter: str = "", ContinuationToken: str = "0"
    ) -> dict[str, Any]:
        found = sorted((held for held in self._bucket(Bucket) if held["Key"].startswith(Prefix)), key=_key)
        entries: dict[str, Object | None] = {}  # an object by its key, or a folder by its prefix
        for held in found:
            folder, slash, _ = held["Key"].removeprefix(Prefix).partition(Delimiter or "\0")
            entries |= {Prefix + folder + Delimiter: None} if slash else {held["Key"]: held}
        start, end = int(ContinuationToken), int(ContinuationToken) + self.page
        page = list(entries.items())[start:end]
        contents = [
            {"Key": held["Key"], "LastModified": held["LastModified"], "Size": len(held["Body"])}
            for _, held in page
            if held is not None
        ]
        folders = [{"Prefix": name} for name, held in page if held is None]
        listed: dict[str, Any] = {"KeyCount": len(page), "IsTruncated": end < len(entries)}
        listed |= {"Contents": contents} if contents else {}
        listed |= {"CommonPrefixes": folders} if folders else {}
        return listed | ({"NextContinuationToken": str(end)} if listed["IsTruncated"] else {})

    def delete_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        objects = self._bucket(Bucket)
        objects[:] = [held for held in objects if held["Key"] != Key]
        return {}

    def list_object_versions(self, Bucket: str, MaxKeys: int) -> dict[str, Any]:
        page = self._bucket(Bucket)[:MaxKeys]
        return {
            "Versions": [held for held in page if not held.get("marker")],
            "DeleteMarkers": [held for held in page if held.get("marker")],
        }

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        objects = self._bucket(Bucket)
        errors = []
        for victim in Delete["Objects"]:
            if victim["Key"] in self.undeletable:
                errors.append({**victim, "Code": "AccessDenied", "Message": "Access Denied"})
            else:
                objects[:] = [
                    held for held in objects if (held["Key"], held["VersionId"]) != (victim["Key"], victim["VersionId"])
                ]
        return {"Errors": errors} if errors else {}

    def delete_bucket(self, Bucket: str) -> None:
        if self._bucket(Bucket):
            raise client_error("BucketNotEmpty")
        del self.buckets[Bucket]

    def _bucket(self, name: str) -> list[Object]:
        if name not in self.buckets:
            raise client_error("NoSuchBucket")
        return self.buckets[name]


def _key(held: Object) -> str:
    return str(held["Key"])
