# SPDX-License-Identifier: Apache-2.0
"""What the texts say of the bill is what the model computes, and prices stand in one module."""

import re

import pytest

from edgepixel.cost.assumptions import DEFAULT_LINE_BYTES
from edgepixel.cost.bill import Bill, bill, break_even
from edgepixel.cost.prices import ALARM_METRIC, CUSTOM_METRIC, DASHBOARD, KMS_REQUEST, SHARD_HOUR, TRACE
from edgepixel.cost.quoted_sums import VOLUMES, readme_paragraph, repository_sentence, rounded_break_even
from edgepixel.cost.settings import DEFAULT, PLAIN, STANDARD, Setting, Traffic
from edgepixel.template.reader import read_template
from tests.conftest import ROOT


def _page(name: str) -> str:
    return _one_line((ROOT / name).read_text(encoding="utf-8"))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _bill(events: int, setting: Setting, free_tier: bool = False) -> Bill:
    return bill(Traffic(events, DEFAULT_LINE_BYTES), setting, free_tier)


@pytest.mark.usefixtures("fixed_monitoring")
def test_readme_and_repository_page_get_these_sums() -> None:
    said = _one_line(readme_paragraph())
    assert (
        "A month of 30,000 and 1 million hits of the script, and of 100 million of an image, with AWS's free tiers"
        in said
    )
    assert "`Source=standard`, for a blog: $0.07, $0.07 and $100." in said
    assert "the default, for answers within minutes: $23, $23 and $127, or with `Aggregation=disabled` $11" in said
    assert "from about 100 million hits a month" in said
    sar = "With `Source=standard` $0.07 a month for 30,000 hits and $0.07 for a million"
    assert sar in _one_line(repository_sentence())


def test_a_blog_pays_less_than_a_dollar_and_less_than_ten_cents_with_free_tiers() -> None:
    """With standard logs, alarms and custom metrics included, as the template has them."""
    assert 0 < _bill(VOLUMES[0], STANDARD).usd < 1.00
    assert 0 < _bill(VOLUMES[0], STANDARD, free_tier=True).usd < 0.10


@pytest.mark.parametrize("setting", [DEFAULT, PLAIN, STANDARD], ids=str)
def test_up_to_a_million_hits_a_bill_hardly_grows(setting: Setting) -> None:
    few, many = (_bill(events, setting, free_tier=True).usd for events in VOLUMES[:2])
    assert 0 <= many - few < 0.5


def test_nearly_all_of_a_small_bill_is_for_the_streams() -> None:
    small = _bill(VOLUMES[1], DEFAULT, free_tier=True)
    streams = sum(item.usd for item in small.items if item.price in (SHARD_HOUR, KMS_REQUEST))
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
        {item.price: item.usd for item in _bill(10_000, one).items} for one in (DEFAULT, PLAIN)
    )
    added = sum(with_aggregation.values()) - sum(without.values())
    named = sum(with_aggregation[price] - without[price] for price in (SHARD_HOUR, CUSTOM_METRIC, ALARM_METRIC, TRACE))
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
