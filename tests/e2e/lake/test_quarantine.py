# SPDX-License-Identifier: Apache-2.0
"""A bad line goes to quarantine alone."""

from edgepixel.aws.lake_names import EVENTS
from tests.e2e.conftest import Answered
from tests.e2e.streams import objects, quarantined, request_ids
from tests.log_lines import log_line
from tests.waiting import wait_until

NEIGHBOURS = 499


def test_a_poisoned_line_is_quarantined_with_its_reason_while_its_499_neighbours_are_delivered(
    answered: dict[str, Answered],
) -> None:
    result = answered["enabled"]  # whose answers have been asked, so that these lines do not disturb them
    earlier = quarantined(result.cloud, result.stack)
    expected = {f"neighbour-{number}" for number in range(NEIGHBOURS - 1)}
    good = [log_line(x_edge_request_id=request_id) for request_id in sorted(expected)]
    poisoned = b"1763888400.000\tnot\tenough\tfields\n"
    more_fields = log_line(x_edge_request_id="more-fields").rstrip(b"\n") + b"\t198.51.100.77\n"
    expected.add("more-fields")  # a neighbour too, which is delivered without what nobody knows
    lines = [*good[:250], poisoned, more_fields, *good[250:]]
    answer = result.cloud.client("kinesis").put_records(
        StreamName=result.stack.outputs["RawStreamName"],
        Records=[{"Data": line, "PartitionKey": str(number)} for number, line in enumerate(lines)],
    )
    assert answer["FailedRecordCount"] == 0

    def lake() -> bytes:
        return b"".join(objects(result.cloud, result.stack, EVENTS).values())

    def delivered() -> int:
        return len(request_ids(lake()).keys() & expected)

    wait_until(lambda: delivered() == NEIGHBOURS, "all neighbours are delivered", delivered, pause_seconds=0.5)
    assert b"not\tenough" not in lake()
    assert b"198.51.100.77" not in lake()

    kept = [entry for entry in quarantined(result.cloud, result.stack) if entry not in earlier]
    assert kept == [("field_count", poisoned.rstrip())]
