# SPDX-License-Identifier: Apache-2.0
"""For what traffic, and for which parameters of the template, a bill is made."""

from dataclasses import dataclass
from typing import Literal

from edgepixel.cost.assumptions import FEWEST_LINE_BYTES, MOST_EVENTS, MOST_LINE_BYTES
from edgepixel.errors import TrafficError

type StreamMode = Literal["PROVISIONED", "ON_DEMAND"]


@dataclass(frozen=True)
class Traffic:
    """Events a month, and the mean length of their log lines in bytes, newline included, with the edge function.

    `script`: pages have the tag of the script, which browsers load, too; else an image alone. Raises TrafficError for
    numbers that no site has, and above MOST_EVENTS.
    """

    events: int
    line_bytes: int
    script: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.events <= MOST_EVENTS:
            raise TrafficError(f"{self.events:,} events a month: give a number from 1 to {MOST_EVENTS:,}")
        if not FEWEST_LINE_BYTES <= self.line_bytes <= MOST_LINE_BYTES:
            limits = f"from {FEWEST_LINE_BYTES:,} to {MOST_LINE_BYTES:,}"
            raise TrafficError(f"{self.line_bytes:,} bytes of a log line: give a number {limits}")


@dataclass(frozen=True)
class Setting:
    """The template's parameters that decide what a stack consists of.

    With `standard` (Source=standard) there are no streams, and the others say nothing.
    """

    aggregated: bool = False
    mode: StreamMode = "PROVISIONED"
    edge_function: bool = True
    standard: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """As they are given to the template: those that are of consequence."""
        if self.standard:
            return {"Source": "standard"}
        return {
            "Source": "realtime",
            "EdgeFunction": _switch(self.edge_function),
            "Aggregation": _switch(self.aggregated),
            "StreamMode": self.mode,
        }

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.parameters.items())


STANDARD = Setting(standard=True)
PLAIN = Setting()
DEFAULT = Setting(aggregated=True)
"""The template's defaults."""

SETTINGS = (
    STANDARD,
    PLAIN,
    DEFAULT,
    Setting(aggregated=True, edge_function=False),
    Setting(mode="ON_DEMAND"),
    Setting(aggregated=True, mode="ON_DEMAND"),
)
"""In the order of a table."""


def _switch(is_on: bool) -> str:
    return "enabled" if is_on else "disabled"
