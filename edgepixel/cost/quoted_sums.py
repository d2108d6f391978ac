# SPDX-License-Identifier: Apache-2.0
"""What README and the page of the Serverless Application Repository say of the bill, with the model's sums."""

from collections.abc import Sequence
from textwrap import fill

from edgepixel.cost.assumptions import DEFAULT_LINE_BYTES
from edgepixel.cost.bill import bill, break_even
from edgepixel.cost.command import in_words
from edgepixel.cost.prices import DASHBOARD
from edgepixel.cost.settings import DEFAULT, PLAIN, STANDARD, Setting, Traffic
from edgepixel.errors import TrafficError

VOLUMES = (30_000, 1_000_000, 100_000_000)
"""Hits a month of a blog, of a busy site, which have the script, and of an exchange, whose ads have an image."""

_WIDTH = 120


def readme_paragraph() -> str:
    """Which source to choose, what each costs at three volumes, and when aggregation pays."""
    blog, site, exchange = f"{VOLUMES[0]:,}", *(in_words(events) for events in VOLUMES[1:])
    with_free_tiers, listed = (break_even_events(free_tier) for free_tier in (True, False))
    lines = (
        f"A month of {blog} and {site} hits of the script, and of {exchange} of an image, with AWS's free tiers:\n",
        f"- `Source=standard`, for a blog: {_listed(_sums(STANDARD))}. Answers are usually within the hour, and "
        "sometimes a day later.",
        f"- `Source=realtime`, the default, for answers within minutes: {_listed(_sums(DEFAULT))}, or with "
        f"`Aggregation=disabled` {_listed(_sums(PLAIN))}.\n",
        "Aggregation adds the quarantine, and pays for itself from about "
        f"{rounded_break_even()} hits a month ({with_free_tiers / 10**6:.0f} million with free tiers, "
        f"{listed / 10**6:.0f} million at list prices, for lines of {DEFAULT_LINE_BYTES} bytes and provisioned "
        "streams). An account that has used up its free tiers pays "
        f"{_cents(_listed_more(STANDARD))} more with standard logs and {_cents(_listed_more(DEFAULT))} with "
        f"real-time ones, of which {_cents(DASHBOARD.usd)} are the dashboard in CloudWatch (`Dashboard=disabled`). "
        "[docs/cost.md](docs/cost.md) has the bill item by item, and `edgepixel cost` computes yours.",
    )
    return "".join(_wrapped(line) + ("\n" if line.endswith("\n") else "") for line in lines)


def repository_sentence() -> str:
    """What a small site pays."""
    blog, site = VOLUMES[:2]
    return _wrapped(
        f"**Cost.** With `Source=standard` {_cents(_usd(STANDARD, blog))} a month for {blog:,} hits and "
        f"{_cents(_usd(STANDARD, site))} for a million, with AWS's free tiers. With `Source=realtime`, the "
        f"default, about {_whole_dollars(_usd(DEFAULT, site))} up to a million hits, nearly all of it for "
        f"two Kinesis streams, and {_whole_dollars(_usd(PLAIN, site))} with `Aggregation=disabled`."
    )


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


def _sums(setting: Setting) -> list[str]:
    return [_cents(_usd(setting, events)) for events in VOLUMES]


def _usd(setting: Setting, events: int, free_tier: bool = True) -> float:
    return bill(Traffic(events, DEFAULT_LINE_BYTES, script=events < VOLUMES[-1]), setting, free_tier).usd


def _listed_more(setting: Setting) -> float:
    """US dollars a month that free tiers are worth to the smallest of the volumes."""
    return _usd(setting, VOLUMES[0], free_tier=False) - _usd(setting, VOLUMES[0])


def _listed(texts: Sequence[str]) -> str:
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def _cents(usd: float) -> str:
    """An amount as people write it: cents below ten dollars, else whole dollars."""
    return _whole_dollars(usd) if usd >= 10 else f"${usd:.2f}"


def _whole_dollars(usd: float) -> str:
    return f"${usd:.0f}"


def _wrapped(text: str) -> str:
    indent = "  " if text.startswith("- ") else ""
    return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent) + "\n"
