# SPDX-License-Identifier: Apache-2.0
"""Importing: what gets into the lake, what is skipped, and what is said."""

import dataclasses
import gzip
import io
import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from edgepixel.cli import edgepixel, main
from edgepixel.errors import EdgePixelError, LogImportError, UnreadableInputError
from edgepixel.import_logs import importer
from edgepixel.import_logs.command import run_import
from edgepixel.import_logs.importer import Choice
from edgepixel.import_logs.log_rows import field_names
from edgepixel.import_logs.wanted_requests import PageRequests, PixelRequests
from edgepixel.template.reader import log_fields
from tests.fakes.client import FakeClient
from tests.fakes.s3 import S3
from tests.unit.edgepixel.fake_cloud import STACK, fake_cloud
from tests.unit.edgepixel.import_logs.standard_logs import (
    AWS_EXAMPLE,
    LEGACY_FIELDS,
    Request,
    json_lines,
    w3c,
    write_gzip,
    write_parquet,
)

LAKE = STACK.lake_bucket
PIXEL = Choice(PixelRequests("/pixel.gif"))


class Imports:
    """A lake in memory, and what the last import said."""

    def __init__(self) -> None:
        self.s3 = S3({LAKE: [], "logs": []})
        self.client = FakeClient("s3", self.s3)
        self.output = self.messages = ""

    def run(
        self, *places: Path | str, choice: Choice = PIXEL, dry_run: bool = False, ip_addresses: str = "truncated"
    ) -> None:
        output, messages = io.StringIO(), io.StringIO()
        stack = dataclasses.replace(
            STACK, cloud=fake_cloud(s3=self.client), parameters={**STACK.parameters, "IpAddresses": ip_addresses}
        )
        try:
            run_import(
                stack,
                tuple(map(str, places)),
                choice,
                Console(file=output, width=200),
                Console(file=messages, width=999),
                dry_run=dry_run,
            )
        finally:
            self.output, self.messages = output.getvalue(), messages.getvalue()

    def fails(self, *places: Path | str, choice: Choice = PIXEL, dry_run: bool = False) -> str:
        """The message of an import that fails."""
        with pytest.raises(EdgePixelError) as failed:
            self.run(*places, choice=choice, dry_run=dry_run)
        return str(failed.value)

    @property
    def objects(self) -> dict[str, bytes]:
        return {held["Key"]: held["Body"] for held in self.s3.buckets[LAKE]}

    @property
    def lines(self) -> Counter[tuple[str, str]]:
        """Folder and request id of every line in the lake."""
        place = log_fields().index("x-edge-request-id")
        return Counter(
            (key.rpartition("/")[0], line.split("\t")[place])
            for key, body in self.objects.items()
            if key.startswith("events/")
            for line in gzip.decompress(body).decode().splitlines()
        )


@pytest.fixture
def imports() -> Imports:
    return Imports()


def request(number: int, **values: str) -> Request:
    return {"x-edge-request-id": f"id{number}==", **values}


def test_requests_for_the_pixel_get_into_the_folders_of_their_hours(imports: Imports, tmp_path: Path) -> None:
    late = request(2, date="2025-02-28", time="23:59:59")
    path = write_gzip(tmp_path / "log.gz", w3c(request(1), late, request(3, **{"cs-uri-stem": "/other"})))
    imports.run(path)
    assert imports.lines == Counter(
        {("events/dt=2025-03-01/hour=12", "id1=="): 1, ("events/dt=2025-02-28/hour=23", "id2=="): 1}
    )
    assert "203.0.113.77" not in "".join(
        gzip.decompress(body).decode() for key, body in imports.objects.items() if "hour" in key
    )
    assert "2025-02-28" in imports.output
    assert "Read 3 lines of 1 files" in imports.messages
    assert "2 events from 2025-02-28 to 2025-03-01 (UTC) are in the lake: 2 objects" in imports.messages


def test_the_same_file_twice_adds_nothing_wherever_it_is(imports: Imports, tmp_path: Path) -> None:
    path = write_gzip(tmp_path / "log.gz", w3c(request(1)))
    imports.run(path)
    before = imports.objects
    imports.client.calls.clear()
    imports.run(path)
    assert "Skipped 1 files that were imported before." in imports.messages
    imports.run(path.rename(tmp_path / "renamed"))
    imports.s3.put_object("logs", "same", Body=(tmp_path / "renamed").read_bytes())
    imports.run("s3://logs/same")
    assert imports.client.count("put_object") == 0
    assert imports.objects == before


def test_the_same_content_under_two_names_is_imported_once(imports: Imports, tmp_path: Path) -> None:
    for name in "ab":
        write_gzip(tmp_path / name, w3c(request(1)))
    imports.run(tmp_path)
    assert list(imports.lines.values()) == [1]
    assert "Skipped 1 files" in imports.messages


def test_an_object_that_was_imported_is_not_fetched_again(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = imports.s3.list_objects_v2

    def with_etags(**arguments: object) -> dict[str, object]:
        page = listed(**arguments)  # type: ignore[arg-type]
        for item in page.get("Contents", []):
            item["ETag"] = f'"{item["Size"]}"'
        return page

    monkeypatch.setattr(imports.s3, "list_objects_v2", with_etags)
    imports.s3.put_object("logs", "cdn/a", Body=w3c(request(1)))
    imports.run("s3://logs/cdn/")
    imports.client.calls.clear()
    imports.run("s3://logs/cdn/")
    assert {arguments["Bucket"] for arguments in imports.client.arguments("get_object")} == {LAKE}
    imports.s3.put_object("logs", "cdn/a", Body=w3c(request(1), request(2)))
    imports.run("s3://logs/cdn/")
    assert imports.lines[("events/dt=2025-03-01/hour=12", "id2==")] == 1


def test_many_small_files_of_an_hour_are_one_object(imports: Imports, tmp_path: Path) -> None:
    for number in range(30):
        write_gzip(tmp_path / f"{number}.gz", w3c(request(number)))
    imports.run(tmp_path)
    assert len(imports.lines) == 30
    assert [key.rpartition("/")[0] for key in imports.objects] == ["events/dt=2025-03-01/hour=12", "imported"]


def test_a_new_file_beside_the_old_ones_is_imported_alone(imports: Imports, tmp_path: Path) -> None:
    write_gzip(tmp_path / "b", w3c(request(1)))
    imports.run(tmp_path)
    write_gzip(tmp_path / "a", w3c(request(2)))
    imports.run(tmp_path)
    assert set(imports.lines.values()) == {1}
    assert len(imports.lines) == 2


def test_an_import_that_is_stopped_goes_on_without_a_line_too_many(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "GROUP_BYTES", 2000)
    for number in range(12):
        write_gzip(tmp_path / f"{number:02}.gz", w3c(request(number), request(number, time="13:00:00")))
    whole = Imports()
    whole.run(tmp_path)
    written = whole.client.count("put_object")
    assert written > 4
    for stopped_after in range(written):
        stopped = Imports()
        stopped.client.fail_next["put_object"] = [*([None] * stopped_after), *(["SlowDown"] * written)]
        with pytest.raises(ClientError):
            stopped.run(tmp_path)
        stopped.client.fail_next.clear()
        stopped.run(tmp_path)
        assert stopped.objects == whole.objects


def test_another_choice_is_another_import(imports: Imports, tmp_path: Path) -> None:
    page: Request = {"cs-uri-stem": "/posts/", "sc-content-type": "text/html"}
    path = write_gzip(tmp_path / "log", w3c(request(1), request(2, **page)))
    imports.run(path)
    imports.run(path, choice=Choice(PageRequests("blog")))
    assert {request_id for _, request_id in imports.lines} == {"id1==", "id2=="}
    imports.run(path, ip_addresses="removed")
    assert "Skipped 1 files" in imports.messages


def test_every_format_gives_the_same_lines(tmp_path: Path) -> None:
    requests = [request(number, **{"cs-uri-query": "e=view&u=ä%20", "c-ip": "2001:db8::1"}) for number in range(3)]
    plain = tmp_path / "plain"
    plain.write_bytes(w3c(*requests, delimiter=" ", header=False))
    (tmp_path / "json").write_bytes(json_lines(*requests))
    write_parquet(tmp_path / "parquet", *requests)
    write_gzip(tmp_path / "legacy.gz", w3c(*requests))
    found = []
    for path in sorted(tmp_path.iterdir()):
        imports = Imports()
        imports.run(path, choice=Choice(PIXEL.wanted, field_names(" ".join(LEGACY_FIELDS)) if path == plain else None))
        (lines,) = (gzip.decompress(body) for key, body in imports.objects.items() if key.startswith("events/"))
        found.append(lines)
    assert len(found) == 4
    assert len(set(found)) == 1


def test_good_lines_are_imported_and_bad_ones_are_counted(imports: Imports, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(w3c(request(1)) + b"half a li\n" + w3c(request(2, date="soon"), header=False))
    packed = gzip.compress(w3c(*(request(number) for number in range(3, 3000))))
    (tmp_path / "b").write_bytes(packed[:-2000])
    message = imports.fails(tmp_path)
    assert message.startswith("2 lines are no requests. The first: ")
    assert f"{tmp_path / 'a'}, line 4: 1 values instead of 33: 'half a li'" in message
    assert "1 files could not be read to their end" in message
    assert "cut off or damaged after line" in message
    assert "everything else was imported" in message
    assert len(imports.lines) > 1000
    imports.run(tmp_path)
    assert "Skipped 2 files" in imports.messages


_NAME = st.sampled_from([*LEGACY_FIELDS, "timestamp(ms)", "", "c-ip", "time"])
_VALUE = st.one_of(st.sampled_from(["-", "200", "GET", "/pixel.gif", "2025-03-01", "12:00:00"]), st.text(max_size=5))
_PIECE = st.one_of(
    st.binary(max_size=40),
    st.just(w3c({})),
    st.lists(_NAME, max_size=8).map(lambda names: f"#Fields: {' '.join(names)}\n".encode()),
    st.dictionaries(_NAME, st.one_of(_VALUE, st.none(), st.integers())).map(
        lambda one: json.dumps(one).encode() + b"\n"
    ),
    st.lists(_VALUE, max_size=8).map(lambda values: "\t".join(values).encode("utf-8", "surrogatepass") + b"\n"),
)


@given(pieces=st.lists(_PIECE, max_size=6), is_compressed=st.booleans(), cut=st.integers(0, 60), pages=st.booleans())
def test_whatever_is_in_a_file_each_line_is_read_or_counted(
    pieces: list[bytes], is_compressed: bool, cut: int, pages: bool
) -> None:
    content = b"".join(pieces)
    content = gzip.compress(content) if is_compressed else content
    imports = Imports()
    with TemporaryDirectory() as folder, suppress(LogImportError, UnreadableInputError):  # what is told to people
        Path(folder, "log").write_bytes(content[: len(content) - cut] if cut else content)
        imports.run(folder, choice=Choice(PageRequests() if pages else PIXEL.wanted))
    for key, body in imports.objects.items():
        if key.startswith("events/"):
            for line in gzip.decompress(body).decode("ascii").splitlines():
                assert len(line.split("\t")) == len(log_fields())
                assert "203.0.113.77" not in line


def test_a_file_of_which_nothing_could_be_read_is_tried_again(imports: Imports, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(w3c(request(1), header=False))
    assert "with --fields" in imports.fails(path)
    assert imports.objects == {}
    imports.run(path, choice=Choice(PIXEL.wanted, field_names(" ".join(LEGACY_FIELDS))))
    assert len(imports.lines) == 1


def test_a_dry_run_says_what_would_be_added_and_writes_nothing(imports: Imports, tmp_path: Path) -> None:
    write_gzip(tmp_path / "log", w3c(request(1), request(2)))
    imports.run(tmp_path, dry_run=True)
    would, output = imports.messages, imports.output
    assert imports.client.count("put_object") == 0
    assert "Nothing was written." in would
    imports.run(tmp_path)
    assert imports.output == output
    counted = next(line for line in would.splitlines() if " events from " in line)
    assert counted.replace("would be added", "are in the lake") in imports.messages
    assert f"{sum(len(body) for key, body in imports.objects.items() if key.startswith('events/')):,} bytes" in counted


def test_nothing_that_is_wanted_is_an_error_with_a_hint(imports: Imports, tmp_path: Path) -> None:
    log = write_gzip(tmp_path / "log", AWS_EXAMPLE)
    message = imports.fails(log, choice=Choice(PixelRequests("/p.gif")))
    assert message == "0 of 6 requests are for /p.gif. Name another path with --pixel-path; or did you mean --pages?"
    message = imports.fails(write_gzip(tmp_path / "hits", w3c(request(1))), choice=Choice(PageRequests()))
    assert message.startswith("0 of 1 requests are for pages. Only GET requests that got a document count")


def test_the_pages_of_awss_example(imports: Imports, tmp_path: Path) -> None:
    imports.run(write_gzip(tmp_path / "log", AWS_EXAMPLE), choice=Choice(PageRequests()))
    assert {folder for folder, _ in imports.lines} == {"events/dt=2019-12-04/hour=21"}
    assert len(imports.lines) == 3  # /index.html; the others are errors


def test_a_record_says_what_was_imported_and_where_it_is(imports: Imports, tmp_path: Path) -> None:
    imports.run(write_gzip(tmp_path / "log", w3c(request(1))))
    (key,) = (key for key in imports.objects if key.startswith("imported/"))
    record = json.loads(imports.objects[key])
    assert record["choice"] == "pixel /pixel.gif"
    assert [file["name"] for file in record["files"]] == [str(tmp_path / "log")]
    assert record["objects"] == [key for key in imports.objects if key.startswith("events/")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pages", "--pixel-path", "/a"], "exclude each other"),
        (["--site", "blog"], "--site needs --pages"),
        (["--dry-run", "--wait"], "exclude each other"),
        (["--pixel-path", "a"], "must start with /"),
        (["--fields", ", "], "names no field"),
    ],
)
def test_options_that_make_no_sense_are_refused(arguments: list[str], message: str) -> None:
    run = CliRunner().invoke(edgepixel, ["import", "log", *arguments])
    assert run.exit_code == 2
    assert message in run.output


def test_a_log_without_requests_is_no_error(imports: Imports, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(w3c())
    imports.run(tmp_path / "log")
    assert "Read 0 lines of 1 files" in imports.messages


def test_a_path_that_is_not_there_is_told_before_anything_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "/nowhere/logs"]) == 2
    assert "/nowhere/logs does not exist" in capsys.readouterr().err
