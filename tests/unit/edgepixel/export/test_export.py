# SPDX-License-Identifier: Apache-2.0
"""`edgepixel export` over an Athena and an S3 in memory: what is asked, what is written, and that nothing is halved."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.view.columns import columns
from edgepixel.aws.typed_days import TypedDay
from edgepixel.cli import main
from edgepixel.export import command, estimate
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack

NAMES = [column.name for column in columns()]
ZONE = "SELECT '' AT TIME ZONE 'Europe/Berlin' /* time zone */"
PERIOD = ["--from", "2026-11-01", "--to", "2026-11-02"]
PART = b"PAR1 rows PAR1"


def line(**values: str) -> bytes:
    """A row of Athena's result file: NULL is nothing at all."""
    return (",".join(f'"{values[name]}"' if name in values else "" for name in NAMES) + "\n").encode()


HEAD = (",".join(f'"{name}"' for name in NAMES) + "\n").encode()
ROW = line(
    event_time="2026-11-01 09:00:00.000", page='a""b,\nü', title="", asn="64496", has_request_id="true", value="9.5000"
)


class Athena(FakeAthena):
    """Its one query ends with a result file in S3 and, of an UNLOAD, with a manifest."""

    manifest: str | None = "s3://edgepixel-lake/query-results/q-1-manifest.csv"

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        found = super().get_query_execution(QueryExecutionId)
        execution = found["QueryExecution"]
        execution["ResultConfiguration"] = {"OutputLocation": "s3://edgepixel-lake/query-results/q-1.csv"}
        if self.manifest and self.started[-1]["QueryString"].startswith("UNLOAD"):
            execution["Statistics"]["DataManifestLocation"] = self.manifest
        return found


class S3:
    """Objects by key; `during` is called with the path of each download."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {"query-results/q-1.csv": HEAD + ROW + line(page="x")}
        self.during: Callable[[str], None] = lambda _path: None

    def download_file(self, Bucket: str, Key: str, Filename: str) -> None:
        assert Bucket == "edgepixel-lake"
        self.during(Filename)
        Path(Filename).write_bytes(self.objects[Key])

    def get_paginator(self, _operation: str) -> "S3":
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        yield {"Contents": [{"Key": k, "Size": len(v)} for k, v in self.objects.items() if k.startswith(Prefix)]}


@pytest.fixture
def s3() -> S3:
    return S3()


@pytest.fixture
def athena(s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Athena:
    athena = Athena({"any": ZONE}, [])
    stack = fake_stack(athena=athena, s3=s3)
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: stack)
    monkeypatch.chdir(tmp_path)
    return athena


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_csv_is_athena_s_own_and_counted(
    athena: Athena, s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *PERIOD, "--format", "csv"]) == 0
    assert left(tmp_path) == ["events-2026-11-01-2026-11-02.csv"]
    assert (tmp_path / "events-2026-11-01-2026-11-02.csv").read_bytes() == s3.objects["query-results/q-1.csv"]
    said = capsys.readouterr()
    assert said.out == ""
    assert "Exporting 2026-11-01 00:00 to 2026-11-03 00:00, Europe/Berlin" in said.err
    assert "events-2026-11-01-2026-11-02.csv: 2 events, " in said.err
    assert "Athena read 25,000,000 bytes: $0.00011" in said.err


def test_json_lines_tell_null_from_nothing_and_keep_types(athena: Athena, tmp_path: Path) -> None:
    assert main(["export", *PERIOD, "--format", "jsonl", "--output", "new/events.jsonl"]) == 0
    first, second = map(json.loads, (tmp_path / "new" / "events.jsonl").read_text(encoding="utf-8").splitlines())
    assert list(first) == NAMES
    assert (first["page"], first["title"], first["site"]) == ('a"b,\nü', "", None)
    assert (first["asn"], first["has_request_id"], first["value"]) == (64496, True, "9.5000")
    assert {name: value for name, value in second.items() if value is not None} == {"page": "x"}
    assert left(tmp_path / "new") == ["events.jsonl"]


def test_parquet_is_a_folder_of_the_files_of_the_manifest(
    athena: Athena, s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uris = [f"query-results/export-1/{name}" for name in ("b", "a")]
    s3.objects |= dict.fromkeys(uris, PART)
    s3.objects["query-results/export-1/another"] = PART
    s3.objects["query-results/q-1-manifest.csv"] = "".join(f"s3://edgepixel-lake/{uri}\n" for uri in uris).encode()
    assert main(["export", *PERIOD]) == 0
    assert left(tmp_path) == ["events-2026-11-01-2026-11-02.parquet"]
    assert left(tmp_path / "events-2026-11-01-2026-11-02.parquet") == ["part-00000.parquet", "part-00001.parquet"]
    assert f"{2 * len(PART)} bytes in 2 files." in capsys.readouterr().err
    (asked,) = [one["QueryString"] for one in athena.started]
    assert asked.startswith("UNLOAD (\nSELECT\n  event_time,")
    assert ") TO 's3://edgepixel-lake/query-results/export-" in asked


def test_no_events_of_parquet_are_no_folder(
    athena: Athena, s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.objects["query-results/q-1-manifest.csv"] = b""
    assert main(["export", *PERIOD]) == 0
    assert left(tmp_path) == []
    assert "There are no such events: nothing is written." in capsys.readouterr().err


def test_no_events_of_a_site_tell_which_sites_there_are(
    athena: Athena, s3: S3, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.objects["query-results/q-1-manifest.csv"] = b""
    asked: list[Subject] = []

    def no_such(_stack: object, subject: Subject, _period: object) -> tuple[str, int]:
        asked.append(subject)
        return "No event of this period has the site 'Shop'. Did you mean 'shop'?", 5_000_000

    monkeypatch.setattr(command, "no_such_value", no_such)
    assert main(["export", *PERIOD, "--site", "Shop"]) == 0
    said = capsys.readouterr().err
    assert "nothing is written.\nNo event of this period has the site 'Shop'. Did you mean 'shop'?\n" in said
    assert "Athena read 30,000,000 bytes" in said
    assert [one.site for one in asked] == ["Shop"]
    assert main(["export", *PERIOD]) == 0, "nothing was chosen"
    assert len(asked) == 1


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("fault", ["cut off", "disk full", "other columns"])
def test_what_cannot_be_written_whole_leaves_nothing(
    form: str, fault: str, athena: Athena, s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.objects["query-results/q-1-manifest.csv"] = b"s3://edgepixel-lake/query-results/export-1/a\n"
    s3.objects["query-results/export-1/a"] = PART[:-1]
    s3.objects["query-results/q-1.csv"] = {
        "cut off": HEAD + ROW + ROW[:40],
        "disk full": HEAD + ROW,
        "other columns": b'"event_time"\n',
    }[fault]

    def fill(_path: str) -> None:
        raise OSError(28, "No space left on device")

    if fault == "disk full":
        s3.during = fill
    assert main(["export", *PERIOD, "--format", form, "--output", "out"]) == 1
    assert left(tmp_path) == []
    assert ("No space left on device" if fault == "disk full" else "edgepixel: ") in capsys.readouterr().err


def test_a_file_that_is_there_is_not_replaced(
    athena: Athena, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events-2026-11-01-2026-11-02.csv").write_text("mine", encoding="utf-8")
    assert main(["export", *PERIOD, "--format", "csv"]) == 1
    assert "exists already" in capsys.readouterr().err
    assert athena.started == []


def test_the_price_is_said_before_and_a_dry_run_asks_nothing(
    athena: Athena, s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a typed day its files count, of another its raw objects; of days without events of the period nothing."""
    typed = TypedDay(date(2026, 11, 1), "s3://edgepixel-lake/typed/dt=2026-11-01/v=1/", 1, "0", 1, False)
    monkeypatch.setattr(estimate, "typed_days", lambda _stack: {typed.day: typed})
    monkeypatch.setattr(
        estimate,
        "raw_days",
        lambda _stack: [date(2026, 10, 20), date(2026, 11, 1), date(2026, 11, 2), date(2026, 12, 1)],
    )
    s3.objects |= {
        "typed/dt=2026-11-01/v=1/a": b"x" * 1_000,
        "typed/dt=2026-11-01/v=0/a": b"x" * 10,
        "events/dt=2026-11-01/hour=01/a.gz": b"x" * 100,
        "events/dt=2026-11-02/hour=01/a.gz": b"x" * 10_000,
        "events/year=2026/month=11/day=02/hour=01/a.gz": b"x" * 100_000,
        "events/dt=2026-10-20/hour=01/a.gz": b"x" * 1_000_000,
        "events/dt=2026-12-01/hour=01/a.gz": b"x" * 1_000_000,
    }
    assert main(["export", *PERIOD, "--dry-run"]) == 0
    assert "Athena will read at most about 111,000 bytes: $0.00005 at us-east-1's price" in capsys.readouterr().err
    assert (athena.started, left(tmp_path)) == ([], [])


def test_a_period_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export"]) == 2
    assert "say which events" in capsys.readouterr().err


def test_athena_that_does_not_say_what_it_wrote_is_an_error(athena: Athena, capsys: pytest.CaptureFixture[str]) -> None:
    athena.manifest = None
    assert main(["export", *PERIOD]) == 1
    assert "Athena does not say what it wrote" in capsys.readouterr().err
