# SPDX-License-Identifier: Apache-2.0
"""`edgepixel explain`: one JSON object a line, with every column of the view, and messages instead of tracebacks."""

import gzip
import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from edgepixel.cli import edgepixel, main
from edgepixel.explain import command as explain_command
from edgepixel.template.reader import view_columns
from edgepixel.traffic.log_line import first_version_fields
from tests.conftest import ROOT
from tests.log_lines import log_line

_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
_AGENTS = (_CHROME, "curl/8.5.0", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")


def explain(*arguments: str, standard_input: bytes | None = None) -> Result:
    return CliRunner().invoke(edgepixel, ["explain", *arguments], input=standard_input)


def objects(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def line(number: int, **values: str) -> bytes:
    usual = {"c_ip": "192.0.2.77", "x_edge_request_id": f"id-{number}", "cs_user_agent": _CHROME}
    return log_line(**(usual | values))


LINES = [
    line(1, cs_uri_query="e=purchase&o=A-1&v=49.90&c=EUR&t=K%C3%A4se%20%E2%9C%93", timestamp="1763888400.123"),
    b"\n",
    line(1, cs_user_agent="curl/8.5.0", timestamp="1763809200.000"),  # the request id of the first
    b"not a log line\n",
    line(5, cs_user_agent="", c_country=""),
    line(6).replace(b"GET", b"G\xffT"),
    b"\r\n",
    line(8, x_edge_request_id="", cs_headers="Sec-Purpose:prefetch\n"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explain") / "lines.log"
    path.write_bytes(b"".join(LINES))
    return path


@pytest.fixture(scope="module")
def explained(path: Path) -> list[dict[str, Any]]:
    return objects(explain(str(path)))


def test_lines_are_explained_in_order_and_blank_ones_only_counted(explained: list[dict[str, Any]]) -> None:
    assert [(one["line"], one.get("quarantined")) for one in explained] == [
        (1, None), (3, None), (4, "field_count"), (5, None), (6, "not_utf8"), (8, None),
    ]  # fmt: skip
    assert all(one.keys() == {"line", "quarantined" if "quarantined" in one else "event"} for one in explained)


def test_an_event_has_every_column_of_the_view(explained: list[dict[str, Any]]) -> None:
    event = explained[0]["event"]
    assert list(event) == [column["name"] for column in view_columns()]
    expected = {
        "event_time": "2025-11-23 09:00:00.123",
        "event": "purchase",
        "title": "Käse ✓",
        "order_id": "A-1",
        "value": "49.9000",
        "currency": "EUR",
        "item": None,
        "status": 200,
        "asn": 64496,
        "country": "DE",
        "browser": "Chrome",
        "os": "Windows",
        "device": "desktop",
        "traffic": "human",
        "traffic_reason": "browser",
        "request_id": "id-1",
        "dt": "2025-11-23",
        "hour": "09",
    }
    assert {name: event[name] for name in expected} == expected
    missing = explained[3]["event"]
    assert (missing["user_agent"], missing["country"], missing["traffic_reason"]) == (None, None, "no_user_agent")


def test_lines_of_one_request_id_and_of_none_are_each_explained(explained: list[dict[str, Any]]) -> None:
    events = [one["event"] for one in explained if "event" in one]
    assert [event["request_id"] for event in events] == ["id-1", "id-1", "id-5", None]
    assert [event["traffic_reason"] for event in events] == [
        "browser", "http_library", "no_user_agent", "prefetch_header",
    ]  # fmt: skip
    assert [(event["dt"], event["hour"]) for event in events[:2]] == [("2025-11-23", "09"), ("2025-11-22", "11")]


def test_a_packed_file_and_the_standard_input_give_the_same(path: Path, explained: list[dict[str, Any]]) -> None:
    packed = path.with_name("lines.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert objects(explain(str(packed))) == explained
    assert objects(explain("-", standard_input=path.read_bytes())) == explained
    assert objects(explain(standard_input=path.read_bytes())) == explained


def test_addresses_are_stored_as_the_option_says_and_else_as_the_template_does() -> None:
    def keys(*options: str) -> list[str | None]:
        lines = line(1) + line(2, c_ip="192.0.2.78") + line(3, c_ip="192.0.2.0")
        return [one["event"]["visitor_key"] for one in objects(explain(*options, standard_input=lines))]

    full, truncated, removed = (keys("--ip-addresses", setting) for setting in ("full", "truncated", "removed"))
    assert len(set(full)) == 3
    assert truncated == [full[2]] * 3
    assert removed == [None] * 3
    assert keys() == truncated


def test_a_table_has_a_row_for_each_line(path: Path) -> None:
    result = explain(str(path), "--format", "table")
    assert result.exit_code == 0
    rows = [text.split() for text in result.stdout.splitlines() if text.strip()]
    assert rows[0] == ["line", *explain_command._SHOWN, "edge_function"]
    assert [row[0] for row in rows[2:]] == ["1", "3", "4", "5", "6", "8"]
    assert rows[4] == ["4", "-", "-", "-", "-", "-", "-", "-", "quarantined", "field_count", "-"]
    assert rows[3][-3:] == ["bot", "http_library", "-"]


_SAID = "v=1&a=203.0.113.0&l=de-at&b=Brave"


@pytest.mark.parametrize("encoding", ["as the local cloud does", "twice", "not at all"])
def test_what_the_edge_function_said_is_shown_and_what_the_view_makes_of_it(encoding: str) -> None:
    times = {"as the local cloud does": 1, "twice": 2, "not at all": 0}[encoding]
    field = _SAID
    for _ in range(times):
        field = quote(field, safe="")
    marked = line(1, viewer_request_log_data="MARK", c_ip="0.001", cs_headers="/pixel.gif")
    old = b"\t".join(line(3).split(b"\t")[: first_version_fields()]) + b"\n"
    lines = marked.replace(b"MARK", field.encode()) + line(2) + old
    said, nothing, of_first_version = objects(explain(standard_input=lines))
    assert said["edge_function"] == _SAID
    told = ("de-AT", "Brave", "Windows")
    assert tuple(said["event"][name] for name in ("language", "browser", "os")) == told
    assert nothing.keys() == of_first_version.keys() == {"line", "event"}
    table = explain("--format", "table", standard_input=lines).stdout
    rows = [text.split() for text in table.splitlines() if text.strip()]
    assert [(row[-4], row[-1]) for row in rows[2:]] == [("de-AT", _SAID), ("-", "-"), ("-", "-")]


def test_what_is_not_stored_is_not_shown() -> None:
    private = line(1, viewer_request_log_data="v=1&g=1&a=203.0.113.77&p=prefetch")
    (one,) = objects(explain(standard_input=private))
    assert one["edge_function"] == "v=1&g=1&p=prefetch"


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (_CHROME, ("Chrome", "Windows", "desktop", "human", "browser")),
        ("curl/8.5.0", ("other", "other", "other", "bot", "http_library")),
        ("", ("other", "other", "other", "bot", "no_user_agent")),
    ],
)
def test_one_agent_can_be_explained(agent: str, expected: tuple[str, ...]) -> None:
    (one,) = objects(explain("--user-agent", agent))
    assert one["line"] == 1
    event = one["event"]
    assert list(event) == [column["name"] for column in view_columns()]
    assert event["user_agent"] == (agent or None)
    assert tuple(event[name] for name in ("browser", "os", "device", "traffic", "traffic_reason")) == expected


def test_an_agent_is_taken_as_a_browser_sends_it() -> None:
    strange = "Käse%20+\t\x1b[31m/1 " + os.fsdecode(b"\xff")
    result = explain("--user-agent", strange)
    (one,) = objects(result)
    assert one["event"]["user_agent"] == "Käse%20+\t\x1b[31m/1 �"
    assert result.stdout.rstrip("\n").isprintable()  # nothing that a terminal would obey


def test_one_agent_as_a_table() -> None:
    result = explain("--user-agent", "curl/8.5.0", "--format", "table")
    assert result.exit_code == 0
    assert result.stdout.split()[-3:] == ["bot", "http_library", "-"]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["no-such-file"], 1, "edgepixel: no-such-file cannot be read: No such file or directory"),
        (["."], 1, "edgepixel: . cannot be read: Is a directory"),
        (["-", "--user-agent", "x"], 2, "FILE and --user-agent exclude each other"),
        (["--ip-addresses", "none"], 2, "'none' is not one of"),
        (["-"], 0, "There is no log line in the standard input."),
    ],
)
def test_what_cannot_be_explained_is_told(
    arguments: list[str],
    status: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert main(["explain", *arguments]) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert "Traceback" not in said.err


def test_a_file_without_lines_and_one_that_is_cut_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blank, cut = tmp_path / "blank.log", tmp_path / "cut.gz"
    blank.write_bytes(b"\n\r\n")
    cut.write_bytes(gzip.compress(line(1))[:-9])
    assert main(["explain", str(blank)]) == 0
    assert capsys.readouterr() == ("", f"There is no log line in {blank}.\n")
    assert main(["explain", str(cut)]) == 1
    assert capsys.readouterr().err.startswith(f"edgepixel: {cut} cannot be read: ")


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., "subprocess.Popen[bytes]"]:
    """Starts the command in a process of its own, in which nothing leads to AWS."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment |= {"PYTHONPATH": str(ROOT), "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

    def started(*arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 (our own arguments, no shell)
            [sys.executable, "-m", "edgepixel", "explain", *arguments],
            cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    return started


def test_no_cloud_and_no_region_is_needed(start: Callable[..., "subprocess.Popen[bytes]"], path: Path) -> None:
    process = start(str(path))
    output, messages = process.communicate()
    assert (process.returncode, messages) == (0, b"")
    assert [json.loads(text)["line"] for text in output.splitlines()] == [1, 3, 4, 5, 6, 8]


def test_a_closed_pipe_ends_it_quietly(start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path) -> None:
    many = tmp_path / "many.log"
    many.write_bytes(line(1) * 3_000)
    process = start(str(many))
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["line"] == 1
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_a_hundred_thousand_lines_take_little_more_than_the_start(
    start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path, measured: Callable[[str], None]
) -> None:
    """A few times the time of one line, of which the start is most. By processor time: others use the machine."""

    def processor_seconds(lines: bytes) -> tuple[float, int]:
        lake = tmp_path / "lines.log"
        lake.write_bytes(lines)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        output, messages = start(str(lake)).communicate()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert messages == b""
        return after.ru_utime - before.ru_utime, output.count(b"\n")

    different = [line(number, cs_user_agent=agent) for number, agent in enumerate(_AGENTS)]
    one, _ = processor_seconds(different[0])
    all_of_them, count = processor_seconds(b"".join(different) * 33_334)
    measured(f"1 line: {one:.1f} s of processor time, {count:,} lines: {all_of_them:.1f} s")
    assert count == 100_002
    assert all_of_them < 10 * one
