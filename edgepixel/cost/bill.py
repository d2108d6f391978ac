# SPDX-License-Identifier: Apache-2.0
"""A month's AWS bill of one stack, for a traffic and a setting.

Prices are in `prices`, sizes and times are the template's (`defaults`), metrics and alarms are counted in template and
functions (`monitoring`). Every constant below is an assumption; docs/cost.md lists them for readers (`document`).
"""

from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Literal

from edgepixel.cost import prices
from edgepixel.cost.defaults import template_defaults
from edgepixel.cost.monitoring import Monitoring, monitoring
from edgepixel.cost.packing import Packed, measure_lines, measure_packing
from edgepixel.cost.prices import GB, Price
from edgepixel.errors import TrafficError

type StreamMode = Literal["PROVISIONED", "ON_DEMAND"]

HOURS = 730
SECONDS = HOURS * 3600

PEAK_FACTOR = 5  # the busiest second, by the average one: what shards are provisioned for
SHARD_LINES = 1_000  # a second
SHARD_BYTES = 1_000_000  # a second
ON_DEMAND_SHARDS = 4  # of a new on-demand stream, which takes 4 MB a second; it grows as needed

RESPONSE_BYTES = 550  # the image with its headers
CPU_SECONDS = 10 / 1_000_000  # of the aggregator, for one line
CPU_MB = 1769  # the memory with which a Lambda function gets one whole processor
OVERHEAD_SECONDS = 0.1  # of an invocation: waiting for Kinesis

GZIP_RATIO = 5
CRAWL_DPUS, CRAWL_MINUTES = 2, 10  # ten minutes are billed at least

FEWEST_LINE_BYTES, MOST_LINE_BYTES = 100, 32_768  # no line with the request identifier is shorter, no request longer
DEFAULT_LINE_BYTES = 900
MOST_EVENTS = 10_000_000_000  # above, volume discounts and private prices apply


@dataclass(frozen=True)
class Traffic:
    """Events a month, and the mean length of their log lines in bytes, newline included.

    Raises TrafficError for numbers that no site has, and above MOST_EVENTS.
    """

    events: int
    line_bytes: int

    def __post_init__(self) -> None:
        if not 1 <= self.events <= MOST_EVENTS:
            raise TrafficError(f"{self.events:,} events a month: give a number from 1 to {MOST_EVENTS:,}")
        if not FEWEST_LINE_BYTES <= self.line_bytes <= MOST_LINE_BYTES:
            limits = f"from {FEWEST_LINE_BYTES:,} to {MOST_LINE_BYTES:,}"
            raise TrafficError(f"{self.line_bytes:,} bytes of a log line: give a number {limits}")


@dataclass(frozen=True)
class Setting:
    """The template's parameters Aggregation and StreamMode."""

    aggregated: bool
    mode: StreamMode

    @property
    def parameters(self) -> dict[str, str]:
        return {"Aggregation": "enabled" if self.aggregated else "disabled", "StreamMode": self.mode}

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.parameters.items())


SETTINGS = (
    Setting(True, "PROVISIONED"),
    Setting(True, "ON_DEMAND"),
    Setting(False, "PROVISIONED"),
    Setting(False, "ON_DEMAND"),
)


@dataclass(frozen=True)
class Item:
    """One line of a bill: how many of the price's units, of which `free` are not charged."""

    price: Price
    quantity: float
    free: float

    @property
    def usd(self) -> float:
        return max(0.0, self.quantity - self.free) * self.price.each


@dataclass(frozen=True)
class Bill:
    """A month's items, in the order of the price table, only those that the setting has."""

    setting: Setting
    items: tuple[Item, ...]

    @property
    def usd(self) -> float:
        return sum(item.usd for item in self.items)


def bill(traffic: Traffic, setting: Setting, free_tier: bool = False) -> Bill:
    """The bill. `free_tier` subtracts what is always free for an account, as if the account had only this stack."""
    events = traffic.events
    defaults, watched = template_defaults(), _monitoring(setting)
    shards = _shards(traffic, setting.mode)
    line = measure_lines(traffic.line_bytes)
    streams = [line * events]
    packed: Packed | None = None
    if setting.aggregated:
        packed = measure_packing(events / SECONDS * defaults.window_seconds / shards, traffic.line_bytes)
        streams.append(packed.aggregates * events)
    delivered = streams[-1]
    quantities: dict[Price, float] = {
        prices.CLOUDFRONT_REQUEST: events,
        prices.CLOUDFRONT_TRANSFER: events * RESPONSE_BYTES / GB,
        prices.LOG_LINE: events,
        prices.CUSTOM_METRIC: watched.custom_metrics,
        prices.ALARM_METRIC: watched.alarm_metrics,
        prices.DASHBOARD: watched.dashboards,
        prices.FIREHOSE: delivered.firehose_bytes / GB,
        prices.S3_STORAGE: events * traffic.line_bytes / GZIP_RATIO / GB,
        prices.S3_PUT: _objects(shards, delivered.records, delivered.stream_bytes),
        prices.CRAWL: CRAWL_DPUS * CRAWL_MINUTES / 60,
    }
    if setting.mode == "PROVISIONED":
        # The template has one ShardCount for both streams.
        quantities[prices.SHARD_HOUR] = HOURS * shards * len(streams)
        quantities[prices.PUT_UNIT] = sum(stream.put_units for stream in streams)
    else:
        quantities[prices.STREAM_HOUR] = HOURS * len(streams)
        quantities[prices.STREAM_IN] = sum(stream.on_demand_bytes for stream in streams) / GB
        quantities[prices.STREAM_OUT] = sum(stream.stream_bytes for stream in streams) / GB
    if packed is not None:
        invocations = packed.invocations * events
        quantities[prices.LAMBDA_REQUEST] = invocations
        waiting = invocations * OVERHEAD_SECONDS * defaults.aggregator_gb
        quantities[prices.LAMBDA_TIME] = events * CPU_SECONDS * CPU_MB / 1024 + waiting
    items = (
        Item(price, quantities[price], price.free if free_tier else 0) for price in prices.PRICES if price in quantities
    )
    return Bill(setting, tuple(items))


def break_even(line_bytes: int, mode: StreamMode, free_tier: bool = False) -> int | None:
    """Events a month above which aggregation saves money, to 0.1 %; None if it saves none up to MOST_EVENTS."""

    def saves(events: int) -> bool:
        traffic = Traffic(events, line_bytes)
        return bill(traffic, Setting(True, mode), free_tier).usd < bill(traffic, Setting(False, mode), free_tier).usd

    too_few, enough = 1, MOST_EVENTS
    if not saves(enough):
        return None
    while enough - too_few > too_few / 1000:
        middle = (too_few + enough) // 2
        if saves(middle):
            enough = middle
        else:
            too_few = middle
    return enough


@cache
def _monitoring(setting: Setting) -> Monitoring:
    return monitoring(setting.parameters)


def _shards(traffic: Traffic, mode: StreamMode) -> int:
    peak = PEAK_FACTOR * traffic.events / SECONDS
    needed = max(ceil(peak / SHARD_LINES), ceil(peak * traffic.line_bytes / SHARD_BYTES))
    return max(needed, 1 if mode == "PROVISIONED" else ON_DEMAND_SHARDS)


def _objects(shards: int, records: float, stream_bytes: float) -> float:
    """Objects that Firehose writes: for each shard one a buffering time, or more if the buffer fills up before."""
    defaults = template_defaults()
    by_time = shards * SECONDS / defaults.buffer_seconds
    return max(min(by_time, records), stream_bytes / defaults.buffer_bytes)
