# SPDX-License-Identifier: Apache-2.0
"""How long a page of the dashboard takes, over a stack of the local cloud that has a month of typed days.

    python -m benchmarks.dashboard [--events N] [--copies N ...]

The days are made as for `benchmarks.answers`, and put into the lake and the catalog of a stack that was deployed; today
has raw lines of a few hits. Each page is asked by HTTP, as a browser does: until its first bytes, until its first panel
and until its end. A page is asked a second time, too, which it has from the cache. The table is printed, and written
into docs/dashboard.md.
"""

import argparse
import gzip
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.lakes.raw import DAYS, NOW, fill
from benchmarks.lakes.typed import copy_days, type_lake, typed_objects
from benchmarks.machine import machine
from edgepixel.ask.wait_for_events import PATIENCE_SECONDS, wait_until_queryable
from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.cache import Cache
from edgepixel.dashboard.pages.preparation import prepare
from edgepixel.dashboard.serving import served
from edgepixel.defaults import DEFAULT_STACK
from edgepixel.local import local_cloud
from edgepixel.local.deployment import build_and_deploy
from edgepixel.local.lock import exclusively
from edgepixel.paths import HOME, ROOT
from edgepixel.rendering.blocks import markdown, rewritten
from edgepixel.report.charts import forget_drawn
from edgepixel.traffic.ledger import read_ledger
from edgepixel.traffic.recorder import record_traffic

PAGE = ROOT / "docs" / "dashboard.md"
COMMAND = "python -m benchmarks.dashboard"
HITS_OF_TODAY = 50
FILTERS: Sequence[Mapping[str, str]] = (
    {},
    {"country": "DE"},
    {"channel": "search"},
    {"device": "mobile"},
    {"page~": "example"},
)
HEADS = ("filter", "first panel, s", "whole page, s", "from the cache, ms", "KB, in gzip")


@dataclass(frozen=True)
class Seen:
    """A page: seconds until its first bytes, until its first panel and until its end, and its bytes."""

    first: float
    panel: float
    end: float
    page: bytes


class Browser:
    """Has the cookie that the first address gives."""

    def __init__(self, first_address: str) -> None:
        parts = urlsplit(first_address)
        self._port, self._cookie = parts.port, ""
        self._cookie = self._response(f"/?{parts.query}").getheader("set-cookie", "").partition(";")[0]

    def look(self, path: str) -> Seen:
        """A page, whole. Raises OSError if it is no page."""
        started = time.monotonic()
        response = self._response(path)
        if response.status != 200:
            raise OSError(f"{path}: {response.status} {response.read()!r}")
        text, first, panel = b"", 0.0, 0.0
        while piece := response.read1(65536):
            first = first or time.monotonic() - started
            text += piece
            if not panel and b"<section" in text:
                panel = time.monotonic() - started
        return Seen(first, panel, time.monotonic() - started, text)

    def _response(self, path: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=600)
        connection.request("GET", path, headers={"Cookie": self._cookie} if self._cookie else {})
        return connection.getresponse()


def put_days(stack: Stack) -> None:
    """Put the typed days of this process's lake into the stack's, in place of what is there."""
    s3, glue = stack.cloud.client("s3"), stack.cloud.client("glue")
    storage = glue.get_table(DatabaseName=stack.database, Name=lake_names.DAYS_TABLE)["Table"]["StorageDescriptor"]
    for day, objects in typed_objects().items():
        folder = f"{lake_names.TYPED}dt={day}/v=benchmark/"
        for number, content in enumerate(objects):
            s3.put_object(Bucket=stack.lake_bucket, Key=f"{folder}{number}.parquet", Body=content)
        location = f"s3://{stack.lake_bucket}/{folder}"
        partition = {"Values": [day], "StorageDescriptor": {**storage, "Location": location}}
        glue.batch_delete_partition(
            DatabaseName=stack.database, TableName=lake_names.DAYS_TABLE, PartitionsToDelete=[{"Values": [day]}]
        )
        glue.create_partition(DatabaseName=stack.database, TableName=lake_names.DAYS_TABLE, PartitionInput=partition)


def look(stack: Stack) -> Iterator[list[str]]:
    """The rows of the table about one lake, each the median of three looks."""
    for chosen in FILTERS:
        path = "/?" + urlencode({"from": (NOW - timedelta(days=DAYS)).date(), "to": NOW.date(), **chosen})
        colds, warms = [], []
        for _ in range(3):
            forget_drawn()
            with tempfile.TemporaryDirectory() as cache, served(Asker(stack, Cache(Path(cache)))) as address:
                browser = Browser(address)
                colds.append(browser.look(path))
                warms.append(browser.look(path))
        cold = sorted(colds, key=lambda one: one.end)[1]
        warm = statistics.median(one.end for one in warms)
        size = len(gzip.compress(cold.page))
        name = ", ".join(f"`{key}={value}`" for key, value in chosen.items()) or "none"
        print(f"  {name}: {cold.end:.2f} s, {1000 * warm:.0f} ms", file=sys.stderr)
        yield [name, f"{cold.panel:.2f}", f"{cold.end:.2f}", f"{1000 * warm:.0f}", f"{size / 1024:.0f}"]


def main() -> None:
    """Print what was measured, and write it."""
    parser = argparse.ArgumentParser(description="Pages of the dashboard over a month of typed days.")
    parser.add_argument("--events", type=int, default=1_000_000, help="events in the lake")
    parser.add_argument("--copies", type=int, nargs="*", default=[10], metavar="N", help="and so many times its rows")
    options = parser.parse_args()
    logging.disable(logging.INFO)  # MiniStack's go to the standard output
    lines, _ = fill(options.events)
    type_lake()
    prepare()
    home = HOME / "dashboard-benchmark"
    texts = [f"Measured on {machine()}, with load {os.getloadavg()[0]:.1f} before it.\n"]
    with exclusively(HOME / "dashboard-benchmark.lock", "this benchmark is running already: wait for it"):
        state = local_cloud.start(DEFAULT_STACK, home, local_cloud.free_port())
        try:
            stack = build_and_deploy(state, home, Steps(output_console()), {})
            _send_hits(stack, home / "today.jsonl")
            for more in (1, *options.copies):
                if more > 1:
                    copy_days(more)
                lines *= more
                put_days(stack)
                print(f"{lines:,} typed events ...", file=sys.stderr)
                texts.append(f"{lines:,} typed events of {DAYS} days:\n\n{markdown(HEADS, list(look(stack)))}")
        finally:
            local_cloud.stop(state, home)
    text = "\n".join(texts)
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
    print(f"Written into {PAGE.relative_to(ROOT)}.")


def _send_hits(stack: Stack, ledger: Path) -> None:
    """Without a hit there is no table of log lines, and no answer."""
    ledger.unlink(missing_ok=True)
    record_traffic(stack, ledger, hits=HITS_OF_TODAY, seed=1)
    wait_until_queryable(stack, len(read_ledger(ledger).logged()), PATIENCE_SECONDS, lambda _found: None)


if __name__ == "__main__":
    main()
