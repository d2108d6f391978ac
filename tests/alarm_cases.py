# SPDX-License-Identifier: Apache-2.0
"""For every alarm, by its logical id: samples of its metrics that ring it, and samples that do not quite."""

from dataclasses import dataclass

MINUTE, HOUR = 60.0, 3600.0
SILENCE_MINUTES = 30
type Samples = dict[str, list[tuple[float, float]]]  # by metric name: how many seconds ago, and the value


def every(seconds: float, value: float, until: float = 30 * HOUR) -> list[tuple[float, float]]:
    """A sample in the middle of each period of so many seconds."""
    return [(number * seconds + seconds / 2, value) for number in range(int(until // seconds))]


@dataclass(frozen=True)
class Case:
    """Samples that must ring an alarm, samples that must not quite, and whether it rings without any."""

    over: Samples
    under: Samples
    without: bool = False


CASES = {
    "LinesRefusedAlarm": Case(
        over={"WriteProvisionedThroughputExceeded": [(30, 1)]},
        under={"WriteProvisionedThroughputExceeded": [*every(MINUTE, 0), (90, 1)]},
    ),
    "AggregatorLagAlarm": Case(
        over={"IteratorAge": every(MINUTE, 900_001)},
        under={"IteratorAge": [(30, 72_000_000), (330, 900_001), (630, 900_000)]},
    ),
    "AggregatorErrorsAlarm": Case(
        over={"Errors": [(30, 1)], "Throttles": [(630, 1)], "FailedInvokeEventCount": [(1230, 100)]},
        under={"Errors": [(30, 1), (31, 5), (1530, 1)], "Throttles": [(630, 1)]},
    ),
    "FailedBatchesAlarm": Case(
        over={"OnFailureDestinationDeliveredEventCount": [(10, 1)]},
        under={"OnFailureDestinationDeliveredEventCount": [(10, 0), (310, 1)]},
    ),
    "QuarantineRateAlarm": Case(
        over={"LinesIn": every(MINUTE, 1000), "LinesQuarantined": every(MINUTE, 10.1)},
        under={"LinesIn": every(MINUTE, 1000), "LinesQuarantined": every(MINUTE, 10)},
    ),
    "MoreFieldsAlarm": Case(
        over={"LinesWithMoreFields": [(10, 1)]},
        under={"LinesWithMoreFields": [(10, 0), (910, 1000)]},
    ),
    "LostBatchesAlarm": Case(
        over={"DestinationDeliveryFailures": [(10, 1)]},
        under={"DestinationDeliveryFailures": [(10, 0), (310, 1)]},
    ),
    "DeliveryFreshnessAlarm": Case(
        over={"DeliveryToS3.DataFreshness": every(MINUTE, 3601)},
        under={"DeliveryToS3.DataFreshness": [*every(MINUTE, 3601, until=600), (620, 3600)]},
    ),
    "DeliveryStalledAlarm": Case(
        over={"IncomingRecords": [(10, 1), (4000, 1)], "DeliveryToS3.Records": [(7300, 5)]},
        # The last view of an hour is delivered in the next one.
        under={"IncomingRecords": [(10, 1), (3700, 1)], "DeliveryToS3.Records": [(3000, 1)]},
    ),
    "CatalogAlarm": Case(
        over={"Errors": [(10, 1), (4000, 1), (82_000, 3)]},
        under={"Errors": [(10, 9), (4000, 9), (86_500, 9)]},
    ),
    "CatalogFailuresAlarm": Case(
        over={"ApproximateNumberOfMessagesVisible": [(10, 1)], "DestinationDeliveryFailures": [(310, 1)]},
        under={"ApproximateNumberOfMessagesVisible": [(10, 0), (310, 1)], "DestinationDeliveryFailures": [(310, 1)]},
    ),
    "CoverageAlarm": Case(
        over={"Coverage": [(3600, 98.99)]},
        under={"Coverage": [(3600, 99)], "ApproximateNumberOfMessagesVisible": [(60, 0)]},
    ),
    "TypedDaysAlarm": Case(
        over={"ApproximateNumberOfMessagesVisible": [(10, 1)]},
        under={"ApproximateNumberOfMessagesVisible": [(10, 0)]},
    ),
    "SilenceAlarm": Case(
        over={"IncomingRecords": [(30 * MINUTE + 1, 1000)]},
        under={"IncomingRecords": [(30 * MINUTE - 1, 1)]},
        without=True,
    ),
    "FileSilenceAlarm": Case(
        over={"Invocations": [(49 * HOUR, 1000)]},
        under={"Invocations": [(47 * HOUR, 1)]},
        without=True,
    ),
}  # fmt: skip

RING_WITHOUT = {name for name, case in CASES.items() if case.without}
"""Those that ring while there is no sample at all."""
