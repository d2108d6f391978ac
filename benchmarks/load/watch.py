# SPDX-License-Identifier: Apache-2.0
"""What is on its way, what arrived, and what the local cloud needs for it, while hits are sent."""

import gzip
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.rendering.blocks import markdown
from edgepixel.template.reader import log_fields
from edgepixel.traffic.ledger import Row

_REQUEST_ID = log_fields().index("x-edge-request-id")
_WORKER = "/_worker.py"  # in the command line of each process in which MiniStack runs a function
_FAILED = "the function failed"  # in the log of the local cloud's event source
_PATIENCE_SECONDS, _LOOK_SECONDS = 5.0, 0.001
_MEGABYTE = 2**20


@dataclass(frozen=True)
class Sample:
    """A moment: seconds since the start, hits served and delivered, the age in seconds of the oldest on its way."""

    second: float
    served: int
    delivered: int
    lag: float
    cloud_megabytes: float
    workers: int
    worker_megabytes: float
    happened: str = ""

    def __str__(self) -> str:
        counts = f"{self.served:,} served, {self.delivered:,} in the lake, lag {self.lag:.1f} s"
        memory = f"{self.cloud_megabytes:,.0f} MB and {self.workers} workers with {self.worker_megabytes:,.0f} MB"
        return f"{self.second:4.0f} s: {counts}, {memory}{'. ' if self.happened else ''}{self.happened}"


class Watch:
    """Counts hits from the response to their line in the lake. Threads may share it."""

    def __init__(self, cloud: Cloud, stack: Stack, server: int) -> None:
        """`server` is the process id of the local cloud."""
        self._s3, self._bucket, self._server = cloud.client("s3"), stack.lake_bucket, server
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._served: dict[str, float] = {}  # request id -> when it was served
        self._lines: Counter[str] = Counter()  # request id -> lines in the lake
        self._seen: set[str] = set()
        self._happened: list[str] = []
        self.sent = 0
        self.quarantined = 0
        self.longest_lag = 0.0

    def served(self, row: Row) -> None:
        """A response came. Requests for other paths are sent, too, and not expected in the lake."""
        with self._lock:
            self.sent += 1
            if row.truth.logged:
                self._served[row.request_id] = time.monotonic()

    def note(self, text: str) -> None:
        """Something happened, to be told with the next sample."""
        with self._lock:
            self._happened.append(text)

    def sample(self) -> Sample:
        """Look at the lake and at the processes."""
        missing = self.missing()
        now = time.monotonic()
        with self._lock:
            lag = now - min((self._served[one] for one in missing), default=now)
            self.longest_lag = max(self.longest_lag, lag)
            happened, self._happened = ", ".join(self._happened), []
            served = len(self._served)
        workers = lambda_workers(self._server)
        return Sample(
            now - self._started,
            served,
            served - len(missing),
            lag,
            resident_bytes([self._server]) / _MEGABYTE,
            len(workers),
            resident_bytes(workers) / _MEGABYTE,
            happened,
        )

    def missing(self) -> set[str]:
        """The request ids of hits that were served and are not in the lake, which is read for it."""
        self._read_new_objects()
        with self._lock:
            return self._served.keys() - self._lines.keys()

    def all_is_well(self) -> bool:
        """Whether, when the lake was read last, there was one line or more for each hit, and nothing else."""
        return self._served.keys() == self._lines.keys() and not self.quarantined

    def summary(self) -> str:
        """The end of it, in a sentence or two, by what was read last."""
        lost = len(self._served.keys() - self._lines.keys())
        repeats = self._lines.total() - len(self._lines)
        foreign = len(self._lines.keys() - self._served.keys())
        return (
            f"{len(self._served):,} hits were served, {lost:,} of them lost; {foreign:,} lines belong to no hit, "
            f"{self.quarantined:,} in quarantine, {repeats:,} are there again (answers count them once). "
            f"The oldest hit on its way was {self.longest_lag:.0f} seconds old at most.\n"
        )

    def _read_new_objects(self) -> None:
        for prefix in (lake_names.EVENTS, lake_names.QUARANTINE):
            for key in self._keys(prefix):
                with self._lock:
                    if key in self._seen:
                        continue
                    self._seen.add(key)
                body = gzip.decompress(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
                lines = body.decode("ascii").splitlines()
                with self._lock:
                    if prefix == lake_names.EVENTS:
                        self._lines.update(line.split("\t")[_REQUEST_ID] for line in lines)
                    else:
                        self.quarantined += len(lines)

    def _keys(self, prefix: str) -> list[str]:
        pages: Iterable[Any] = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]


def load_table(samples: Sequence[Sample]) -> str:
    """The samples as a table of Markdown."""
    heads = ("second", "served", "in the lake", "lag, s", "local cloud, MB", "workers", "their MB", "what happened")
    rows = [
        [
            f"{one.second:.0f}",
            f"{one.served:,}",
            f"{one.delivered:,}",
            f"{one.lag:.1f}",
            f"{one.cloud_megabytes:,.0f}",
            f"{one.workers}",
            f"{one.worker_megabytes:,.0f}",
            one.happened,
        ]
        for one in samples
    ]
    return markdown(heads, rows)


def kill_workers_at_work(server: int) -> int:
    """Wait until a process in which the local cloud runs a function computes, and kill all of them. Returns how many.

    As if their machine had died. None are killed if all rest for five seconds.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        workers = lambda_workers(server)
        if any(_at_work(worker) for worker in workers):
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
            return len(workers)
        time.sleep(_LOOK_SECONDS)
    return 0


def failed_invocations(log: Path) -> int:
    """How many invocations of Kinesis's readers failed, by the local cloud's log."""
    return log.read_text(encoding="utf-8", errors="replace").count(_FAILED)


def lambda_workers(server: int) -> list[int]:
    """The children of the local cloud that run functions."""
    return [pid for pid in _children(server) if _WORKER in _read(f"/proc/{pid}/cmdline")]


def resident_bytes(processes: Iterable[int]) -> int:
    """The memory that the processes have in use (proc(5)); one that has ended has none."""
    pages = (_read(f"/proc/{pid}/statm").split() for pid in processes)
    return sum(int(fields[1]) * os.sysconf("SC_PAGE_SIZE") for fields in pages if fields)


def _at_work(process: int) -> bool:
    """Whether it computes at this moment: its state is what follows its name, which may hold anything."""
    return _read(f"/proc/{process}/stat").rpartition(")")[2].split()[:1] == ["R"]


def _children(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in _read(str(task)).split()]


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # the process has ended
        return ""
