# SPDX-License-Identifier: Apache-2.0
"""Standard logs in a bucket become events of a deployed stack: the trigger registers their hours by itself."""

import gzip
import io
from datetime import UTC, date, datetime

from rich.console import Console

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.periods import Dates
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.import_logs.command import run_import
from edgepixel.import_logs.importer import Choice
from edgepixel.import_logs.wanted_requests import PixelRequests
from tests.e2e.conftest import Answered
from tests.e2e.streams import objects
from tests.unit.edgepixel.import_logs.standard_logs import Request, json_lines, w3c

BUCKET = "old-logs"
FIRST, LAST = date(2025, 3, 1), date(2025, 3, 2)


def said(stack: Stack, *, dry_run: bool = False) -> str:
    text = io.StringIO()
    console = Console(file=text, width=999)
    choice = Choice(PixelRequests("/pixel.gif"))
    run_import(stack, (f"s3://{BUCKET}/cdn/",), choice, console, console, dry_run=dry_run, wait=not dry_run)
    return text.getvalue()


def events(stack: Stack) -> list[tuple[object, ...]]:
    """What `aggregate-event-count` answers about the imported days."""
    queries, subject = find_answers(stack), Subject(dates=Dates(FIRST, LAST))
    period = subject.period(datetime.now(UTC), "UTC")
    return list(run_query(stack, subject_sql(queries, "aggregate-event-count", subject, period)).rows)


def test_imported_hits_are_counted_once(answered: dict[str, Answered]) -> None:
    cloud, stack = answered["enabled"].cloud, answered["enabled"].stack  # whose answers have been asked
    hits: list[Request] = [
        {
            "x-edge-request-id": f"imported-{number}==",
            "date": f"2025-03-0{1 + number % 2}",
            "time": f"{number % 24:02}:10:00",
            "c-ip": f"203.0.{number}.9",
            "cs-uri-query": "e=view" if number % 3 else "e=signup",
        }
        for number in range(60)
    ]
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for number in range(6):
        s3.put_object(
            Bucket=BUCKET, Key=f"cdn/{number}.gz", Body=gzip.compress(w3c(*hits[number * 9 : number * 9 + 9]))
        )
    s3.put_object(
        Bucket=BUCKET, Key="cdn/2026/v2.json", Body=json_lines(*hits[50:])
    )  # four of them for the second time

    before = len(objects(cloud, stack, lake_names.EVENTS))
    assert "64 events from 2025-03-01 to 2025-03-02 (UTC) would be added" in said(stack, dry_run=True)
    assert len(objects(cloud, stack, lake_names.EVENTS)) == before

    assert "64 events from 2025-03-01 to 2025-03-02" in said(stack)
    expected = [("view", "human", 40, 40), ("signup", "human", 20, 20)]
    assert events(stack) == expected
    written = len(objects(cloud, stack, lake_names.EVENTS))
    assert written == before + 24  # in which hours the hits are

    assert "Skipped 7 files that were imported before." in said(stack)
    assert len(objects(cloud, stack, lake_names.EVENTS)) == written
    assert events(stack) == expected
