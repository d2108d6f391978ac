# SPDX-License-Identifier: Apache-2.0
"""Files of standard logs in all of CloudFront's formats, whole and damaged."""

import gzip
import zlib
from pathlib import Path

import pytest

from edgepixel.errors import UnreadableLogError
from edgepixel.import_logs import log_rows as module
from edgepixel.import_logs.log_rows import BadLine, Names, Row, field_names, log_rows
from tests.unit.edgepixel.import_logs.standard_logs import (
    AWS_EXAMPLE,
    AWS_JSON,
    LEGACY_FIELDS,
    Request,
    encoded,
    json_lines,
    w3c,
    write_gzip,
    write_parquet,
)

NAMES = field_names(" ".join(LEGACY_FIELDS))
REQUESTS: list[Request] = [
    {"x-edge-request-id": "one=="},
    {"x-edge-request-id": "two==", "cs-uri-query": "e=a b&u=%20"},
]
EXPECTED = [[value.encode() for value in encoded(request, LEGACY_FIELDS)] for request in REQUESTS]


def read(path: Path, names: Names | None = None, delimiter: bytes | None = None) -> list[Row | BadLine]:
    return list(log_rows(path, names, delimiter, lambda done: None))


def values(path: Path, names: Names | None = None, delimiter: bytes | None = None) -> list[list[bytes]]:
    """Of rows that all have the legacy fields."""
    found = read(path, names, delimiter)
    assert all(isinstance(row, Row) and row.names == NAMES for row in found), found
    return [row.values for row in found if isinstance(row, Row)]


def written(folder: Path, content: bytes) -> Path:
    path = folder / "log"
    path.write_bytes(content)
    return path


def test_the_example_of_awss_guide_is_read(tmp_path: Path) -> None:
    path = write_gzip(tmp_path / "EMLARXS9EXAMPLE.2019-11-14-20.RT4KCN4SGK9.gz", AWS_EXAMPLE)
    rows = [dict(zip(row.names, row.values, strict=True)) for row in read(path) if isinstance(row, Row)]
    assert len(rows) == 6
    assert rows[0]["cs-host"] == b"d111111abcdef8.cloudfront.net"
    assert rows[5]["cs-user-agent"] == b"curl/7.55.1"
    assert [row["sc-status"] for row in rows] == [b"200"] * 3 + [b"502"] * 3


def test_the_example_of_awss_guide_in_json_is_read(tmp_path: Path) -> None:
    (row,) = read(written(tmp_path, AWS_JSON))
    assert isinstance(row, Row)
    assert dict(zip(row.names, row.values, strict=True))["timestamp-ms"] == b"1731699951183"


@pytest.mark.parametrize("delimiter", ["\t", " ", "|", "=%=", "    "])
def test_text_with_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path, w3c(*REQUESTS, delimiter=delimiter))
    known = None if len(delimiter) == 1 else delimiter.encode()
    assert values(path, delimiter=known) == EXPECTED


def test_a_bad_first_line_does_not_decide_what_is_between_the_values(tmp_path: Path) -> None:
    rows = read(written(tmp_path, b"what is this\n" + w3c(*REQUESTS, delimiter=" ", header=False)), NAMES)
    assert [row.values for row in rows if isinstance(row, Row)] == EXPECTED
    assert len(rows) == 3


def test_text_without_header_lines_needs_the_fields(tmp_path: Path) -> None:
    path = written(tmp_path, w3c(*REQUESTS, header=False))
    with pytest.raises(UnreadableLogError, match="with --fields"):
        read(path)
    assert values(path, field_names(",".join(LEGACY_FIELDS))) == EXPECTED


def test_a_line_of_names_is_a_header_even_without_a_keyword(tmp_path: Path) -> None:
    names = "\t".join(LEGACY_FIELDS).encode() + b"\n"
    path = written(tmp_path, names + w3c(*REQUESTS, header=False))
    assert values(path) == EXPECTED
    assert values(path, NAMES) == EXPECTED


def test_each_header_line_counts_for_the_lines_below_it(tmp_path: Path) -> None:
    older = ["date", "time", "cs-uri-stem", "sc-status"]
    rows = read(written(tmp_path, w3c({}, fields=older) + w3c({})))
    assert [len(row.values) for row in rows if isinstance(row, Row)] == [4, 33]
    assert [row.number for row in rows] == [3, 6]


def test_json_lines(tmp_path: Path) -> None:
    assert values(written(tmp_path, json_lines(*REQUESTS))) == EXPECTED
    assert values(write_gzip(tmp_path / "packed", json_lines(*REQUESTS))) == EXPECTED


def test_what_is_no_text_in_json(tmp_path: Path) -> None:
    (row,) = read(written(tmp_path, b'{"sc-status":200,"cs(Referer)":null,"c-ip":"\\ud800"}\n'))
    assert row == Row(1, ("sc-status", "cs-referer", "c-ip"), [b"200", b"-", b"?"])


@pytest.mark.parametrize("line", [b"{", b'{"a":' * 40_000, b'{"a":"\xff"}'])
def test_what_is_no_json_is_a_bad_line(tmp_path: Path, line: bytes) -> None:
    rows = read(written(tmp_path, line + b"\n" + json_lines(*REQUESTS)))
    assert [type(row) for row in rows] == [BadLine, Row, Row]


def test_parquet_in_a_folder_with_a_pattern_s_characters(tmp_path: Path) -> None:
    folder = tmp_path / "year=2025" / "a[1]*?"
    folder.mkdir(parents=True)
    write_parquet(folder / "log.parquet", *REQUESTS)
    assert values(folder / "log.parquet") == EXPECTED


def test_parquet_that_is_cut_off(tmp_path: Path) -> None:
    write_parquet(tmp_path / "whole", *REQUESTS)
    path = written(tmp_path, (tmp_path / "whole").read_bytes()[:100])
    with pytest.raises(UnreadableLogError, match="no Parquet"):
        read(path)


def test_a_line_with_another_number_of_values_is_bad_alone(tmp_path: Path) -> None:
    content = w3c(REQUESTS[0]) + b"one\ttwo\r\n\r\n" + w3c(REQUESTS[1], header=False)
    rows = read(written(tmp_path, content))
    assert rows[1] == BadLine(4, "2 values instead of 33", b"one\ttwo")
    assert [row.values for row in rows if isinstance(row, Row)] == EXPECTED


def test_what_comes_before_a_cut_is_read_to_the_last_line(tmp_path: Path) -> None:
    many: list[Request] = [{"x-edge-request-id": f"{number}=="} for number in range(20_000)]
    packed = gzip.compress(w3c(*many))
    path = written(tmp_path, packed[: len(packed) // 2])
    rows: list[Row | BadLine] = []
    with pytest.raises(UnreadableLogError, match=r"cut off or damaged after line [0-9,]+"):
        rows.extend(log_rows(path, None, None, lambda done: None))
    decompressed = zlib.decompressobj(31).decompress(path.read_bytes())
    whole_lines = decompressed.count(b"\n") - 2
    assert len(rows) == whole_lines > 5_000


def test_damage_in_the_middle_is_told(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(w3c(*REQUESTS * 1000)))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(UnreadableLogError, match="damaged"):
        read(written(tmp_path, bytes(packed)))


def test_concatenated_files_are_read_as_one(tmp_path: Path) -> None:
    content = b"".join(gzip.compress(w3c(request)) for request in REQUESTS)
    assert values(written(tmp_path, content)) == EXPECTED


def test_a_line_without_end_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_LINE_BYTES", 1000)
    content = w3c(REQUESTS[0]) + b"x" * 5000 + b"\n" + w3c(REQUESTS[1], header=False)
    rows = read(written(tmp_path, content))
    assert [(row.reason, len(row.text)) for row in rows if isinstance(row, BadLine)] == [
        ("longer than 1,000 bytes", 1000)
    ]
    assert [row.values for row in rows if isinstance(row, Row)] == EXPECTED


def test_progress_is_told(tmp_path: Path) -> None:
    done: list[int] = []
    path = write_gzip(tmp_path / "log.gz", w3c(*REQUESTS * 10_000))
    assert len(list(log_rows(path, None, None, done.append))) == 20_000
    assert done == sorted(done)
    assert 0 < done[-1] <= path.stat().st_size


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLogError, match="No such file"):
        read(tmp_path / "absent")
