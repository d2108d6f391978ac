# SPDX-License-Identifier: Apache-2.0
"""The lake of this process with typed days instead of raw lines, and with so many times as many events in them.

A process that has run DuckDB cannot be copied, and each answer is asked in a copy of this one. So another copy makes
the days, and hands them over.
"""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.lakes.raw import NOW
from benchmarks.peak_memory import forget_peak, peak_megabytes
from edgepixel.paths import ROOT
from localcloud.athena.tables import object_files, stored_objects
from localcloud.athena.unload.statement import parse
from localcloud.athena.unloading import unload
from localcloud.in_process_days import type_days
from localcloud.in_process_lake import NAME
from localcloud.ministack import glue, s3

_TABLE = "pixel_days"
_DAYS = f"{NAME}/{_TABLE}"
# Trino's SQL for another visitor, and for another request id, as long as CloudFront's: 56 characters.
_OTHERS = {
    "visitor": "from_big_endian_64(substr(md5(to_utf8(CAST(visitor AS varchar) || CAST(-copy AS varchar))), 1, 8))",
    "request_id": "to_base64(sha256(to_utf8(request_id || CAST(copy AS varchar)))) "
    "|| substr(to_base64(md5(to_utf8(request_id))), 1, 12)",
}


@dataclass(frozen=True)
class Typing:
    """What it took to type all days, one statement each: seconds on the clock, and megabytes more than before.

    `raw_bytes` and `typed_bytes` are those stored, of all objects.
    """

    seconds: float
    megabytes: float
    raw_bytes: int
    typed_bytes: int


def type_lake() -> Typing:
    """Type every day of the lake; its raw lines leave the catalog."""
    raw_bytes = sum(len(s3.get_object_data(NAME, key) or b"") for key in _objects())
    seconds, megabytes, typed_bytes = _in_a_copy(lambda: type_days(ROOT / "functions", NOW))
    glue.partitions[f"{NAME}/pixel_events"] = []
    return Typing(seconds, megabytes, raw_bytes, typed_bytes)


def copy_days(copies: int) -> int:
    """Give each typed day so many times its rows, under other visitors and request ids. Returns the bytes stored."""

    def make() -> None:
        for partition in list(glue.partitions[_DAYS]):
            _copy_day(partition, copies)

    return _in_a_copy(make)[2]


def typed_objects() -> dict[str, list[bytes]]:
    """The objects of each typed day, by its date."""
    days = {one["Values"][0]: one["StorageDescriptor"]["Location"] for one in glue.partitions[_DAYS]}
    below = stored_objects.Listing().below
    return {day: [one.data for one in below(location)] for day, location in sorted(days.items())}


def _copy_day(partition: dict[str, Any], copies: int) -> None:
    storage = partition["StorageDescriptor"]
    day, folder = (
        partition["Values"][0],
        f"s3://{NAME}/typed/dt={partition['Values'][0]}/v={copies}-of-{_version(storage)}/",
    )
    columns = [column["Name"] for column in glue.tables[_DAYS]["StorageDescriptor"]["Columns"]]
    shown = ", ".join(
        f"CASE WHEN copy = 1 THEN {name} ELSE {_OTHERS[name]} END AS {name}" if name in _OTHERS else name
        for name in columns
    )
    unload(
        parse(
            f"UNLOAD (SELECT {shown} FROM {_TABLE} CROSS JOIN UNNEST(sequence(1, {copies})) AS copies (copy) "  # noqa: S608
            f"WHERE dt = '{day}' ORDER BY event_time) TO '{folder}' WITH (format = 'PARQUET', compression = 'ZSTD')"
        ),
        NAME,
        NOW,
        lambda: False,
    )
    partition["StorageDescriptor"] = {**storage, "Location": folder}


def _version(storage: dict[str, Any]) -> str:
    """The name of the folder that a day is in, which the next one has in its own: no folder is written twice."""
    return str(storage["Location"]).rstrip("/").rpartition("/v=")[2]


def _in_a_copy(make: Callable[[], object]) -> tuple[float, float, int]:
    """Make the typed days in a copy of this process and take them over: seconds, megabytes, bytes of all files."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_make, args=(make, theirs))
    process.start()
    theirs.close()
    try:
        seconds, megabytes, partitions = ours.recv()
        files: dict[str, bytes] = {}
        while (file := ours.recv()) is not None:
            files[file[0]] = file[1]
    except EOFError:
        raise SystemExit("the days could not be typed: see above") from None
    finally:
        process.join()
    for key, data in files.items():
        s3.put_object(NAME, key, data, {})
    glue.partitions[_DAYS] = partitions
    for partition in partitions:  # else the first question of each process would write these files
        for stored in stored_objects.Listing().below(partition["StorageDescriptor"]["Location"]):
            object_files.file_of(stored, ["dt"], partition["Values"])
    return seconds, megabytes, sum(map(len, files.values()))


def _make(make: Callable[[], object], result: Connection) -> None:
    known = set(_objects())
    forget_peak()
    before, started = peak_megabytes(), time.monotonic()
    make()
    result.send((time.monotonic() - started, peak_megabytes() - before, list(glue.partitions[_DAYS])))
    for key in _objects():
        if key not in known and key.startswith("typed/"):
            result.send((key, s3.get_object_data(NAME, key)))
    result.send(None)


def _objects() -> list[str]:
    bucket: dict[str, Any] = s3.buckets[NAME]
    return list(bucket["objects"])
