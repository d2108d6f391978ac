# SPDX-License-Identifier: Apache-2.0
"""Objects of S3 as files of this machine, because DuckDB reads Parquet from files, and only the columns that it needs.

Objects are in memory. Each is written once, into a directory that ends with the process, in folders named after its
partition (`dt=2026-11-23/`), from which DuckDB knows the partition's values.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from localcloud.athena.tables.stored_objects import StoredObject


def file_of(stored: StoredObject, keys: Sequence[str], values: Sequence[str]) -> Path:
    """The file of an object that is in a partition of these values."""
    identity = hashlib.sha256(f"{stored.uri} {stored.etag}".encode()).hexdigest()[:32]
    folders = [f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in zip(keys, values, strict=True)]
    path = _directory().joinpath(identity, *folders, "data.parquet")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=_directory())
        with os.fdopen(handle, "wb") as file:
            file.write(stored.data)
        os.replace(unfinished, path)  # at once, because other queries may read it
    return path


@lru_cache(maxsize=1)
def _directory() -> Path:
    directory = tempfile.mkdtemp(prefix="athena-parquet-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Path(directory)
