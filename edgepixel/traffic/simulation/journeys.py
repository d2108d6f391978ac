# SPDX-License-Identifier: Apache-2.0
"""What visitors do: the steps of a visit, before anything is encoded or sent."""

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from edgepixel.traffic.simulation.site import (
    BANNERS,
    BLOG,
    CAMPAIGNS,
    CART,
    CHECKOUT,
    CURRENCIES,
    LINKS,
    MAGAZINE,
    ORDERS,
    POSTS,
    PRODUCTS,
    SEARCH_ENGINES,
    SHOP_HOME,
    THANKS,
    Campaign,
    Page,
    Product,
    Referrer,
)

_RELOADED = 0.15  # of the pages that say thank you, which sends the event again
_CHANGED = 0.04  # of the orders that are sent once more with another amount
_NUMBERED = 0.6  # of the checkouts, whose page knows the order's number before it is paid


@dataclass(frozen=True)
class Step:
    """One page view or event of a visit, `pause` seconds after the step before it."""

    event: str
    page: Page
    pause: float = 0.0
    referrer: Referrer | None = None
    campaign: Campaign | None = None
    item: str | None = None
    order_id: str | None = None
    value: str | None = None
    currency: str | None = None
    site: str | None = None  # whose pixel it is, if not that of the page's own site


def _pause(random: Random) -> float:
    return 3 + random.expovariate(1 / 40)


def _arrival(random: Random) -> tuple[Referrer | None, Campaign | None]:
    """How a visit starts: directly, from a search, from a link, or from a campaign."""
    way = random.choices(("direct", "search", "link", "campaign"), weights=(40, 30, 17, 13))[0]
    if way == "search":
        return random.choices(SEARCH_ENGINES, weights=(70, 14, 12, 4))[0], None
    if way == "link":
        return random.choice(LINKS), None
    if way == "campaign":
        campaign = random.choice(CAMPAIGNS)
        return campaign.referrer, campaign
    return None, None


def _landing_page(page: Page, campaign: Campaign | None) -> Page:
    """The page with the campaign's parameters in its own URL, as the address bar shows it after the click."""
    if campaign is None:
        return page
    url, mark, fragment = page.url.partition("#")
    separator = "&" if "?" in url else "?"
    return replace(page, url=f"{url}{separator}{campaign.query}{mark}{fragment}")


def read_blog(random: Random) -> list[Step]:
    """One to five posts; the referrer of each further one is the blog itself."""
    referrer, campaign = _arrival(random)
    length = random.choices((1, 2, 3, 5), weights=(60, 22, 12, 6))[0]
    posts = random.choices(POSTS, weights=[post.weight for post in POSTS], k=length)
    steps = [Step("view", _landing_page(posts[0], campaign), 0.0, referrer, campaign)]
    own = Referrer(f"{BLOG}/", "blog.example", "internal")
    return steps + [Step("view", post, _pause(random), own) for post in posts[1:]]


def shop(random: Random, country: str, order_number: int) -> list[Step]:
    """A visit to the shop: view, product, cart, checkout, purchase; most visitors leave on the way."""
    referrer, campaign = _arrival(random)
    steps = [Step("view", _landing_page(SHOP_HOME, campaign), 0.0, referrer, campaign)]
    own = Referrer(SHOP_HOME.url, "shop.example", "internal")
    product = random.choices(PRODUCTS, weights=[product.page.weight for product in PRODUCTS])[0]
    if random.random() > 0.62:
        return steps
    steps.append(Step("product", product.page, _pause(random), own, item=product.id))
    if random.random() > 0.45:
        return steps
    return steps + _buy(random, product, CURRENCIES.get(country, "EUR"), f"2026/{order_number:06d}", own)


def _buy(random: Random, product: Product, currency: str, order_id: str, own: Referrer) -> list[Step]:
    pieces = random.choices((1, 2, 3), weights=(75, 20, 5))[0]
    cents = pieces * product.price
    value = _price(cents, currency)
    steps = [Step("cart", CART, _pause(random), own, item=product.id, value=value, currency=currency)]
    if random.random() < 0.55:
        number = order_id if random.random() < _NUMBERED else None
        steps.append(Step("checkout", CHECKOUT, _pause(random), own, order_id=number, value=value, currency=currency))
        if random.random() < 0.65:
            purchase = Step("purchase", THANKS, _pause(random), own, None, product.id, order_id, value, currency)
            steps.append(purchase)
            if random.random() < _RELOADED:
                steps += [purchase] * random.choice((1, 1, 2))
            if random.random() < _CHANGED:  # sent by the back office, too: less a rebate, or in its own currency
                again = replace(purchase, pause=_pause(random))
                rebate = replace(again, value=_price(cents * 9 // 10, currency))
                steps.append(random.choice((rebate, replace(again, currency="GBP" if currency == "EUR" else "EUR"))))
    return steps


def _price(cents: int, currency: str) -> str:
    """What a price in euros is in a currency, with the decimals of that currency: none, two or three."""
    if currency == "JPY":
        return f"{cents * 16 // 10}"
    if currency == "KWD":
        fils = cents * 37 // 10
        return f"{fils // 1000}.{fils % 1000:03}"
    return f"{cents // 100}.{cents % 100:02}"


def refund(random: Random, purchase: Step) -> list[Step]:
    """The customer gets back all of it or a part: a negative value under the order's id. Some reload that page too."""
    value = Decimal(purchase.value or "0")
    part = value if random.random() < 0.7 else (value / 4).quantize(value)
    step = replace(purchase, event="refund", page=ORDERS, referrer=None, value=f"{-part}")
    return [step, replace(step, pause=_pause(random))] if random.random() < _RELOADED else [step]


def see_banners(random: Random) -> list[Step]:
    """A visit to a publisher's pages, each of which shows a banner of the exchange."""
    pages = random.sample(MAGAZINE, random.choice((1, 1, 2, 3)))
    return [
        Step("impression", page, _pause(random) if number else 0.0, item=random.choice(BANNERS), site="exchange")
        for number, page in enumerate(pages)
    ]
