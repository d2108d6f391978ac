# SPDX-License-Identifier: Apache-2.0
"""One UNLOAD, from its statement to the objects that it leaves in S3."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from localcloud.athena import query
from localcloud.athena.unload import destination
from localcloud.athena.unload.statement import Unload, duckdb_options


@dataclass(frozen=True)
class Unloaded:
    """The URIs of the objects, in the order of the rows, and the bytes that the query read."""

    uris: list[str]
    scanned_bytes: int


def unload(statement: Unload, database: str, now: datetime, is_stopped: Callable[[], bool]) -> Unloaded:
    """Run the query and put its rows into the statement's location. Raises QueryError, also for a place that is taken.

    One that is stopped leaves what it has written until then, as in Athena (user guide, "UNLOAD", orphaned data).
    """
    options = duckdb_options(statement.properties)
    destination.require_empty(statement.location)
    with TemporaryDirectory(prefix="athena-unload-") as directory:
        written = query.write(statement.query, database, now, Path(directory), options)
        uris = destination.put(written.paths, statement.location, now, is_stopped)
    return Unloaded(uris, written.scanned_bytes)
