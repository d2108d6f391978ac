# SPDX-License-Identifier: Apache-2.0
"""What goes from quarantine, failed batches and delivery errors, and that the rest can still be replayed."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest

from edgepixel.aws import lake_names
from edgepixel.erase.lines.kept_lines import Wanted, without
from edgepixel.errors import UnreadableObjectError
from edgepixel.replay.undelivered_lines import read_lines
from tests.unit.edgepixel.erase.conftest import ORDER, OTHER, VISITOR, Erase
from tests.unit.edgepixel.erase.lake import ErasureLake, line_of, rows
from tests.unit.edgepixel.replay.kept_objects import failed_batch_body, quarantine_body

QUARANTINED = f"{lake_names.QUARANTINE}dt=2026-11-27/hour=12/shardId-000000000000-0-3.jsonl.gz"
BATCH = f"{lake_names.FAILED_BATCHES}0b1c/shardId-000000000000/2026/11/27/2026-11-27T12.00.00-9f"
ERROR = f"{lake_names.DELIVERY_ERRORS}processing-failed/dt=2026-11-27/edgepixel-1-2026-11-27-12-00-00-9f"
IDS = Wanted({"gone=="})


def errors(*data: bytes) -> bytes:
    """Delivery errors as Firehose writes them."""
    found = [
        {"attemptsMade": 4, "errorCode": "S3.AccessDenied", "rawData": base64.b64encode(one).decode()} for one in data
    ]
    return "".join(json.dumps(one) + "\n" for one in found).encode()


def test_an_entry_of_quarantine_goes_alone() -> None:
    body = quarantine_body(("field_count", b"1\tgone=="), ("timestamp", b"x\tstays=="), ("not_utf8", b"\xff\x00"))
    kept, count = without(QUARANTINED, body, IDS)
    assert kept
    assert (count, [line.data for line in read_lines(QUARANTINED, kept)]) == (1, [b"x\tstays==", b"\xff\x00"])


def test_a_record_of_a_failed_batch_goes_alone() -> None:
    body = failed_batch_body(b"1\tstays==\n", b"1\tgone==\n")
    kept, count = without(BATCH, body, IDS)
    assert kept
    assert (count, [line.data for line in read_lines(BATCH, kept)]) == (1, [b"1\tstays==\n"])
    assert set(json.loads(kept)) == set(json.loads(body))


def test_a_delivery_error_goes_as_a_whole() -> None:
    body = errors(b"\xf3\x89\x9a\xc2 1\tgone==\n1\tstays==\n", b"1\tstays==\n") + b"no JSON, stays==\nno JSON, gone==\n"
    assert without(ERROR, body, IDS) == (errors(b"1\tstays==\n") + b"no JSON, stays==\n", 2)
    assert without(ERROR, gzip.compress(errors(b"1\tgone==\n")), IDS) == (None, 1)


@pytest.mark.parametrize(
    ("key", "body"),
    [
        (QUARANTINED, quarantine_body(("timestamp", b"1\tgone=="))),
        (BATCH, failed_batch_body(b"1\tgone==\n")),
        (ERROR, errors(b"1\tgone==\n")),
    ],
)
def test_of_an_object_nothing_may_be_left_or_everything(key: str, body: bytes) -> None:
    assert without(key, body, IDS) == (None, 1)
    assert without(key, body, Wanted({"another"})) == (body, 0)


@pytest.mark.parametrize("key", [QUARANTINED, BATCH])
def test_an_object_that_is_something_else_is_told(key: str) -> None:
    with pytest.raises(UnreadableObjectError, match="2026"):
        without(key, b"{}\n", IDS)


@pytest.mark.parametrize(
    "query",
    ["e=view&o={}", "o={}&e=view", "?o={}", "e=view&amp;o={}"],
)
@pytest.mark.parametrize("encodings", [0, 1, 2])
def test_an_order_is_found_however_it_is_encoded(query: str, encodings: int) -> None:
    line = query.format(quote(ORDER, safe=""))
    for _ in range(encodings):
        line = quote(line, safe="=&?")
    assert f"1\t-\t{line}\tHTTP".encode() in Wanted(set(), ORDER)
    assert f"1\t-\t{line}\tHTTP".encode() not in Wanted(set(), f"{ORDER}1")
    assert f"1\t-\t{line}\tHTTP".encode() not in Wanted(set(), ORDER[1:])


def test_another_parameter_is_no_order() -> None:
    assert b"1\t-\tno=7&e=view&i=7\t-" not in Wanted(set(), "7")
    assert b"1\t-\to=7\t-" in Wanted(set(), "7")
    assert b"1\t-\to=A+B\t-" in Wanted(set(), "A B")


def test_kept_objects_are_searched_and_told_in_the_receipt(lake: ErasureLake, erase: Erase) -> None:
    (gone,), (stays,) = rows("v1", visitor=VISITOR), rows("o9", visitor=OTHER)
    lake.hold(BATCH, failed_batch_body(line_of(gone), line_of(stays)))
    lake.hold(ERROR, errors(line_of(gone)))
    receipt = erase("visitor", VISITOR)
    assert receipt
    assert (receipt.before.kept_lines, receipt.before.kept_objects) == (2, 2)
    assert (receipt.erased.kept_lines, receipt.erased.kept_objects) == (2, 2)
    assert [line.data for line in read_lines(BATCH, lake.files[BATCH][0])] == [line_of(stays)]
    assert ERROR not in lake.files


def test_what_is_only_in_quarantine_is_found_by_request_and_by_order(lake: ErasureLake, erase: Erase) -> None:
    for number, line in enumerate((b"1\tonly-here==\t-", b"1\t-\to=only%252Fhere")):
        lake.hold(QUARANTINED.replace("0-3", str(number)), quarantine_body(("field_count", line)))
    for kind, value in (("request", "only-here=="), ("order", "only/here")):
        receipt = erase(kind, value)
        assert receipt
        assert (receipt.state, receipt.erased.kept_lines) == ("done", 1)
    assert [key for key in lake.files if key.startswith(lake_names.QUARANTINE)] == []
