# SPDX-License-Identifier: Apache-2.0
"""One batch of the raw stream: log lines go to the aggregated stream, rejected lines to quarantine."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from destinations import AggregatedStream, Quarantine, QuarantineError
from fast_path import FastPath
from log_lines import LineCheck, decode_record, split_record
from packing import LONGEST_LINE_BYTES, SourcedLine, pack, packing_efficiency
from privacy import Privacy
from quarantine import Quarantined, Rejected, quarantined
from settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done with a batch: counts, codes and sequence numbers, and nothing of the content of lines.

    `lines_with_more_fields` are log lines of which only the known fields were kept. `packing_efficiency` is in percent,
    and None without an aggregate. `first_unsent` is the sequence number from which the batch must be delivered again;
    None if all of it is done.
    """

    records: int
    lines_in: int
    lines_out: int
    lines_quarantined: int
    lines_with_more_fields: int
    quarantine_reasons: dict[str, int]
    quarantine_error: str | None
    aggregates_out: int
    packing_efficiency: float | None
    put_retries: int
    put_errors: dict[str, int]
    first_unsent: str | None


class Aggregator:
    """Sends batches to the aggregated stream, and what is not a log line to quarantine."""

    def __init__(self, settings: Settings, stream: AggregatedStream, quarantine: Quarantine) -> None:
        self._settings = settings
        self._stream = stream
        self._quarantine = quarantine
        self._check = LineCheck(settings.log_fields, LONGEST_LINE_BYTES)
        self._privacy = Privacy(settings.log_fields, settings.ip_addresses, settings.honor_global_privacy_control)
        self._fast_path = FastPath(settings.log_fields, self._privacy, LONGEST_LINE_BYTES)

    def aggregate(self, records: Sequence[dict[str, Any]], remaining_milliseconds: Callable[[], int]) -> Outcome:
        """Send a batch. What could not be sent or quarantined comes again from `first_unsent` on: nothing is lost."""
        lines, rejected, more = self._read(records)
        lines_in = len(lines) + len(rejected)
        quarantine_error = self._quarantine_lines(rejected)
        # Lambda retries everything from one record on, so what follows a line that could not be quarantined waits.
        done = len(records)
        if quarantine_error is not None:
            done = rejected[0].record
            lines = [line for line in lines if line[0] < done]
        sequence_numbers = [record["kinesis"]["sequenceNumber"] for record in records]
        aggregates = pack(lines, sequence_numbers, self._settings.user_record_bytes, self._settings.aggregate_bytes)
        put = self._stream.put(aggregates, remaining_milliseconds)
        if put.unsent:
            # Aggregates are in the order of their lines, so the first one that failed has the lowest sequence number.
            # Later ones that arrived are sent again: at least once, never less. A record whose lines are in two
            # aggregates is sent again whole if the second one failed.
            done = put.unsent[0].first_record
        return Outcome(
            records=len(records),
            lines_in=lines_in,
            lines_out=len(lines) - sum(aggregate.lines for aggregate in put.unsent),
            lines_quarantined=0 if quarantine_error is not None else len(rejected),
            lines_with_more_fields=more,
            quarantine_reasons=dict(Counter(entry.reason.value for entry in rejected)),
            quarantine_error=quarantine_error,
            aggregates_out=len(aggregates) - len(put.unsent),
            packing_efficiency=packing_efficiency(aggregates),
            put_retries=put.retries,
            put_errors=dict(put.errors),
            first_unsent=sequence_numbers[done] if done < len(records) else None,
        )

    def _read(self, records: Sequence[dict[str, Any]]) -> tuple[list[SourcedLine], list[Quarantined], int]:
        """The batch's log lines as they are to be stored, the rejected lines, and how many lines had more fields."""
        good: list[SourcedLine] = []
        rejected: list[Quarantined] = []
        more = 0
        fast_path, check, protect = self._fast_path.line, self._check.fields, self._privacy.protect
        for position, record in enumerate(records):
            try:
                data = decode_record(record["kinesis"]["data"])
            except Rejected as reason:
                rejected.append(quarantined(position, record, reason))
                continue
            stored = fast_path(data)
            if stored is not None:
                good.append((position, stored))
                continue
            for line in split_record(data):
                try:
                    fields = check(line)
                except Rejected as reason:
                    rejected.append(quarantined(position, record, reason))
                    continue
                more += self._check.has_more(line)
                protect(fields)
                good.append((position, b"\t".join(fields)))
        return good, rejected, more

    def _quarantine_lines(self, rejected: Sequence[Quarantined]) -> str | None:
        """Keep rejected lines, which must be done before the batch is acknowledged. Returns an error code, if any."""
        if not rejected:
            return None
        try:
            self._quarantine.write(rejected)
        except QuarantineError as error:
            return str(error)
        return None
