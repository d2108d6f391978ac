# SPDX-License-Identifier: Apache-2.0
"""The samples in events/, and which function each is for."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgepixel.errors import EdgePixelError
from edgepixel.paths import ROOT

EVENTS = ROOT / "events"
FUNCTIONS = {
    "aggregator": "AggregatorFunction",
    "edge_setup": "EdgeSetupFunction",
    # After the aggregator: what that sends makes the table that this one needs.
    "crawler_trigger": "CrawlerTriggerFunction",
    # After that one: they ask an answer, which reads the table, and the table's partitions.
    "hit_counter": "HitCounterFunction",
    "compactor": "CompactorFunction",
}
"""The functions' logical ids by the folder of their samples, in the order in which they are invoked."""
# As CloudFormation asks: alphabetical order would delete a resource before updating it.
_REQUESTS = ("Create", "Update", "Delete")


@dataclass(frozen=True)
class Sample:
    """One sample input. `name` is its path below events/."""

    name: str
    function: str
    event: dict[str, Any]


def read_samples(events: Path = EVENTS) -> list[Sample]:
    """Every sample, in the order in which they are invoked. Raises EdgePixelError for one of no known function."""
    found = []
    for path in sorted(events.rglob("*.json")):
        folder = path.relative_to(events).parts[0]
        if folder not in FUNCTIONS:
            raise EdgePixelError(f"{path}: no function has samples in a folder {folder!r}")
        event = json.loads(path.read_text(encoding="utf-8"))
        found.append(Sample(str(path.relative_to(events)), FUNCTIONS[folder], event))
    return sorted(found, key=_place)


def _place(sample: Sample) -> tuple[int, str, int]:
    function = list(FUNCTIONS.values()).index(sample.function)
    if "RequestType" not in sample.event:
        return function, sample.name, 0
    return function, sample.event["LogicalResourceId"], _REQUESTS.index(sample.event["RequestType"])
