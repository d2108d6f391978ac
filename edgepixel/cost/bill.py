# SPDX-License-Identifier: Apache-2.0
"""A month's AWS bill of one stack, for a traffic and a setting.

Prices are in `prices`, sizes and times are the template's (`defaults`), metrics and alarms are counted in template and
functions (`monitoring`), the rest is in `assumptions`.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil

from edgepixel.cost import prices
from edgepixel.cost.assumptions import (
    CPU_MB,
    CPU_SECONDS,
    CRAWL_DPUS,
    CRAWL_MINUTES,
    GZIP_RATIO,
    HEADER_BYTES,
    HOURS,
    KMS_REQUESTS_AN_HOUR,
    LISTS_AN_HOUR,
    LOG_BYTES,
    MORE_TRACES,
    MOST_EVENTS,
    ON_DEMAND_SHARDS,
    OVERHEAD_SECONDS,
    PEAK_FACTOR,
    RESPONSE_BYTES,
    SCRIPT_BYTES,
    SCRIPT_LOADS,
    SECONDS,
    SHARD_BYTES,
    SHARD_LINES,
    STANDARD_OBJECT_BYTES,
    STANDARD_OBJECTS_AN_HOUR,
    TRACES_A_SECOND,
    TRIGGER_SECONDS,
    TYPED_BYTES,
)
from edgepixel.cost.defaults import template_defaults
from edgepixel.cost.monitoring import Monitoring, monitoring
from edgepixel.cost.packing import Packed, measure_lines, measure_packing
from edgepixel.cost.prices import GB, Price
from edgepixel.cost.settings import Setting, StreamMode, Traffic

type Quantities = dict[Price, float]
"""How many of a price's units a month takes."""


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
    quantities: Quantities = {}
    lines = traffic.events + (
        _loads(traffic) if setting.standard else 0
    )  # standard logs have the script's requests, too
    objects, aggregations = _standard_objects(lines, traffic.line_bytes), 0.0
    if not setting.standard:
        quantities, objects, aggregations = _streams(traffic, setting)
    quantities |= _edge(traffic, setting) | _lake(traffic, lines, objects) | _functions(traffic, objects, aggregations)
    quantities |= _watched(setting)
    items = (
        Item(price, quantities[price], price.free if free_tier else 0) for price in prices.PRICES if price in quantities
    )
    return Bill(setting, tuple(items))


def break_even(line_bytes: int, mode: StreamMode, free_tier: bool = False) -> int | None:
    """Events a month above which aggregation saves money, to 0.1 %; None if it saves none up to MOST_EVENTS."""

    def saves(events: int) -> bool:
        traffic = Traffic(events, line_bytes)
        with_it, without = (bill(traffic, Setting(aggregated, mode), free_tier).usd for aggregated in (True, False))
        return with_it < without

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


def growth(setting: Setting, line_bytes: int, free_tier: bool = False) -> tuple[float, Price]:
    """What a month with a single hit costs, and what is the first to make that grow.

    That is the item that has grown most where the bill, as traffic doubles, is first a tenth above its floor.
    """
    floor = bill(Traffic(1, line_bytes), setting, free_tier)
    events = 1
    while events < MOST_EVENTS:
        events = min(2 * events, MOST_EVENTS)
        grown = bill(Traffic(events, line_bytes), setting, free_tier)
        if grown.usd > 1.1 * floor.usd and round(grown.usd, 2) > round(floor.usd, 2):
            break
    before = {item.price: item.usd for item in floor.items}
    return floor.usd, max(grown.items, key=lambda item: item.usd - before.get(item.price, 0)).price


def _edge(traffic: Traffic, setting: Setting) -> Quantities:
    events = traffic.events
    loads = _loads(traffic)
    quantities: Quantities = {
        prices.CLOUDFRONT_REQUEST: events + loads,
        prices.CLOUDFRONT_TRANSFER: (events * RESPONSE_BYTES + loads * SCRIPT_BYTES) / GB,
    }
    if setting.standard or setting.edge_function:
        quantities[prices.EDGE_FUNCTION] = events
    if not setting.standard:
        quantities[prices.LOG_LINE] = events
    return quantities


def _streams(traffic: Traffic, setting: Setting) -> tuple[Quantities, float, float]:
    """The streams, what reads them and the crawl; objects of the delivery; invocations of the aggregator."""
    events, logged_bytes = traffic.events, traffic.line_bytes + (0 if setting.edge_function else HEADER_BYTES)
    defaults = template_defaults()
    shards = _shards(events, logged_bytes, setting.mode)
    streams = [measure_lines(logged_bytes) * events]
    packed: Packed | None = None
    if setting.aggregated:
        lines_per_window = events / SECONDS * defaults.window_seconds / shards
        packed = measure_packing(lines_per_window, traffic.line_bytes, logged_bytes)
        streams.append(packed.aggregates * events)
    delivered = streams[-1]
    quantities: Quantities = {
        prices.KMS_REQUEST: HOURS * KMS_REQUESTS_AN_HOUR * len(streams),
        prices.FIREHOSE: delivered.firehose_bytes / GB,
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
    objects = _delivered_objects(shards, delivered.records, delivered.stream_bytes)
    return quantities, objects, packed.invocations * events if packed else 0.0


def _loads(traffic: Traffic) -> float:
    """Requests for the script."""
    return traffic.events * SCRIPT_LOADS if traffic.script else 0.0


def _lake(traffic: Traffic, lines: float, objects: float) -> Quantities:
    return {
        prices.S3_STORAGE: (lines * traffic.line_bytes / GZIP_RATIO + traffic.events * TYPED_BYTES) / GB,
        prices.S3_PUT: objects + HOURS * LISTS_AN_HOUR,
        prices.CATALOG_REQUEST: objects,  # the trigger looks at the table, for each object
    }


def _functions(traffic: Traffic, objects: float, aggregations: float) -> Quantities:
    """The aggregator, the crawler trigger, which each object invokes once, and what they write."""
    defaults = template_defaults()
    aggregator = aggregations * OVERHEAD_SECONDS * defaults.aggregator_gb
    if aggregations:
        aggregator += traffic.events * CPU_SECONDS * CPU_MB / 1024
    invocations = objects + aggregations
    return {
        prices.LAMBDA_REQUEST: invocations,
        prices.LAMBDA_TIME: objects * TRIGGER_SECONDS * defaults.trigger_gb + aggregator,
        prices.TRACE: _traces(objects) + _traces(aggregations),
        prices.FUNCTION_LOGS: invocations * LOG_BYTES / GB,
    }


def _traces(invocations: float) -> float:
    recorded_all = min(invocations, TRACES_A_SECOND * SECONDS)
    return recorded_all + MORE_TRACES * (invocations - recorded_all)


def _watched(setting: Setting) -> Quantities:
    watched = _monitoring(setting)
    return {
        prices.CUSTOM_METRIC: watched.custom_metrics,
        prices.ALARM_METRIC: watched.alarm_metrics,
        prices.DASHBOARD: watched.dashboards,
    }


@cache
def _monitoring(setting: Setting) -> Monitoring:
    return monitoring(setting.parameters)


def _shards(events: int, line_bytes: int, mode: StreamMode) -> int:
    peak = PEAK_FACTOR * events / SECONDS
    needed = max(ceil(peak / SHARD_LINES), ceil(peak * line_bytes / SHARD_BYTES))
    return max(needed, 1 if mode == "PROVISIONED" else ON_DEMAND_SHARDS)


def _delivered_objects(shards: int, records: float, stream_bytes: float) -> float:
    """Objects that Firehose writes: for each shard one a buffering time, or more if the buffer fills up before."""
    defaults = template_defaults()
    by_time = shards * SECONDS / defaults.buffer_seconds
    return max(min(by_time, records), stream_bytes / defaults.buffer_bytes)


def _standard_objects(lines: float, line_bytes: int) -> float:
    """Objects that CloudFront writes: several an hour, no more than there are lines, and more of long logs."""
    by_time = min(STANDARD_OBJECTS_AN_HOUR * HOURS, lines)
    return max(by_time, lines * line_bytes / STANDARD_OBJECT_BYTES)
