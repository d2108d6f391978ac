# SPDX-License-Identifier: Apache-2.0
"""Families of agents, what is held out, and the figures about them."""

import pytest

from benchmarks.agents.classified import Told, classify
from benchmarks.agents.families import family, held_out
from benchmarks.agents.figures import accuracy, figures
from benchmarks.agents.labelled import Agent
from edgepixel.template.reader import read_template

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AhrefsBot/7.0", "Mozilla/5.0 (compatible; AhrefsBot/5.2; +http://ahrefs.com/robot/)"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-S911B) {_WEBKIT}", f"Mozilla/5.0 (Linux; Android 9; SM-G960F) {_WEBKIT}"),
        ("Thing/1.0 (Windows)", "Thing/2.4 (Windows)"),
    ],
)
def test_near_duplicates_are_of_one_family(one: str, other: str) -> None:
    assert family(one) == family(other)


def test_makers_and_products_are_families_of_their_own_and_about_half_is_held_out() -> None:
    names = [
        family(f"Mozilla/5.0 (Linux; Android 14; {maker} 12) {_WEBKIT}") for maker in ("Pixel", "OnePlus", "Redmi")
    ]
    assert names == ["pixel", "oneplus", "redmi"]
    assert family("MJ12bot/v1.4.8") != family("AhrefsBot/7.0")
    assert 400 < sum(held_out(f"product {number}") for number in range(1000)) < 600


def test_figures_count_programs_as_positives_and_views_by_weight() -> None:
    agents = [
        Agent("told bot", person=False),
        Agent("missed bot", person=False),
        Agent("person", person=True, weight=3, os="iOS"),
        Agent("taken for a bot", person=True, weight=1, os="iOS"),
        Agent("another", person=True, weight=0, os="Linux"),
    ]
    bot, human = Told("bot", "", "other", "other", "other"), Told("human", "", "Safari", "iOS", "mobile")
    told = {agent.text: human for agent in agents} | {"told bot": bot, "taken for a bot": bot}
    found = figures(agents, told)
    assert (found.precision, found.recall, found.specificity, found.people) == (0.5, 0.5, 0.75, 3)
    assert accuracy(agents, told, "os") == pytest.approx(1 / 3)
    assert accuracy(agents, told, "os", "iOS") == 0.5
    assert accuracy(agents, told, "device") is None
    assert figures(agents[2:], told).precision is None


def test_agents_are_classified_by_the_view_of_a_template() -> None:
    told = classify(read_template(), ["Googlebot/2.1", "\t"])
    assert told["Googlebot/2.1"] == Told("bot", "declared_bot", "other", "other", "other")
    assert told["\t"].reason == "not_a_browser"
