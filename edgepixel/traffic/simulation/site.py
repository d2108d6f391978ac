# SPDX-License-Identifier: Apache-2.0
"""The made-up business whose pages carry the pixel: a blog, a shop and a newsletter."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from edgepixel.traffic.simulation.query_and_headers import encode_form, query_string

BLOG = "https://blog.example"
SHOP = "https://shop.example"


@dataclass(frozen=True)
class Page:
    """A page of the site. `url` is what a browser's address bar holds: percent-encoded where it must be.

    `host` and `section`, the first folder of the path, are written down here so that nothing need parse them.
    """

    url: str
    title: str
    weight: int = 1
    host: str = "blog.example"
    section: str = ""

    @property
    def path(self) -> str:
        """The path as it stands in the URL, which is a slash at the least."""
        return urlsplit(self.url).path or "/"


def _shop_page(path: str, title: str, weight: int = 1) -> Page:
    return Page(f"{SHOP}/{path}", title, weight, "shop.example", path.partition("/")[0].partition("?")[0])


@dataclass(frozen=True)
class Product:
    """Something to buy; the price is in cents of the euro."""

    id: str
    page: Page
    price: int


@dataclass(frozen=True)
class Referrer:
    """The page a visitor came from; its host and channel are written down here so that nothing need parse it."""

    url: str
    host: str
    channel: str = "referral"


@dataclass(frozen=True)
class Campaign:
    """The utm_* parameters of a link, and where its clicks come from (None: a link in an e-mail or an app).

    `click_id` is what an advertiser or a network adds to the link.
    """

    source: str
    medium: str
    name: str
    referrer: Referrer | None
    channel: str
    click_id: str

    @property
    def query(self) -> str:
        """The link's parameters, as they stand in the URL of the page."""
        values = {"utm_source": self.source, "utm_medium": self.medium, "utm_campaign": self.name}
        return f"{query_string(values, encode_form)}&{self.click_id}"


HOME = Page(f"{BLOG}/", "Notes on small machines")
FRONT_PAGE = Page(f"{BLOG}/performance/one-pixel-is-enough", "One pixel is enough", section="performance")
POSTS = (
    HOME,
    FRONT_PAGE,
    Page(f"{BLOG}/performance/cold-starts", "Cold starts, measured", 6, section="performance"),
    Page(f"{BLOG}/performance/five-kilobytes", "What 5 KB cost", 4, section="performance"),
    Page(f"{BLOG}/privacy/no-cookie-banner", "Why this blog has no cookie banner", 5, section="privacy"),
    Page(f"{BLOG}/privacy/what-a-pixel-sees", "What a pixel sees & what it does not", 3, section="privacy"),
    Page(f"{BLOG}/gardening/tomatoes", "Tomatoes on a balcony", 3, section="gardening"),
    Page(f"{BLOG}/reisen/gr%C3%B6%C3%9Fe-%C3%BCberraschung", "Größe und Überraschung", 2, section="reisen"),
    Page(f"{BLOG}/%E6%97%85%E8%A1%8C/%E4%BA%AC%E9%83%BD", "京都の朝 🌸", 2, section="旅行"),
    Page(f"{BLOG}/search?q=c%2B%2B+%26+rust&page=2", 'Search: "c++ & rust"', 1, section="search"),
    Page(f"{BLOG}/privacy/100%25-honest#comments", "100% honest", 1, section="privacy"),
)
SHOP_HOME = _shop_page("", "Lamps and parts")
CART = _shop_page("cart", "Your cart")
CHECKOUT = _shop_page("checkout", "Checkout")
ORDERS = _shop_page("orders", "Your orders")
THANKS = _shop_page("thanks", "Thank you")
PRODUCTS = (
    Product("LAMP-01", _shop_page("p/desk-lamp?color=warm%20white", "Desk lamp", 5), 4990),
    Product("LAMP-02", _shop_page("p/floor-lamp", "Floor lamp", 3), 12900),
    Product("BULB-60", _shop_page("p/bulb-60", "Bulb 60 W, 2 pieces", 6), 795),
    Product("CABLE-3M", _shop_page("p/cable-3m", 'Cable 3 m / 10"', 3), 1250),
    Product("CAFÉ-LIGHT", _shop_page("p/caf%C3%A9-light", "Café light", 1), 8900),
)
MAGAZINE = tuple(
    Page(f"https://news.example/{section}/{number}", f"{section.title()} {number}", 1, "news.example", section)
    for section in ("politics", "sport")
    for number in (1, 2, 3)
)  # a publisher whose pages show banners
BANNERS = ("banner-728x90", "banner-300x250", "video-15s")  # of an advertising exchange, which counts their views
CURRENCIES = {"US": "USD", "GB": "GBP", "JP": "JPY", "CA": "CAD", "KW": "KWD"}  # everyone else pays in EUR

SEARCH_ENGINES = (
    Referrer("https://www.google.com/", "www.google.com", "search"),
    Referrer("https://www.bing.com/", "www.bing.com", "search"),
    Referrer("https://duckduckgo.com/", "duckduckgo.com", "search"),
    Referrer("https://www.ecosia.org/", "www.ecosia.org", "search"),
)
LINK_LIST = Referrer("https://news.ycombinator.com/item?id=1", "news.ycombinator.com", "social")
LINKS = (
    LINK_LIST,
    Referrer("https://old.reddit.com/r/selfhosted/comments/1/?sort=new&r=x", "old.reddit.com", "social"),
    Referrer("https://lobste.rs/", "lobste.rs", "social"),
    Referrer("https://www.linkedin.com/feed/", "www.linkedin.com", "social"),
    Referrer("https://t.co/AbC123", "t.co", "social"),
    Referrer("https://github.com/example/example#readme", "github.com", "social"),
    Referrer("https://en.wikipedia.org/wiki/Web_beacon", "en.wikipedia.org"),
    Referrer("https://forum.example.org:8443/t/lamps/12", "forum.example.org"),
    Referrer("http://blogroll.example.net/links.html?q=100%25+pixel", "blogroll.example.net"),
)
CAMPAIGNS = (
    Campaign("newsletter", "email", "november", None, "mail", "mc_cid=0a1b2c3d4e"),
    Campaign(
        "google",
        "cpc",
        "lamps",
        Referrer("https://www.google.com/", "www.google.com", "search"),
        "paid",
        "gclid=EAIaIQ.x_y-z~1",
    ),
    Campaign(
        "facebook",
        "paid_social",
        "black friday 2026",
        Referrer("https://l.facebook.com/", "l.facebook.com", "social"),
        "paid",
        "fbclid=IwAR0.x_y-z~1",
    ),
    Campaign(
        "partner-müller",
        "affiliate",
        "lamps+parts",
        Referrer("https://partner.example.net/angebote?id=7&u=9", "partner.example.net"),
        "affiliate",
        "ref=7",
    ),
)
