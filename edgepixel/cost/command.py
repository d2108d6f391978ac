# SPDX-License-Identifier: Apache-2.0
"""`edgepixel cost`: what AWS bills for a month of a stack in each of its settings, and which is the cheapest."""

import json
from collections.abc import Sequence
from typing import get_args

import click
import rich.box
import rich.table
from rich.console import Console

from edgepixel.console.progress import output_console
from edgepixel.cost import prices
from edgepixel.cost.assumptions import DEFAULT_LINE_BYTES, HOURS, MOST_EVENTS, SECONDS
from edgepixel.cost.bill import Bill, bill, break_even
from edgepixel.cost.settings import DEFAULT, SETTINGS, StreamMode, Traffic
from edgepixel.option_types import PositiveNumber

COST_FORMATS = ("table", "json")
MODES: tuple[StreamMode, ...] = get_args(StreamMode.__value__)

FRESHNESS = (
    "With Source=standard, hits are in the answers within an hour as a rule, and sometimes a day later; with "
    "Source=realtime within minutes."
)
_NOT_INCLUDED = (
    f"Not included: Athena ({prices.ATHENA_PRICE}), tax, and other small items. Requests from Europe cost a fifth "
    "more. See docs/cost.md."
)


@click.command()
@click.option("--events-per-month", type=int, metavar="N", help="Hits of the pixel in a month, like 1000000.")
@click.option(
    "--hits-per-second",
    "--views-per-second",
    type=PositiveNumber(),
    metavar="N",
    help=f"Instead: hits in a second, over a whole month of {HOURS} hours. May be less than 1.",
)
@click.option(
    "--line-bytes",
    type=int,
    default=DEFAULT_LINE_BYTES,
    metavar="N",
    help="Mean length of a log line in bytes, with the edge function.",
)
@click.option(
    "--tag",
    type=click.Choice(("script", "image")),
    default="script",
    help="What pages have: browsers load the script, too, once an hour.",
)
@click.option("--free-tier", is_flag=True, help="Subtract AWS's free tiers that never expire.")
@click.option("--format", "form", type=click.Choice(COST_FORMATS), default="table", help="Form of the output.")
def cost(
    events_per_month: int | None,
    hits_per_second: float | None,
    line_bytes: int,
    tag: str,
    free_tier: bool,
    form: str,
) -> None:
    """Show what AWS bills for a month, in each setting side by side.

    The prices are list prices of one Region; nothing is asked of AWS.

    \b
    Examples:
      edgepixel cost --events-per-month 5000000
      edgepixel cost --views-per-second 2
    """
    if (events_per_month is None) == (hits_per_second is None):
        raise click.UsageError("give either --events-per-month or --hits-per-second")
    events = round(hits_per_second * SECONDS) if hits_per_second is not None else events_per_month
    print_bills(Traffic(events or 0, line_bytes, script=tag == "script"), free_tier, form, output_console())


def print_bills(traffic: Traffic, free_tier: bool, form: str, output: Console) -> None:
    """Print the bills for `traffic` side by side, as `table` or `json`."""
    bills = [bill(traffic, setting, free_tier) for setting in SETTINGS]
    break_evens = {mode: break_even(traffic.line_bytes, mode, free_tier) for mode in MODES}
    if form == "json":
        # Straight to the file: a console would wrap long lines and interpret brackets.
        output.file.write(json.dumps(_document(traffic, free_tier, bills, break_evens), indent=2) + "\n")
        return
    output.print(_table(traffic, free_tier, bills))
    best = cheapest(bills)
    output.print(f"Cheapest: {best.setting}, ${best.usd:,.2f} a month.", markup=False)
    with_streams = cheapest([one for one in bills if not one.setting.standard])
    output.print(f"With real-time logs: {with_streams.setting}, ${with_streams.usd:,.2f} a month.", markup=False)
    for mode, events in break_evens.items():
        output.print(break_even_sentence(mode, events), markup=False)
    output.print(FRESHNESS, markup=False)
    output.print(_NOT_INCLUDED, markup=False)


def cheapest(bills: Sequence[Bill]) -> Bill:
    """The lowest bill, and the first of equal ones, so that aggregation is preferred."""
    return min(bills, key=lambda bill: bill.usd)


def break_even_sentence(mode: StreamMode, events: int | None) -> str:
    """Above how many events aggregation saves money, in words."""
    if events is None:
        most = in_words(MOST_EVENTS)
        return f"With StreamMode={mode}, aggregation costs more than it saves up to {most} events a month."
    return f"With StreamMode={mode}, aggregation saves money above about {in_words(events)} events a month."


def in_words(number: int) -> str:
    """A large number to three digits at most: 113 million."""
    size, word = (10**9, "billion") if number >= 10**9 else (10**6, "million")
    return f"{number / size:.3g} {word}"


def dollars(amount: float) -> str:
    """Dollars and cents; `<0.01` for less than a cent that is not nothing."""
    return "<0.01" if 0 < amount < 0.005 else f"{amount:,.2f}"


def _table(traffic: Traffic, free_tier: bool, bills: Sequence[Bill]) -> rich.table.Table:
    table = rich.table.Table(
        title=(
            f"US dollars a month for {traffic.events:,} events with log lines of {traffic.line_bytes:,} bytes, "
            f"sent by {'the script' if traffic.script else 'images'}, "
            f"free tiers {'subtracted' if free_tier else 'not subtracted'}; "
            f"list prices of {prices.REGION}, collected {prices.COLLECTED}"
        ),
        title_justify="left",
        box=rich.box.SIMPLE_HEAD,
        show_footer=True,
    )
    table.add_column("\n".join(DEFAULT.parameters), footer="Total")
    for one in bills:
        head = "\n".join(one.setting.parameters.get(name, "-") for name in DEFAULT.parameters)
        table.add_column(head, footer=dollars(one.usd), justify="right")
    amounts = [{item.price: item.usd for item in one.items} for one in bills]
    for price in prices.PRICES:
        if any(price in column for column in amounts):
            cells = (dollars(column[price]) if price in column else "-" for column in amounts)
            table.add_row(price.item, *cells)
    return table


def _document(
    traffic: Traffic, free_tier: bool, bills: Sequence[Bill], break_evens: dict[StreamMode, int | None]
) -> dict[str, object]:
    return {
        "region": prices.REGION,
        "prices_collected": prices.COLLECTED,
        "events_per_month": traffic.events,
        "line_bytes": traffic.line_bytes,
        "tag": "script" if traffic.script else "image",
        "free_tier": free_tier,
        "bills": [
            {
                "parameters": one.setting.parameters,
                "usd": one.usd,
                "items": [
                    {
                        "item": item.price.item,
                        "quantity": item.quantity,
                        "unit": item.price.unit,
                        "free": item.free,
                        "usd": item.usd,
                    }
                    for item in one.items
                ],
            }
            for one in bills
        ],
        "cheapest": cheapest(bills).setting.parameters,
        "break_even_events_per_month": break_evens,
    }
