# SPDX-License-Identifier: Apache-2.0
"""What a shop's own server sends: its money counts, for the visitor whose browser named the order, and nobody else."""

from collections.abc import Sequence

import pytest

from edgepixel.answers.currencies import minor_units
from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.template.reader import answer_queries
from localcloud.in_process_lake import run_query
from tests.loaded_once import loaded_once
from tests.unit.view.event_view import NOW, ask, line

SERVER = {"c_ip": "203.0.113.0", "cs_user_agent": "python-requests/2.32", "asn": "24940"}
NONE = ("(none)", "(none)", "(none)")
SPRING = ("mail", "email", "spring")
AUTUMN = ("google", "cpc", "autumn")
SOLD = "by=server&e=purchase&o=A&v=49.90&c=EUR"
BOUGHT = "e=purchase&o=A&v=49.90&c=EUR"
type Row = tuple[str | None, ...]


def campaign(names: tuple[str, str, str]) -> str:
    return "&".join(f"utm_{name}={value}" for name, value in zip(("source", "medium", "campaign"), names, strict=True))


def lines(number: int, sent: Sequence[str], site: str = "") -> list[str]:
    """One line a minute: of the server, if it is marked or of `script:`, else of a visitor, `other:` or `nobody:`."""
    senders = {"": {"c_ip": f"198.51.{number}.0"}, "other": {"c_ip": f"192.0.{number}.0"}, "nobody": {"c_ip": "-"}}
    found = []
    for minute, text in enumerate(sent):
        sender, _, query = text.rpartition(":")
        fields = SERVER if "by=server" in query or sender == "script" else senders[sender]
        time = f"{1_795_420_000 + 60 * minute}.000"
        found.append(line(f"{number}-{minute}", cs_uri_query=f"{query}{site}", timestamp=time, **fields))
    return found


# What is sent of order A, and campaign, orders and revenue: of the first touch, and of the last.
REVENUE: dict[str, tuple[Sequence[str], list[Row]]] = {
    "of nobody": ([SOLD], [(*NONE, "1", "49.9000", "1", "49.9000")]),
    "without the mark": ([f"script:{BOUGHT}"], []),
    "a retry, and a refund with its own": (
        [SOLD, SOLD, "by=server&e=refund&o=A&v=-9.90&c=EUR", "by=server&e=refund&o=A&v=-9.90&c=EUR"],
        [(*NONE, "1", "40.0000", "1", "40.0000")],
    ),
    "without an id": (
        ["by=server&e=purchase&v=1&c=EUR", "by=server&e=purchase&v=1&c=EUR"],
        [(*NONE, "2", "2.0000", "2", "2.0000")],
    ),
    "of who named the order at the checkout": (
        [campaign(SPRING), campaign(AUTUMN), "e=checkout&o=A", SOLD],
        [(*AUTUMN, "0", "0.0000", "1", "49.9000"), (*SPRING, "1", "49.9000", "0", "0.0000")],
    ),
    "not of who named another order": (
        [campaign(SPRING), "e=checkout&o=AB", SOLD],
        [(*NONE, "1", "49.9000", "1", "49.9000")],
    ),
    "not of who named an order of another site": (
        [campaign(SPRING), "e=checkout&o=A&s=another", SOLD],
        [(*NONE, "1", "49.9000", "1", "49.9000")],
    ),
    "before the page that says thank you": (
        [campaign(SPRING), SOLD, BOUGHT],
        [(*SPRING, "1", "49.9000", "1", "49.9000")],
    ),
    "campaigns up to the purchase only": (
        ["e=checkout&o=A", SOLD, campaign(SPRING)],
        [(*NONE, "1", "49.9000", "1", "49.9000")],
    ),
    "of the first of two who named it": (
        [campaign(SPRING), f"other:{campaign(AUTUMN)}", "e=checkout&o=A", "other:e=checkout&o=A", SOLD],
        [(*SPRING, "1", "49.9000", "1", "49.9000")],
    ),
    "with a campaign that the server knows": (
        [f"{SOLD}&{campaign(SPRING)}"],
        [(*SPRING, "1", "49.9000", "1", "49.9000")],
    ),
    "of somebody without a key, whose own purchase has a campaign": (
        [SOLD, f"nobody:{BOUGHT}&{campaign(AUTUMN)}"],
        [(*AUTUMN, "1", "49.9000", "1", "49.9000")],
    ),
    "a campaign of the server that is no sale": (
        [f"by=server&{campaign(SPRING)}", f"by=server&e=checkout&o=A&{campaign(SPRING)}", SOLD],
        [(*NONE, "1", "49.9000", "1", "49.9000")],
    ),
}
CURRENCIES = dict(zip(REVENUE, sorted(minor_units()), strict=False))  # by which the answer tells them apart

STEPS = ["e=view", "e=product", "e=cart&i=x", "e=checkout&o=A"]
# What is sent, visitors of each step, and carts and how many of them were left.
VISITS: dict[str, tuple[Sequence[str], list[int], tuple[int, int]]] = {
    "of who named the order": ([*STEPS, SOLD], [1, 1, 1, 1, 1], (1, 0)),
    "of who named it after the server": ([*STEPS[:3], "e=checkout", SOLD, "e=view&o=A"], [1, 1, 1, 1, 1], (1, 0)),
    "of two orders either": ([*STEPS, "e=checkout&o=B", "by=server&e=purchase&o=B"], [1, 1, 1, 1, 1], (1, 0)),
    "after a purchase of one's own": ([BOUGHT, *STEPS[:3], "e=checkout", SOLD], [1, 1, 1, 1, 1], (1, 0)),
    "of nobody": ([*STEPS[:3], "e=checkout", SOLD], [1, 1, 1, 1, 0], (1, 1)),
    "too early": ([SOLD, *STEPS], [1, 1, 1, 1, 0], (1, 1)),
    "without the mark": ([*STEPS, f"script:{BOUGHT}"], [1, 1, 1, 1, 0], (1, 1)),
    "a refund": ([*STEPS, "by=server&e=refund&o=A"], [1, 1, 1, 1, 0], (1, 1)),
    "a cart of the server's": ([*STEPS, "by=server&e=cart&i=y&o=A"], [1, 1, 1, 1, 0], (1, 1)),
}


@pytest.fixture(scope="module")
def revenue() -> dict[str | None, list[Row]]:
    """Campaign, orders and revenue by currency, of all that is sent at once."""
    sent: list[str] = []
    for number, (name, currency) in enumerate(CURRENCIES.items()):
        own = [text.replace("o=A", f"o=A{number}").replace("c=EUR", f"c={currency}") for text in REVENUE[name][0]]
        sent += lines(number, own)
    found: dict[str | None, list[Row]] = {}
    for row in ask(answer_queries()["campaign-revenue"], sent).rows:
        found.setdefault(row[3], []).append((*row[:3], *row[4:]))
    return found


@pytest.mark.parametrize("name", REVENUE)
def test_revenue(name: str, revenue: dict[str | None, list[Row]]) -> None:
    assert revenue.get(CURRENCIES[name], []) == REVENUE[name][1]


@pytest.fixture(scope="module")
def visits() -> dict[str, tuple[list[int], tuple[int, ...]]]:
    """Visitors of each step, carts and abandoned carts, of what is sent on a site for each."""
    sent = [one for number, (texts, *_) in enumerate(VISITS.values()) for one in lines(number, texts, f"&s={number}")]
    found = {}
    ask("SELECT 1", sent)
    with loaded_once():
        for number, name in enumerate(VISITS):
            steps = _rows("funnel", f"{number}")
            carts = _rows("abandoned-carts", f"{number}")
            found[name] = [int(row[2] or 0) for row in steps], tuple(int(cell or 0) for cell in carts[0][2:4])
    return found


def _rows(name: str, site: str | None = None) -> list[list[str | None]]:
    return run_query(answer_sql(answer_queries(), name, site=site), NOW).rows


@pytest.mark.parametrize("name", VISITS)
def test_funnel_and_carts(name: str, visits: dict[str, tuple[list[int], tuple[int, ...]]]) -> None:
    assert visits[name] == VISITS[name][1:]


def test_a_server_is_no_visitor_and_no_beacon() -> None:
    people = lines(0, ["e=view", "e=impression&i=x"])
    told = lines(1, ["by=server&e=view", "by=server&e=impression&i=x", SOLD])
    ask("SELECT 1", people + told)
    with loaded_once():
        assert [row[1:] for row in _rows("visitor-count")] == [["1", "2"], ["1", "2"]]
        assert sum(int(row[3] or 0) for row in _rows("billable-beacons")) == 2


def test_many_orders_without_an_agent_are_not_abnormal_and_one_again_and_again_is() -> None:
    quiet = SERVER | {"cs_user_agent": "-"}
    sent = [line(f"id-{n}", cs_uri_query=f"by=server&e=purchase&o={n}&v=1&c=EUR", **quiet) for n in range(40)]
    again = [line(f"again-{n}", cs_uri_query="by=server&e=purchase&o=A&v=1&c=EUR", **SERVER) for n in range(40)]
    assert [row[2:] for row in ask(answer_queries()["abnormal-events"], sent + again).rows] == [
        ["replay_storm", None, "again-0", "40"]
    ]
