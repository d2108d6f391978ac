# SPDX-License-Identifier: Apache-2.0
"""What happens to a batch: read, protect, pack, keep bad lines apart, send, and say what has to come again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aws import AggregatedStream, Quarantine
from log_lines import BadLine, read_log_lines
from packing import Aggregate, pack, partition_key
from privacy import protector
from quarantine import quarantine_key, quarantine_object
from settings import BILLING_STEP, Settings


@dataclass(frozen=True)
class Result:
    """What became of a batch. `first_unsent`: sequence number of the first record to retry, None if all is done."""

    first_unsent: str | None
    lines_in: int
    lines_out: int
    lines_quarantined: int
    aggregates_out: int
    packing_efficiency: float  # percent of the bytes that Firehose bills that are log lines; 100 for nothing
    put_retries: int
    error: str


class Batches:
    """Processes batches with one stream and one quarantine."""

    def __init__(self, settings: Settings, stream: AggregatedStream, quarantine: Callable[[], Quarantine]) -> None:
        self._settings = settings
        self._stream = stream
        self._quarantine = quarantine
        self._protect = protector(settings.log_fields, settings.ip_addresses, settings.honor_global_privacy_control)

    def process(self, records: Sequence[dict[str, Any]], remaining_seconds: Callable[[], float]) -> Result:
        """Process one batch of Kinesis records. At least once, never less: what is not sure to be kept comes again."""
        if not records:
            return Result(None, 0, 0, 0, 0, 100.0, 0, "")
        read = read_log_lines(records, len(self._settings.log_fields))
        lines = [self._protect(line) for line in read.lines]
        aggregates = pack(
            lines,
            self._settings.user_record_bytes,
            self._settings.aggregate_bytes,
            partition_key(records[0]["kinesis"]["sequenceNumber"]),
        )
        error = self._keep_apart(read.bad)
        if error:  # the bad lines would be lost when the batch is acknowledged, so all of it comes again
            return self._result(records, read.bad, lines, [], 0, first_unsent=0, error=error)
        sent = self._stream.put(aggregates, remaining_seconds)
        first_unsent = min((read.records[aggregate.first_line] for aggregate in sent.unsent), default=None)
        unsent = {id(aggregate) for aggregate in sent.unsent}
        done = [aggregate for aggregate in aggregates if id(aggregate) not in unsent]
        return self._result(records, read.bad, lines, done, sent.retries, first_unsent, sent.error)

    def _keep_apart(self, bad: list[BadLine]) -> str:
        """Write bad lines to quarantine. Gives the error's code, empty when they are safe."""
        if not bad:
            return ""
        try:
            self._quarantine().write(quarantine_key(bad, self._settings.quarantine_prefix), quarantine_object(bad))
        except ClientError as error:
            return f"quarantine: {error.response.get('Error', {}).get('Code', 'ClientError')}"
        except BotoCoreError as error:
            return f"quarantine: {type(error).__name__}"
        return ""

    def _result(
        self,
        records: Sequence[dict[str, Any]],
        bad: list[BadLine],
        lines: list[bytes],
        done: list[Aggregate],
        retries: int,
        first_unsent: int | None,
        error: str,
    ) -> Result:
        written = sum(len(line) + 1 for aggregate in done for line in lines[aggregate.first_line :][: aggregate.lines])
        billed = sum(-(-len(aggregate.data) // BILLING_STEP) * BILLING_STEP for aggregate in done)
        return Result(
            first_unsent=None if first_unsent is None else records[first_unsent]["kinesis"]["sequenceNumber"],
            lines_in=len(lines) + len(bad),
            lines_out=sum(aggregate.lines for aggregate in done),
            lines_quarantined=len(bad),
            aggregates_out=len(done),
            packing_efficiency=100 * written / billed if billed else 100.0,
            put_retries=retries,
            error=error,
        )
