# SPDX-License-Identifier: Apache-2.0
"""Standard logs that are imported give the answers that the hits in them have, exactly."""

import gzip
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.import_logs.command import run_import
from edgepixel.import_logs.importer import Choice
from edgepixel.import_logs.wanted_requests import PageRequests, PixelRequests, Wanted
from edgepixel.template.reader import answer_queries, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.lake_objects import HOST, rows_of
from edgepixel.traffic.ledger import Ledger, Row
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.fakes.client import FakeClient
from tests.fakes.s3 import S3
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.fake_cloud import STACK, fake_stack
from tests.unit.edgepixel.import_logs.standard_logs import (
    LEGACY_FIELDS,
    Request,
    json_lines,
    w3c,
    write_gzip,
    write_parquet,
)
from tests.unit.edgepixel.truth.ledgers import header

NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
HITS, DAYS = 6_000, 7
FIELDS = [*LEGACY_FIELDS, "timestamp(ms)", "c-country", "asn"]
# Standard logs do not have the request headers by which these are told.
UNTOLD = {"sec-gpc", "sec-purpose", "purpose", "x-moz"}


@pytest.fixture(scope="module", autouse=True)
def _lake() -> Iterator[None]:
    yield
    empty_lake()


def imported(folder: Path, wanted: Wanted, times: int = 1) -> dict[str, bytes]:
    """The lake's objects after so many imports of a folder."""
    lake = S3({STACK.lake_bucket: []}, page=1000)
    stack = fake_stack(s3=FakeClient("s3", lake))
    for _ in range(times):
        run_import(stack, (str(folder),), Choice(wanted), Console(file=io.StringIO()), Console(file=io.StringIO()))
    return {held["Key"]: held["Body"] for held in lake.buckets[STACK.lake_bucket] if held["Key"].startswith("events/")}


def request(hit: Hit, row: Row) -> Request:
    """A hit as a standard log says it."""
    truth, sent = hit.truth, dict(hit.headers)
    time = datetime.fromtimestamp(truth.time_ms / 1000, UTC)
    return {
        "date": f"{time:%Y-%m-%d}",
        "time": f"{time:%H:%M:%S}",
        "timestamp(ms)": str(truth.time_ms),
        "x-edge-location": hit.edge_location,
        "c-ip": truth.address or "",
        "cs-method": truth.method,
        "cs(Host)": "d999999zyxwvut.cloudfront.net",
        "cs-uri-stem": "/pixel.gif",
        "sc-status": str(row.status),
        "cs(Referer)": sent.get("Referer", ""),
        "cs(User-Agent)": sent.get("User-Agent", ""),
        "cs-uri-query": hit.query,
        "x-edge-request-id": row.request_id,
        "x-host-header": HOST,
        "cs-protocol": hit.protocol,
        "c-country": truth.country or "",
        "asn": str(truth.asn or ""),
    }


def test_every_answer_about_imported_hits_equals_the_ledger(tmp_path: Path) -> None:
    generated = generate(11, HITS, NOW_MS, DAYS * 24)
    sent = [(hit, row) for hit, row in rows_of(generated) if UNTOLD.isdisjoint(name.lower() for name, _ in hit.headers)]
    assert len(sent) > HITS / 2
    page: Request = {"cs-uri-stem": "/posts/", "sc-content-type": "text/html", "date": "2026-11-22"}
    for number, part in enumerate(batched(sent, 500, strict=False)):
        _write(tmp_path, number, [*(request(*one) for one in part), page])
    # Files may overlap: the same requests again, among others in a file of another form.
    _write(tmp_path, 100, [request(*one) for one in sent[250:750]])

    objects = imported(tmp_path, PixelRequests("/pixel.gif"), times=2)
    assert sum(gzip.decompress(body).count(b"\n") for body in objects.values()) == len(sent) + 500
    fill_lake(read_template(), objects, compressed=True)
    facts = facts_of(events_of(Ledger(header(), tuple(row for _, row in sent))), NOW_MS, DAYS)
    with loaded_once():
        for name, truth in TRUTHS.items():
            found = ask_in_process(answer_sql(answer_queries(), name, DAYS), NOW)
            assert differences(found, truth(facts)) == [], name


def _write(folder: Path, number: int, requests: Sequence[Request]) -> None:
    """A file in one format after the other."""
    path = folder / f"{number:03}"
    match number % 4:
        case 0:
            write_gzip(path, w3c(*requests, fields=FIELDS))
        case 1:
            path.write_bytes(json_lines(*requests, fields=FIELDS))
        case 2:
            write_parquet(path, *requests, fields=FIELDS)
        case _:
            path.write_bytes(w3c(*requests, fields=FIELDS, delimiter=" "))


def pages_asked(objects: dict[str, bytes]) -> list[tuple[object, ...]]:
    fill_lake(read_template(), objects, compressed=True)
    sql = "SELECT event, page, referrer, site, page_path FROM events ORDER BY request_id"
    return list(ask_in_process(sql, NOW).rows)


_BROWSERS = ["Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "curl/8.5.0", ""]
# A path or a query has no space and nothing beyond ASCII. A query that is "-" is logged like none.
_REQUESTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#"), max_size=30)
_PAGES = st.tuples(_REQUESTABLE, _REQUESTABLE, st.sampled_from(_BROWSERS))


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(requests=st.lists(_PAGES, min_size=1, max_size=40))
def test_pages_are_views_whatever_is_requested(
    requests: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    sent: list[Request] = [
        {
            "x-edge-request-id": f"id{number:02}==",
            "cs-uri-stem": f"/{path}",
            "cs-uri-query": query,
            "cs(Referer)": "https://www.bing.com/?q=ä",
            "cs(User-Agent)": agent,
            "sc-content-type": "text/html",
            "date": "2026-11-22",
        }
        for number, (path, query, agent) in enumerate(requests)
    ]
    write_gzip(folder / "log", w3c(*sent))
    found = pages_asked(imported(folder, PageRequests("blog"), times=2))
    assert [(event, referrer, site) for event, _, referrer, site, _ in found] == [
        ("view", "https://www.bing.com/?q=ä", "blog")
    ] * len(sent)
    assert [page for _, page, *_ in found] == [
        f"https://www.example.org/{path}{'?' if query not in ('', '-') else ''}{query if query != '-' else ''}"
        for path, query, _ in requests
    ]


def test_the_events_of_imported_days_are_the_pages_of_the_log(tmp_path: Path) -> None:
    agents = [_BROWSERS[number % 2] for number in range(40)]
    page: Request = {"sc-content-type": "text/html", "cs-uri-stem": "/posts/", "date": "2026-11-22"}
    sent: list[Request] = [
        {**page, "x-edge-request-id": f"id{number}==", "cs(User-Agent)": agent} for number, agent in enumerate(agents)
    ]
    write_gzip(tmp_path / "log", w3c(*sent, {**page, "sc-status": "404"}, {**page, "sc-content-type": "text/css"}))
    fill_lake(read_template(), imported(tmp_path, PageRequests(), times=2), compressed=True)
    rows = ask_in_process(answer_sql(answer_queries(), "aggregate-event-count", DAYS), NOW).records()
    counted = Counter({(row["event"], row["traffic"]): row["events"] for row in rows})
    assert counted == {("view", "human"): 20, ("view", "bot"): 20}
