# SPDX-License-Identifier: Apache-2.0
"""A bad line goes to quarantine alone."""

import base64
import json

from tests.e2e.conftest import Answered
from tests.e2e.streams import objects
from tests.waiting import wait_until

NEIGHBOURS = 499


def test_a_poisoned_line_is_quarantined_with_its_reason_while_its_499_neighbours_are_delivered(
    answered: dict[str, Answered],
) -> None:
    result = answered["enabled"]  # whose answers have been asked, so that these lines do not disturb them
    good = [_line(number) for number in range(NEIGHBOURS)]
    poisoned = b"1763888400.000\tnot\tenough\tfields\n"
    lines = [*good[:250], poisoned, *good[250:]]
    answer = result.cloud.client("kinesis").put_records(
        StreamName=result.stack.outputs["RawStreamName"],
        Records=[{"Data": line, "PartitionKey": str(number)} for number, line in enumerate(lines)],
    )
    assert answer["FailedRecordCount"] == 0

    expected = {f"neighbour-{number}".encode() for number in range(NEIGHBOURS)}

    def lake() -> bytes:
        return b"".join(objects(result.cloud, result.stack, "events/").values())

    def delivered() -> int:
        return len({line.split(b"\t")[8] for line in lake().splitlines()} & expected)

    wait_until(lambda: delivered() == NEIGHBOURS, "all neighbours are delivered", delivered, pause_seconds=0.5)
    assert b"not\tenough" not in lake()

    kept = [
        json.loads(line)
        for data in objects(result.cloud, result.stack, lake.QUARANTINE).values()
        for line in data.splitlines()
    ]
    assert [(entry["reason"], base64.b64decode(entry["line"]).rstrip()) for entry in kept] == [
        ("field_count", poisoned.rstrip())
    ]


def _line(number: int) -> bytes:
    values = ["1763888400.000", "192.0.2.7", "200", "GET", "https", "d1.cloudfront.net", "/pixel.gif", "LOC50-P1"]
    values += [f"neighbour-{number}", "0.001", "Mozilla/5.0", "-", "e=view", "Hit", "DE", "Host:x%0A", "64496"]
    return ("\t".join(values) + "\n").encode()
