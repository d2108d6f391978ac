# SPDX-License-Identifier: Apache-2.0
"""What README and the page of the Serverless Application Repository say of the bill, with the model's sums."""

from textwrap import fill

from edgepixel.cost.bill import DEFAULT_LINE_BYTES, Setting, Traffic, bill, break_even
from edgepixel.cost.command import in_words
from edgepixel.cost.prices import DASHBOARD
from edgepixel.errors import TrafficError

FEW_HITS, MANY_HITS = 10_000, 1_000_000  # a month: between them a bill hardly grows
_WIDTH = 120


def readme_paragraph() -> str:
    """What a small site pays in each setting, what free tiers are worth, and when aggregation pays."""
    with_aggregation, without = (_whole_dollars(_small_bill(aggregated)) for aggregated in (True, False))
    least, most = (_whole_dollars(worth) for worth in worth_of_free_tiers())
    with_free_tiers, listed = (break_even_events(free_tier) for free_tier in (True, False))
    return _wrapped(
        f"With aggregation, about {with_aggregation} a month up to a million hits, without it {without}: the "
        "difference is the price of shortened addresses, Global Privacy Control and the quarantine. An account that "
        f"has used up AWS's free tiers pays {least} to {most} more, of which {_whole_dollars(DASHBOARD.usd)} are the "
        "dashboard (`Dashboard=disabled`). Aggregation pays for itself from about "
        f"{rounded_break_even()} hits a month ({with_free_tiers / 10**6:.0f} million with AWS's free tiers, "
        f"{listed / 10**6:.0f} million at list prices, for lines of {DEFAULT_LINE_BYTES} bytes and provisioned "
        "streams). [docs/cost.md](docs/cost.md) has the bill item by item; this computes yours:"
    )


def repository_sentence() -> str:
    """What a small site pays."""
    with_aggregation, without = (_whole_dollars(_small_bill(aggregated)) for aggregated in (True, False))
    return _wrapped(
        f"**Cost.** About {with_aggregation} a month up to a million hits, nearly all of it for two Kinesis streams; "
        f"with `Aggregation=disabled` {without}."
    )


def worth_of_free_tiers() -> tuple[float, float]:
    """US dollars a month that free tiers save a small site: the least and the most of both settings."""
    worth = [
        _usd(events, aggregated, free_tier=False) - _usd(events, aggregated, free_tier=True)
        for events in (FEW_HITS, MANY_HITS)
        for aggregated in (True, False)
    ]
    return min(worth), max(worth)


def break_even_events(free_tier: bool) -> int:
    """Events a month above which aggregation saves money, for lines of the default length and provisioned streams.

    Raises TrafficError if there is no such number, because then the texts have to say something else.
    """
    events = break_even(DEFAULT_LINE_BYTES, "PROVISIONED", free_tier)
    if events is None:
        raise TrafficError(f"aggregation never saves money with lines of {DEFAULT_LINE_BYTES} bytes")
    return events


def rounded_break_even() -> str:
    """The middle of both break-evens, to one digit: 100 million."""
    middle = (break_even_events(free_tier=True) + break_even_events(free_tier=False)) / 2
    return in_words(round(float(f"{middle:.1g}")))


def _small_bill(aggregated: bool) -> float:
    return _usd(MANY_HITS, aggregated, free_tier=True)


def _usd(events: int, aggregated: bool, free_tier: bool) -> float:
    return bill(Traffic(events, DEFAULT_LINE_BYTES), Setting(aggregated, "PROVISIONED"), free_tier).usd


def _whole_dollars(usd: float) -> str:
    return f"${usd:.0f}"


def _wrapped(text: str) -> str:
    return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"
