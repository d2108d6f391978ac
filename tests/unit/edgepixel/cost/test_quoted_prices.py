# SPDX-License-Identifier: Apache-2.0
"""What the texts say of the bill is what the model computes, and prices stand in one module."""

import re

import pytest

from edgepixel.cost.bill import DEFAULT_LINE_BYTES, Bill, Setting, Traffic, bill, break_even
from edgepixel.cost.prices import ALARM_METRIC, CUSTOM_METRIC, DASHBOARD, SHARD_HOUR
from edgepixel.cost.quoted_sums import FEW_HITS, MANY_HITS, readme_paragraph, repository_sentence, rounded_break_even
from edgepixel.template import read_template
from tests.conftest import ROOT


def _page(name: str) -> str:
    return _one_line((ROOT / name).read_text(encoding="utf-8"))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _bill(events: int, aggregated: bool, free_tier: bool = False) -> Bill:
    return bill(Traffic(events, DEFAULT_LINE_BYTES), Setting(aggregated, "PROVISIONED"), free_tier)


@pytest.mark.usefixtures("fixed_monitoring")
def test_readme_and_repository_page_get_these_sums() -> None:
    said = _one_line(readme_paragraph())
    assert "about $22 a month up to a million hits, without it $11:" in said
    assert "pays $4 to $7 more, of which $3 are the dashboard" in said
    assert "from about 100 million hits a month (98 million with AWS's free tiers, 118 million at list prices" in said
    assert "for lines of 900 bytes and provisioned streams)" in said
    sar = "About $22 a month up to a million hits, nearly all of it for two Kinesis streams"
    assert f"{sar}; with `Aggregation=disabled` $11." in _one_line(repository_sentence())


@pytest.mark.parametrize("aggregated", [True, False])
def test_up_to_a_million_hits_a_bill_hardly_grows(aggregated: bool) -> None:
    few, many = (_bill(events, aggregated, free_tier=True).usd for events in (FEW_HITS, MANY_HITS))
    assert 0 <= many - few < 0.5


def test_nearly_all_of_a_small_bill_is_for_the_streams() -> None:
    small = _bill(MANY_HITS, True, free_tier=True)
    (streams,) = [item.usd for item in small.items if item.price is SHARD_HOUR]
    assert streams > 0.9 * small.usd


def test_aggregation_pays_from_about_the_number_that_pages_give() -> None:
    said = f"about {rounded_break_even()} lines a month"
    assert f"`disabled` below {said}" in _page("README.md")
    assert f"cheaper below {said}" in _page("docs/parameters.md")
    assert f"from {said}" in _one_line(read_template()["Parameters"]["Aggregation"]["Description"])
    free, listed = (break_even(DEFAULT_LINE_BYTES, "PROVISIONED", free_tier) for free_tier in (True, False))
    assert free is not None
    assert listed is not None
    assert free < listed  # "with `--free-tier` aggregation pays earlier"


def test_the_page_on_cost_says_what_free_tiers_hold_and_what_aggregation_adds() -> None:
    free = f"{CUSTOM_METRIC.free:g} custom metrics, {ALARM_METRIC.free:g} metrics of alarms and {DASHBOARD.free:g}"
    assert f"{free} dashboards are in CloudWatch's free tier" in _page("docs/cost.md")
    with_aggregation, without = (
        {item.price: item.usd for item in _bill(FEW_HITS, aggregated).items} for aggregated in (True, False)
    )
    added = sum(with_aggregation.values()) - sum(without.values())
    named = sum(with_aggregation[price] - without[price] for price in (SHARD_HOUR, CUSTOM_METRIC, ALARM_METRIC))
    assert named == pytest.approx(added, rel=0.05)


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
