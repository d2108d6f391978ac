# SPDX-License-Identifier: Apache-2.0
"""Sums that other texts quote are those of the model, and prices stand in one module."""

import re

from edgepixel.cost.bill import DEFAULT_LINE_BYTES, Setting, Traffic, bill, break_even
from edgepixel.cost.prices import ALARM_METRIC, CUSTOM_METRIC, DASHBOARD
from edgepixel.template import read_template
from tests.conftest import ROOT

SMALL, LARGE = 10_000, 1_000_000  # "up to a million"


def _page(name: str) -> str:
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


def _usd(events: int, aggregated: bool, free_tier: bool = False) -> float:
    return bill(Traffic(events, DEFAULT_LINE_BYTES), Setting(aggregated, "PROVISIONED"), free_tier).usd


def _same_up_to_a_million(aggregated: bool) -> str:
    """The bill with free tiers in whole dollars, which must be one for all small sites."""
    (dollars,) = {f"${_usd(events, aggregated, free_tier=True):.0f}" for events in (SMALL, LARGE)}
    return dollars


def test_readme_and_repository_page_say_what_a_small_site_pays() -> None:
    aggregated, plain = _same_up_to_a_million(True), _same_up_to_a_million(False)
    assert f"about {aggregated} a month up to a million hits, without it {plain}" in _page("README.md")
    sar = f"About {aggregated} a month up to a million hits, nearly all of it for two Kinesis streams"
    assert f"{sar}; with `Aggregation=disabled` {plain}." in _page("docs/sar.md")


def test_readme_says_what_free_tiers_are_worth() -> None:
    worth = [
        _usd(events, aggregated) - _usd(events, aggregated, free_tier=True)
        for events in (SMALL, LARGE)
        for aggregated in (True, False)
    ]
    said = f"pays ${min(worth):.0f} to ${max(worth):.0f} more, of which ${DASHBOARD.usd:.0f} are the dashboard"
    assert said in _page("README.md")


def test_readme_says_when_aggregation_pays() -> None:
    free, listed = (break_even(DEFAULT_LINE_BYTES, "PROVISIONED", free_tier) for free_tier in (True, False))
    assert free is not None
    assert listed is not None
    said = f"({free / 1e6:.0f} million with AWS's free tiers, {listed / 1e6:.0f} million at list prices"
    assert said in _page("README.md")
    more = _usd(SMALL, True, free_tier=True) - _usd(SMALL, False, free_tier=True)
    assert f"costs more than it saves on Firehose, some ${more:.0f} a month" in _page("README.md")


def test_the_page_on_cost_says_what_aggregation_adds() -> None:
    page = _page("docs/cost.md")
    added = _usd(SMALL, True) - _usd(SMALL, False)
    assert f"about ${added:.0f} a month with one shard" in page
    assert f"Of the alarms' metrics {ALARM_METRIC.free:g} are free and of the dashboards {DASHBOARD.free:g}." in page
    items = {item.price: item for item in bill(Traffic(SMALL, 900), Setting(True, "PROVISIONED"), True).items}
    assert items[CUSTOM_METRIC].quantity <= CUSTOM_METRIC.free  # "All custom metrics fit in CloudWatch's free tier"


def test_the_parameter_says_what_a_dashboard_costs() -> None:
    description = read_template()["Parameters"]["Dashboard"]["Description"]
    assert (
        f"The first three of an account are free, each further one costs ${DASHBOARD.usd:.0f} a month." in description
    )
    assert DASHBOARD.free == 3
    assert f"each further one costs ${DASHBOARD.usd:.0f} a month" in _page("docs/parameters.md")


def test_no_other_module_holds_a_price() -> None:
    sources = [path for path in (ROOT / "edgepixel").rglob("*.py") if path.name != "prices.py"]
    assert [str(path) for path in sources if re.search(r"\$\d", path.read_text(encoding="utf-8"))] == []
