# SPDX-License-Identifier: Apache-2.0
"""What the answer `mistakes` says of hits that will not count as their sender thinks: the template's own SQL."""

from collections.abc import Mapping
from urllib.parse import quote

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.template.reader import answer_queries
from tests.unit.view.event_view import ask, line

type Found = tuple[str, str | None, str | None, int]

SQL = answer_queries()["mistakes"]
NAMES: Mapping[str, str] = answer("mistakes").module("truth").NAMES


def rows(*queries: str, sql: str = SQL, **fields: str) -> list[tuple[str | None, ...]]:
    """What is told of hits that lack nothing else."""
    lines = (line(f"id-{number}", cs_uri_query=query, **fields) for number, query in enumerate(queries))
    return [tuple(row) for row in ask(sql, lines).rows]


def mistakes(*queries: str, **fields: str) -> list[Found]:
    """Mistake, what was sent, what is meant, and how often."""
    return [(str(row[0]), row[1], row[2], int(row[3] or 0)) for row in rows(*queries, **fields)]


ORDER = "e=purchase&o=A&v=7.00&c=EUR"
ORDERS: Mapping[str, tuple[str, list[Found]]] = {
    "right": (ORDER, []),
    "right, with a template's ampersands": (ORDER.replace("&", "&amp;"), []),
    "nothing for nothing": ("e=purchase&o=A&v=0", []),
    "a decimal comma": ("e=purchase&o=A&v=19,90&c=EUR", [("unreadable_amount", "purchase", None, 1)]),
    "thousands": ("e=purchase&o=A&v=1,000.00&c=EUR", [("unreadable_amount", "purchase", None, 1)]),
    "a symbol": ("e=purchase&o=A&v=%E2%82%AC%207.00&c=EUR", [("unreadable_amount", "purchase", None, 1)]),
    "no such currency": ("e=cart&v=7&c=EURO", [("unknown_currency", "cart", None, 1)]),
    "no currency": ("e=cart&v=7", [("amount_without_currency", "cart", None, 1)]),
    "no amount": ("e=purchase&o=A", [("purchase_without_amount", "purchase", None, 1)]),
    "no order": ("e=refund&v=7&c=EUR", [("purchase_without_order", "refund", None, 1)]),
    "an escape that is none": ("e=view&t=100%25-%", [("malformed_query", None, None, 1)]),
    "parameters as JavaScript has them": (
        "e=purchase&order=A&value=7.00&currency=EUR",
        [
            ("parameter_name", "currency", "c", 1),
            ("parameter_name", "order", "o", 1),
            ("parameter_name", "value", "v", 1),
            ("purchase_without_amount", "purchase", None, 1),
            ("purchase_without_order", "purchase", None, 1),
        ],
    ),
}


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_that_counts_otherwise_than_meant_is_told(name: str) -> None:
    query, expected = ORDERS[name]
    assert mistakes(query) == expected


UNFILLED = (
    "{order:}", "{order}", "{}", "{0}", "${order.id}", "{{ order.id }}", "{{order_id}}", "A-{{id}}", "%%ORDER%%",
    "%ORDER%", "<%= order.id %>", "<order>", "[ORDER]", "[[order.id]]", "$order_id", ":order", "@Model.Id",
    "ORDER_ID", "orderId", "order-number", "YOUR_ORDER_ID", "order", "false", "0", "000", "XXX", "N/A",
)  # fmt: skip
FILLED = (
    "A-1", "1", "10", "0001", "{0f8fad5b-d9cb-469f-a165-70867728950e}", "order-1", "ORD/2026/7", "#1001", "100%",
    "50%25", "(7)", "nullable-7", "abc", "x7", "$7", "[2026] 7",
)  # fmt: skip


@pytest.mark.parametrize("order_id", UNFILLED)
def test_an_order_id_that_nobody_filled_in_is_told(order_id: str) -> None:
    (row,) = rows(f"e=purchase&o={quote(order_id, safe='')}&v=7.00&c=EUR")
    assert (row[0], row[1], row[2], row[6]) == ("unfilled_order", "purchase", None, order_id)


def test_an_order_id_that_looks_odd_is_none_of_these() -> None:
    assert mistakes(*(f"e=purchase&o={quote(one, safe='')}&v=7.00&c=EUR" for one in FILLED)) == []


def test_what_the_simulation_s_templates_leave_is_told() -> None:
    unfilled = answer("mistakes").module("truth").UNFILLED
    assert set(unfilled) & {None, ""} == set()
    found = mistakes(*(f"e=purchase&o={quote(one, safe='')}&v=7.00&c=EUR" for one in unfilled))
    assert found == [("unfilled_order", "purchase", None, len(unfilled))]


PARAMETERS = {
    "val": "v", "Amount": "v", "V": "v", "orderid": "o", "order_id": "o", "transaction-id": "o", "O": "o",
    "Event": "e", "event_name": "e", "url": "u", "referrer": "r", "title": "t", "Site": "s", "product_id": "i",
    "sku": "i", "currency": "c", "UTM_source": "utm_source", "utmmedium": "utm_medium", "utm-campaign": "utm_campaign",
}  # fmt: skip


@pytest.mark.parametrize("form", ["{sent}=x", "n=1&amp;{sent}=x&n=2"])
def test_a_parameter_that_the_pixel_does_not_know_is_told_by_what_it_seems_to_mean(form: str) -> None:
    found = mistakes(*(form.format(sent=sent) for sent in PARAMETERS))
    assert found == sorted(("parameter_name", sent, meant, 1) for sent, meant in PARAMETERS.items())


def test_beside_the_parameter_itself_another_one_is_the_sender_s_own() -> None:
    assert mistakes(*(f"{meant}=a&{sent}=x" for sent, meant in PARAMETERS.items() if meant not in "vc")) == []
    assert mistakes("v=7&c=EUR&val=7&currency=EUR&Amount=7") == []


def test_what_looks_like_no_parameter_of_the_pixel_is_no_mistake() -> None:
    queries = (
        "n=1&flag&author=r&rr=2&tags[]=a", "utm_source=a&utm_medium=b&utm_campaign=c&utm_id=d", "gclid=a&fbclid=b", "",
        "t=order=7", "t=a%26order%3D7", "mode=val&vals=1&subtotal=2&recurrence=c",
    )  # fmt: skip
    assert mistakes(*queries) == []


def test_every_spelling_of_a_well_known_event_is_told_and_the_event_itself_is_not() -> None:
    found = mistakes(*(f"e={name}&o=A&v=7&c=EUR" for name in NAMES))
    assert sorted(found) == sorted(("event_name", name, meant, 1) for name, meant in NAMES.items() if name != meant)


def test_case_and_what_stands_between_words_does_not_hide_a_well_known_event() -> None:
    names = {
        "Purchased": "purchase",
        "add-to-cart": "cart",
        "Add to cart": "cart",
        "AddToCart": "cart",
        "Refund": "refund",
    }
    sent = (f"e={name.replace(' ', '%20')}&o=A&v=7&c=EUR" for name in names)
    assert mistakes(*sent) == sorted(("event_name", name, meant, 1) for name, meant in names.items())


def test_a_name_that_is_sent_less_often_than_the_same_in_other_letters_is_a_mistake() -> None:
    queries = ["e=sign-up&s=shop"] * 3 + ["e=Sign_Up&s=Shop", "e=signup&s=SHOP", "e=sign-in&s=shop-2"]
    assert mistakes(*queries) == [
        ("event_name", "Sign_Up", "sign-up", 1),
        ("event_name", "signup", "sign-up", 1),
        ("site_name", "SHOP", "shop", 1),
        ("site_name", "Shop", "shop", 1),
    ]


def test_a_purchase_by_a_program_is_told_with_the_reason_for_its_class() -> None:
    curl = {"cs_user_agent": "curl/8.5.0"}
    assert mistakes(ORDER, "e=view", **curl) == [("sent_by_program", "http_library", None, 1)]
    assert mistakes(ORDER.replace("purchase", "refund"), asn="16509") == [
        ("sent_by_program", "datacenter_network", None, 1)
    ]
    assert mistakes(f"{ORDER}&by=server", **curl) == [], "it says that it is the site's own, and counts"


def test_the_newest_event_is_the_example() -> None:
    def sent(number: int, second: int, page: str, value: str) -> str:
        query = f"e=purchase&o=A{number}&v={value}&c=EUR&u=https%3A%2F%2Fshop.example%2F{page}"
        return line(f"id-{number}", timestamp=f"17954292{second:02}.250", cs_uri_query=query)

    lines = [sent(1, 5, "zz", "1,00"), sent(2, 9, "aa", "2,00"), sent(3, 7, "mm", "3,00")]
    expected = ("unreadable_amount", "purchase", None, "3")
    at = ("https://shop.example/aa", "v=2,00 c=EUR")
    assert [tuple(row) for row in ask(SQL, lines).rows] == [(*expected, "2026-11-23 10:20:09.250", *at)]
    berlin = answer_sql(answer_queries(), "mistakes", time_zone="Europe/Berlin")
    assert [tuple(row) for row in ask(berlin, lines).rows] == [(*expected, "2026-11-23 11:20:09.250", *at)]
    (program,) = rows(ORDER, cs_user_agent="curl/8.5.0")
    assert program[-1] == "A"


def test_a_hit_that_is_there_twice_or_was_refused_or_is_the_doctor_s_is_told_once_or_not() -> None:
    same = line("id-0", cs_uri_query="e=Purchase")
    assert [row[3] for row in ask(SQL, [same, same]).rows] == ["1"]
    assert mistakes("e=Purchase", sc_status="403") == []
    assert mistakes("e=edgepixel-doctor&val=7") == []
