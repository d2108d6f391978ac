# SPDX-License-Identifier: Apache-2.0
"""Amazon Kinesis Data Streams in memory: PutRecords, within its limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.client import client_error

# Kinesis API reference, PutRecords: records and bytes in a request, and bytes in a record with its partition key.
REQUEST_RECORDS, REQUEST_BYTES, RECORD_BYTES = 500, 10 * 1024 * 1024, 1024 * 1024
SHARD = "shardId-000000000000"

type Record = dict[str, Any]  # as PutRecords takes it: Data (bytes) and PartitionKey


def check_limits(records: Sequence[Record]) -> None:
    """Raise the ClientError with which PutRecords refuses a request that is too large."""
    sizes = [len(record["Data"]) + len(record["PartitionKey"].encode()) for record in records]
    if not 1 <= len(sizes) <= REQUEST_RECORDS or sum(sizes) > REQUEST_BYTES or max(sizes) > RECORD_BYTES:
        size = f"{len(sizes)} records, {sum(sizes)} bytes, largest {max(sizes, default=0)}"
        raise client_error("ValidationException", f"for a request of {size}", "PutRecords")


@dataclass
class Kinesis:
    """One stream that refuses the records that `refuses(call, position in the call)` names an error code for.

    `taken` and `refused` are in the order of arrival.
    """

    stream: str
    refuses: Callable[[int, int], str | None] = lambda call, position: None
    calls: int = 0
    taken: list[Record] = field(default_factory=list)
    refused: list[Record] = field(default_factory=list)

    def put_records(self, StreamName: str, Records: list[Record]) -> dict[str, Any]:
        if StreamName != self.stream:
            raise client_error("ResourceNotFoundException", f"for the stream {StreamName}", "PutRecords")
        check_limits(Records)
        results = [self._take(position, record) for position, record in enumerate(Records)]
        self.calls += 1
        return {"FailedRecordCount": sum("ErrorCode" in result for result in results), "Records": results}

    def _take(self, position: int, record: Record) -> dict[str, str]:
        code = self.refuses(self.calls, position)
        if code is not None:
            self.refused.append(record)
            return {"ErrorCode": code, "ErrorMessage": f"{code} from the fake"}
        self.taken.append(record)
        return {"SequenceNumber": str(len(self.taken)), "ShardId": SHARD}
