# SPDX-License-Identifier: Apache-2.0
"""The lake of this process with typed days instead of raw lines, made in a process of its own."""

import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.lake import NOW
from benchmarks.peak_memory import forget_peak, peak_megabytes
from edgepixel.paths import ROOT
from localcloud.athena.tables import object_files, stored_objects
from localcloud.in_process_days import type_days
from localcloud.in_process_lake import NAME
from localcloud.ministack import glue, s3

_DAYS = f"{NAME}/pixel_days"


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
    """Type every day of the lake; its raw lines leave the catalog.

    A process that has run DuckDB cannot be copied, and each answer is asked in a copy of this one: so another copy
    makes the days, and hands them over.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_type, args=(theirs,))
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
    raw_bytes = sum(len(s3.get_object_data(NAME, key) or b"") for key in _objects())
    for key, data in files.items():
        s3.put_object(NAME, key, data, {})
    glue.partitions[_DAYS] = partitions
    glue.partitions[f"{NAME}/pixel_events"] = []
    for partition in partitions:  # else the first question of each process would write these files
        for stored in stored_objects.below(partition["StorageDescriptor"]["Location"]):
            object_files.file_of(stored, ["dt"], partition["Values"])
    return Typing(seconds, megabytes, raw_bytes, sum(map(len, files.values())))


def _type(result: Connection) -> None:
    forget_peak()
    before, started = peak_megabytes(), time.monotonic()
    type_days(ROOT / "functions", NOW)
    result.send((time.monotonic() - started, peak_megabytes() - before, list(glue.partitions[_DAYS])))
    for key in _objects():
        if key.startswith("typed/"):
            result.send((key, s3.get_object_data(NAME, key)))
    result.send(None)


def _objects() -> list[str]:
    bucket: dict[str, Any] = s3.buckets[NAME]
    return list(bucket["objects"])
