# SPDX-License-Identifier: Apache-2.0
"""The objects in S3 that Athena reads below a location: those in folders of it, too, but none that is hidden."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from localcloud.athena.trino.errors import QueryError
from localcloud.ministack import s3


@dataclass(frozen=True)
class StoredObject:
    """One object that is not empty. `uri` begins with s3://, `etag` is S3's."""

    uri: str
    etag: str
    data: bytes


def below(location: str) -> Iterator[StoredObject]:
    """The objects below a location, by their names. Raises QueryError for a bucket that does not exist.

    Hidden is what has a name, or is in a folder whose name, begins with _ or . (Amazon Athena user guide,
    "Considerations and limitations" of tables: such files are treated as hidden).
    """
    parts = urlsplit(location)
    prefix = parts.path.lstrip("/")
    prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    bucket = s3.buckets.get(parts.netloc)
    if bucket is None:
        raise QueryError(f"HIVE_FILESYSTEM_ERROR: the bucket of {location} does not exist")
    for key in sorted(key for key in list(bucket["objects"]) if key.startswith(prefix)):
        name = key.removeprefix(prefix)
        if key.endswith("/") or any(p.startswith(("_", ".")) for p in name.split("/")):
            continue
        stored = bucket["objects"].get(key)  # it may be deleted meanwhile
        data = s3.get_object_data(parts.netloc, key)
        if stored is not None and data:
            yield StoredObject(f"s3://{parts.netloc}/{key}", str(stored.get("etag", "")).strip('"'), data)
