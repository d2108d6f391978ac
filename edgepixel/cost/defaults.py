# SPDX-License-Identifier: Apache-2.0
"""Sizes and times of a stack with the template's defaults, as far as a bill depends on them."""

from dataclasses import dataclass
from functools import cache

from edgepixel.template.reader import parameter_default, read_template

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Defaults:
    """Of the aggregator and its event source, of the crawler trigger and of the delivery."""

    user_record_bytes: int
    aggregate_bytes: int
    batch_lines: int
    window_seconds: int
    aggregator_gb: float
    trigger_gb: float
    buffer_seconds: int
    buffer_bytes: int


@cache
def template_defaults() -> Defaults:
    """Read from template.yaml."""
    resources = read_template()["Resources"]
    aggregator = resources["AggregatorFunction"]["Properties"]
    return Defaults(
        user_record_bytes=parameter_default("UserRecordBytes"),
        aggregate_bytes=parameter_default("AggregateBytes"),
        batch_lines=aggregator["Events"]["LogLines"]["Properties"]["BatchSize"],
        window_seconds=parameter_default("BatchingWindowSeconds"),
        aggregator_gb=aggregator["MemorySize"] / 1024,
        trigger_gb=resources["CrawlerTriggerFunction"]["Properties"]["MemorySize"] / 1024,
        buffer_seconds=parameter_default("BufferSeconds"),
        buffer_bytes=parameter_default("BufferMegabytes") * MEBIBYTE,
    )
