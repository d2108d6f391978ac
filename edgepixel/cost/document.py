# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/cost.md: `python -m edgepixel.cost.document` writes them anew."""

from edgepixel.cost import prices
from edgepixel.cost.bill import DEFAULT_LINE_BYTES, SETTINGS, Traffic, bill, break_even
from edgepixel.cost.command import MODES, cheapest, dollars, in_words
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import markdown, rewritten

PAGE = ROOT / "docs" / "cost.md"
COMMAND = "python -m edgepixel.cost.document"

_VOLUMES = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
_LINE_BYTES = (500, 600, 900, 1_200)


def tables() -> str:
    """Totals, break-evens and prices, in Markdown."""
    parts = (
        f"### A month's bill, log lines of {DEFAULT_LINE_BYTES} bytes, US dollars\n",
        _totals(free_tier=False),
        "The same with what AWS gives every account for ever (`--free-tier`):\n",
        _totals(free_tier=True),
        "### From how many events a month on aggregation saves money\n",
        _break_evens(),
        f"### Prices in {prices.REGION}, collected {prices.COLLECTED}\n",
        _prices(),
    )
    return "\n".join(parts)


def _totals(free_tier: bool) -> str:
    rows = []
    for events in _VOLUMES:
        bills = [bill(Traffic(events, DEFAULT_LINE_BYTES), setting, free_tier) for setting in SETTINGS]
        best = cheapest(bills)
        cells = [f"**{dollars(one.usd)}**" if one is best else dollars(one.usd) for one in bills]
        rows.append([f"{events:,}", *cells])
    heads = ["events a month"]
    for setting in SETTINGS:
        heads.append(f"{'aggregation' if setting.aggregated else 'no aggregation'}, `{setting.mode}`")
    return markdown(heads, rows, numbers=True)


def _break_evens() -> str:
    rows = []
    for line_bytes in _LINE_BYTES:
        points = [break_even(line_bytes, mode, free_tier) for mode in MODES for free_tier in (False, True)]
        rows.append([f"{line_bytes:,}", *(in_words(point) if point else "never" for point in points)])
    heads = ["bytes of a log line"]
    for mode in MODES:
        heads += [f"`{mode}`", f"`{mode}`, free tiers subtracted"]
    return markdown(heads, rows, numbers=True)


def _prices() -> str:
    rows = [
        [
            price.item,
            f"{price.usd:.10f}".rstrip("0").rstrip("."),
            f"1 {price.unit.removesuffix('s')}" if price.per == 1 else f"{price.per:,} {price.unit}",
            f"{price.free:,g}" if price.free < 10_000 else f"{price.free:,.0f}",
            f"{price.source}; [AWS](https://aws.amazon.com/{price.page}/)",
        ]
        for price in prices.PRICES
    ]
    return markdown(["item", "USD", "for", "free a month", "source; today's price"], rows)


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, tables()), encoding="utf-8")
