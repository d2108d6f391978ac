# SPDX-License-Identifier: Apache-2.0
"""The objects in S3 that Athena reads below a location: those in folders of it, too, but none that is hidden."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from urllib.parse import urlsplit

from localcloud.athena.trino.errors import QueryError
from localcloud.ministack import s3


@dataclass(frozen=True)
class StoredObject:
    """One object that is not empty. `uri` begins with s3://, `etag` is S3's."""

    uri: str
    etag: str
    data: bytes


def place(uri: str) -> tuple[str, str]:
    """The bucket and the key of an object, or of a folder, by its URI."""
    parts = urlsplit(uri)
    return parts.netloc, parts.path.lstrip("/")


class Listing:
    """The names of a bucket's objects, as they are when they are first asked for: sorted once, not for each folder."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def below(self, location: str) -> Iterator[StoredObject]:
        """The objects below a location, by their names. Raises QueryError for a bucket that does not exist.

        Hidden is what has a name, or is in a folder whose name, begins with _ or . (Amazon Athena user guide,
        "Considerations and limitations" of tables: such files are treated as hidden).
        """
        name_of_bucket, prefix = place(location)
        prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        bucket = s3.buckets.get(name_of_bucket)
        if bucket is None:
            raise QueryError(f"HIVE_FILESYSTEM_ERROR: the bucket of {location} does not exist")
        if name_of_bucket not in self._names:
            self._names[name_of_bucket] = sorted(bucket["objects"])
        names = self._names[name_of_bucket]
        for key in takewhile(lambda key: key.startswith(prefix), islice(names, bisect_left(names, prefix), None)):
            name = key.removeprefix(prefix)
            if key.endswith("/") or any(p.startswith(("_", ".")) for p in name.split("/")):
                continue
            stored = bucket["objects"].get(key)  # it may be deleted meanwhile
            data = s3.get_object_data(name_of_bucket, key)
            if stored is not None and data:
                yield StoredObject(f"s3://{name_of_bucket}/{key}", str(stored.get("etag", "")).strip('"'), data)
