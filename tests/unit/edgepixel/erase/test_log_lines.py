# SPDX-License-Identifier: Apache-2.0
"""Which log lines go, and that all others stay as they are, byte for byte."""

import gzip

import pytest

from edgepixel.erase.lines.log_lines import LogLines
from edgepixel.errors import UnreadableObjectError

FIELDS = ["timestamp", "c-ip", "x-edge-request-id", "cs-uri-query"]
KEY = "events/dt=2026-11-27/hour=09/1.gz"
# 2026-11-27T00:00:00.123Z
NOW_MS, NOW = 1_795_737_600_123, b"1795737600.123"


def without(*lines: bytes, ids: set[str] = frozenset({"gone"}), times: set[int | None] | None = None) -> list[bytes]:  # type: ignore[assignment]
    body = gzip.compress(b"".join(line + b"\n" for line in lines))
    kept, count = LogLines(FIELDS, ids, {KEY: times} if times else {}).without(KEY, body)
    assert len(lines) - count == len(gzip.decompress(kept).splitlines())
    return gzip.decompress(kept).splitlines()


def test_lines_of_the_ids_go_and_others_stay() -> None:
    lines = [NOW + b"\t-\tstays\te=gone", NOW + b"\t-\tgone\te=view", b"gone\tgone\tstays\tgone", b"short"]
    assert without(*lines) == [lines[0], lines[2], lines[3]]


def test_an_object_without_such_lines_is_not_changed() -> None:
    body = gzip.compress(NOW + b"\t-\tstays\t-\n") + gzip.compress(b"a second member\n")
    assert LogLines(FIELDS, {"gone"}, {}).without(KEY, body) == (body, 0)


def test_an_object_that_is_not_compressed_stays_so() -> None:
    body = NOW + b"\t-\tstays\t-\n" + NOW + b"\t-\tgone\t-\n"
    assert LogLines(FIELDS, {"gone"}, {}).without(KEY, body) == (NOW + b"\t-\tstays\t-\n", 1)


def test_the_last_line_needs_no_line_break_and_may_end_with_the_id() -> None:
    lines = LogLines(FIELDS[:3], {"gone"}, {})
    assert lines.without(KEY, b"1\t-\tstays\n1\t-\tgone\r") == (b"1\t-\tstays\n", 1)


def test_a_line_without_an_id_goes_by_its_object_and_its_time() -> None:
    stays = [b"1795737600.200\t-\t-\t-", NOW + b"\t-\tstays\t-", b"#Version: 1.0", b"#Fields: a b"]
    goes = [NOW + b"\t-\t-\t-", b"1795737600.1234\t-\t-\t-", b"1795737600123\t-\t\t-"]
    assert without(*stays, *goes, times={NOW_MS}) == stays
    other = LogLines(FIELDS, set(), {"events/another": {NOW_MS}})
    body = goes[0] + b"\n"
    assert other.without(KEY, body) == (body, 0)


def test_a_line_without_id_and_time_goes_with_a_row_that_has_neither() -> None:
    stays = [NOW + b"\t-\t-\t-", b"#Version: 1.0"]
    assert without(*stays, b"nonsense\t-\t-\t-", times={None}) == stays


def test_an_object_that_is_cut_off_is_told() -> None:
    with pytest.raises(UnreadableObjectError, match=KEY):
        LogLines(FIELDS, {"gone"}, {}).without(KEY, gzip.compress(b"1\t-\tgone\t-\n" * 99)[:30])
