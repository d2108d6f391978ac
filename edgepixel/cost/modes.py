# SPDX-License-Identifier: Apache-2.0
"""The modes in which the application can be run, and what each gives for its price. docs/cost.md shows them."""

from dataclasses import dataclass

from edgepixel.cost.settings import DEFAULT, PLAIN, STANDARD, Setting


@dataclass(frozen=True)
class Mode:
    """A setting, in words: how soon hits are in the answers, who shortens addresses, what is measured and what not."""

    setting: Setting
    freshness: str
    privacy: str
    measured: str

    @property
    def parameters(self) -> dict[str, str]:
        """Those by which the modes differ."""
        return {name: value for name, value in self.setting.parameters.items() if name != "StreamMode"}


MODES_OF_A_STACK = (
    Mode(
        STANDARD,
        "usually within the hour, up to 24 hours",
        "addresses are shortened at the edge",
        "every hit that CloudFront logs, best effort; no quarantine. The log has the whole distribution's requests",
    ),
    Mode(
        PLAIN,
        "about 15 minutes",
        "addresses are shortened at the edge",
        "every hit that CloudFront logs, best effort; no quarantine: lines go into the lake as they come",
    ),
    Mode(
        DEFAULT,
        "about 16 minutes",
        "addresses are shortened at the edge",
        "every hit that CloudFront logs, best effort; lines that are none are kept apart",
    ),
    Mode(
        Setting(aggregated=True, edge_function=False),
        "about 16 minutes",
        "full addresses and headers pass the raw stream, for 24 hours; the aggregator shortens them",
        "the same, but no languages and client hints; headers from the 800th byte on are not seen",
    ),
)
