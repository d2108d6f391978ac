# SPDX-License-Identifier: Apache-2.0
"""The folder of S3 that an UNLOAD writes into, and the manifest that it leaves at the place for results.

Sources: Amazon Athena user guide, "UNLOAD" (the folder must be empty; what was written stays, whatever happens) and
"Identify query output files" (`<query id>-manifest.csv`, `<query id>.metadata`).
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from localcloud.athena import permissions
from localcloud.athena.tables.stored_objects import place
from localcloud.athena.trino.errors import QueryError
from localcloud.ministack import s3

_PUT_TIMEOUT_SECONDS = 60.0


def require_empty(location: str) -> None:
    """Raise QueryError if there is an object below the location, if it may not be listed, or without its bucket."""
    permissions.require_list(location)
    bucket, prefix = place(location)
    stored = s3.buckets.get(bucket)
    if stored is None:
        raise QueryError(f"HIVE_FILESYSTEM_ERROR: the bucket of {location} does not exist")
    if any(key.startswith(prefix) for key in list(stored["objects"])):
        raise QueryError(
            f"HIVE_PATH_ALREADY_EXISTS: Target directory for UNLOAD already exists: {location}. You may need to "
            f"manually clean the data at location '{location}' before retrying. Athena will not delete data in your "
            "account."
        )


def put(paths: Sequence[Path], location: str, now: datetime, is_stopped: Callable[[], bool]) -> list[str]:
    """Put files into the location. Returns their URIs. One that is stopped leaves what it has put until then.

    Their names are as Trino's Hive connector makes them: a query's id and a random one, without an ending.
    """
    query = f"{now:%Y%m%d_%H%M%S}_00000_{uuid.uuid4().hex[:5]}"
    uris = []
    for path in paths:
        uri = f"{location}{query}_{uuid.uuid4()}"
        permissions.require_write(uri)
        _put(uri, path.read_bytes())
        uris.append(uri)
        if is_stopped():
            break
    return uris


def put_manifest(uris: Sequence[str], location: str) -> None:
    """Write the list of files, a line each."""
    _put(location, "".join(f"{uri}\n" for uri in uris).encode())


def put_metadata(location: str) -> None:
    """Write the file of metadata, whose format Athena does not document. Here it is empty."""
    _put(location, b"")


def _put(uri: str, body: bytes) -> None:
    bucket, key = place(uri)
    status, *_ = s3.put_with_events(bucket, key, body, _PUT_TIMEOUT_SECONDS)
    if status >= 300:
        raise QueryError(f"HIVE_WRITER_CLOSE_ERROR: cannot write {uri}: S3 responded with {status}")
