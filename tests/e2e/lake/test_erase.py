# SPDX-License-Identifier: Apache-2.0
"""Erasures on the local cloud, of raw lines, of typed days and of both: every answer equals the ledger without them."""

import gzip
import io
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from edgepixel.ask.athena import run_query
from edgepixel.ask.wait_for_events import wait_until_queryable
from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.erase.command import run_erase
from edgepixel.erase.receipt import Receipt
from edgepixel.erase.subject import Kind, Period, Subject
from edgepixel.traffic.ledger import Ledger, read_ledger
from edgepixel.traffic.recorder import record_traffic
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from tests.e2e.lake.test_typed_days import ask, compact
from tests.waiting import PATIENCE_SECONDS, wait_until

HITS = 300


@dataclass
class Site:
    """A stack whose hits came on two days, because half of its lines are moved to the first; what was erased."""

    stack: Stack
    ledger: Ledger
    days: list[str]
    erased: set[str] = field(default_factory=set)
    said: io.StringIO = field(default_factory=io.StringIO)

    def erase(self, kind: Kind, value: str, *, dry_run: bool = False) -> Receipt | None:
        console = Console(file=self.said, width=999)
        return run_erase(self.stack, Subject(kind, value), Period(), console, console, dry_run=dry_run, yes=True)

    def ids(self, condition: str = "true") -> set[str]:
        """The request ids of events."""
        sql = f"SELECT DISTINCT request_id FROM events WHERE {condition}"  # noqa: S608 (the test's own)
        return {str(row[0]) for row in run_query(self.stack, sql).rows}

    def most(self, column: str) -> str:
        """The value of a column that most events on both days have."""
        sql = (
            f"SELECT {column}, count(DISTINCT dt) AS days, count(DISTINCT request_id) AS events FROM events "  # noqa: S608
            f"WHERE {column} IS NOT NULL AND status = 200 GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1 LIMIT 1"
        )
        return str(run_query(self.stack, sql).rows[0][0])


@pytest.fixture(scope="module")
def site(deploy_stack: Callable[[str, dict[str, str]], Stack], home: Path) -> Site:
    stack = deploy_stack("erase", {})
    record_traffic(stack, home / "erase.jsonl", hits=HITS, seed=6)
    ledger = read_ledger(home / "erase.jsonl")
    wait_until_queryable(stack, len(ledger.logged()), PATIENCE_SECONDS, lambda found: None)
    site = Site(stack, ledger, [])
    all_ids = site.ids()
    yesterday = str((datetime.now(UTC) - timedelta(days=1)).date())
    s3, bucket = stack.cloud.client("s3"), stack.lake_bucket
    keys = sorted(item["Key"] for item in listed(stack, lake_names.EVENTS))
    today = keys[-1].split("dt=")[1][:10]
    for key in keys:
        lines = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).splitlines(keepends=True)
        # The first line comes twice, before midnight and after.
        for day, part in ((yesterday, lines[::2]), (today, [*lines[:1], *lines[1::2]])):
            body = gzip.compress(b"".join(part))
            s3.put_object(Bucket=bucket, Key=key.replace(f"dt={today}", f"dt={day}"), Body=body)
    wait_until(lambda: site.ids() == all_ids, "all hours are in the catalog")
    site.days = sorted({yesterday, today})
    return site


def listed(stack: Stack, prefix: str) -> Iterable[dict[str, Any]]:
    pages = stack.cloud.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=stack.lake_bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def texts(stack: Stack, folder: Path) -> dict[str, str]:
    """Everything in the lake, readable."""
    s3, found = stack.cloud.client("s3"), {}
    for item in listed(stack, ""):
        body = s3.get_object(Bucket=stack.lake_bucket, Key=item["Key"])["Body"].read()
        if body.startswith(b"PAR1"):
            (folder / "day.parquet").write_bytes(body)
            body = str(duckdb.sql(f"FROM '{folder / 'day.parquet'}'").fetchall()).encode()
        found[item["Key"]] = (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()
    return found


def check_lake(site: Site, secret: str, gone: set[str], folder: Path) -> None:
    """Nothing of it is left in the lake."""
    site.erased |= gone
    held = texts(site.stack, folder)
    assert [key for key, text in held.items() for one in (secret, *gone) if one in text] == []
    assert site.ids() & site.erased == set()


def check_answers(site: Site) -> None:
    """Every answer is that of the ledger without what was erased."""
    now_ms = time.time_ns() // 1_000_000
    events = [event for event in events_of(site.ledger) if event.request_id not in site.erased]
    answers, facts = ask(site.stack, now_ms), facts_of(events, now_ms)
    assert {name: differences(answers[name], truth(facts)) for name, truth in TRUTHS.items()} == {
        name: [] for name in TRUTHS
    }


def quarantine(site: Site, request_id: str) -> str:
    """A rejected line of a request, and a good one, as the aggregator keeps them."""
    key = f"{lake_names.QUARANTINE}dt={site.days[0]}/hour=00/shardId-000000000000-0-1.jsonl.gz"
    lines = (f"1\t{request_id}\r\t-", "1\tanother\t-")
    entries = [{"reason": "field_count", "line": b64encode(line.encode()).decode()} for line in lines]
    body = gzip.compress("".join(json.dumps(entry) + "\n" for entry in entries).encode())
    site.stack.cloud.client("s3").put_object(Bucket=site.stack.lake_bucket, Key=key, Body=body)
    return key


def test_an_order_is_erased_from_raw_lines(site: Site, tmp_path: Path) -> None:
    order = site.most("order_id")
    gone = site.ids(f"order_id = '{order}'")
    kept = quarantine(site, min(gone))
    before = texts(site.stack, tmp_path)
    assert site.erase("order", order, dry_run=True) is None
    changed = {key for key, text in texts(site.stack, tmp_path).items() if before.get(key) != text}
    assert {key for key in changed if not key.startswith(lake_names.QUERY_RESULTS)} == set()
    receipt = site.erase("order", order)
    assert receipt
    assert (receipt.state, receipt.before.typed_rows, receipt.before.kept_lines) == ("done", 0, 1)
    assert receipt.erased.raw_lines >= len(gone)
    assert len(texts(site.stack, tmp_path)[kept].splitlines()) == 1
    check_lake(site, order, gone, tmp_path)
    check_answers(site)


def test_a_visitor_is_erased_from_a_typed_day_and_raw_lines(site: Site, tmp_path: Path) -> None:
    compact(site.stack, {"days": site.days[:1], "unclosed": True})
    visitor = site.most("visitor_key")
    gone = site.ids(f"visitor_key = '{visitor}'")
    number = str(int.from_bytes(bytes.fromhex(visitor), signed=True))
    receipt = site.erase("visitor", visitor)
    assert receipt
    assert receipt.before.typed_rows + receipt.before.raw_rows >= len(gone)
    assert 0 not in (receipt.before.typed_rows, receipt.before.raw_rows)
    check_lake(site, number, gone, tmp_path)
    check_answers(site)
    assert compact(site.stack, {"days": site.days[:1], "unclosed": True})["typed"] == []


def test_a_visitor_and_a_request_are_erased_from_typed_days(site: Site, tmp_path: Path) -> None:
    compact(site.stack, {"days": site.days, "unclosed": True})
    visitor, request = site.most("visitor_key"), min(site.ids("status = 200 AND event <> 'edgepixel-doctor'"))
    gone = site.ids(f"visitor_key = '{visitor}'")
    receipt = site.erase("visitor", visitor)
    assert receipt
    assert (receipt.before.typed_rows, receipt.before.raw_rows) == (len(gone), 0)
    check_lake(site, visitor, gone, tmp_path)
    site.erase("request", request)
    check_lake(site, request, {request}, tmp_path)
    # The rewritten objects may have registered their hours again: the compactor drops them, and types nothing.
    again = compact(site.stack, {"days": site.days, "unclosed": True})
    assert (again["typed"], again["unchanged"]) == ([], site.days)
    check_answers(site)


def test_an_erasure_is_told_and_says_what_it_cannot_reach(site: Site) -> None:
    said = site.said.getvalue()
    assert "Nothing was changed." in said
    assert "The receipt is erasures/" in said
    assert "Not reached: lines in the streams" in said
