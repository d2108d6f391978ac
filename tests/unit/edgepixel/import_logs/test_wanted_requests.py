# SPDX-License-Identifier: Apache-2.0
"""Which requests become events, and what the line of a page says."""

import pytest

from edgepixel.import_logs.log_rows import BadRowError, field_names
from edgepixel.import_logs.wanted_requests import PageRequests, PixelRequests
from tests.unit.edgepixel.import_logs.standard_logs import LEGACY_FIELDS, Request, encoded

NAMES = field_names(" ".join(LEGACY_FIELDS))
PAGE: Request = {"cs-uri-stem": "/posts/one", "sc-content-type": "text/html"}


def page(request: Request, site: str | None = None) -> str | None:
    """The query that a page's line gets, if it gets one."""
    differing = PageRequests(site).decision(NAMES)([value.encode() for value in encoded(request, LEGACY_FIELDS)])
    if differing is None:
        return None
    assert differing["cs-referer"] == b"-"
    return differing["cs-uri-query"].decode()


def is_pixel(request: Request, path: str = "/pixel.gif") -> bool:
    return (
        PixelRequests(path).decision(NAMES)([value.encode() for value in encoded(request, LEGACY_FIELDS)]) is not None
    )


@pytest.mark.parametrize("request_", [{}, {"sc-status": "301"}, {"cs-method": "POST", "sc-status": "403"}])
def test_every_request_for_the_pixel_is_one(request_: Request) -> None:
    assert is_pixel(request_)
    assert not is_pixel({**request_, "cs-uri-stem": "/pixel.gif/"})


def test_a_pixel_s_path_is_compared_as_it_was_requested() -> None:
    assert is_pixel({"cs-uri-stem": "/p'x~[1].gif"}, "/p'x~[1].gif")


@pytest.mark.parametrize(
    "request_",
    [
        PAGE,
        {**PAGE, "sc-content-type": "text/html; charset=utf-8"},
        {**PAGE, "sc-content-type": "Application/XHTML+XML"},
        {**PAGE, "cs-uri-stem": "/feed.xml"},  # the server says what it is
        {**PAGE, "sc-status": "304", "sc-content-type": ""},
        *({"cs-uri-stem": path, "sc-content-type": ""} for path in ("/", "/a", "/a/b/", "/A.HTML", "/x.php", "/v1.2")),
    ],
)
def test_documents_that_were_got_are_pages(request_: Request) -> None:
    assert page(request_) is not None


@pytest.mark.parametrize(
    "request_",
    [
        {**PAGE, "sc-status": "404"},
        {**PAGE, "sc-status": "301"},
        {**PAGE, "sc-status": "000"},
        {**PAGE, "cs-method": "HEAD"},
        {**PAGE, "cs-method": "POST"},
        {**PAGE, "sc-content-type": "application/json"},
        *({"cs-uri-stem": path, "sc-content-type": ""} for path in ("/a.css", "/img/b.PNG", "/pixel.gif", "/feed.xml")),
    ],
)
def test_what_is_no_page(request_: Request) -> None:
    assert page(request_) is None


def test_a_page_says_its_url_as_a_pixel_in_it_would() -> None:
    request: Request = {**PAGE, "cs-uri-query": "a=1&b=%C3%A4", "cs(Referer)": "https://www.bing.com/?q=x y~"}
    assert page(request, "my blog") == (
        "e=view&u=https%253A%252F%252Fwww.example.org%252Fposts%252Fone%253Fa%253D1%2526b%253D%2525C3%2525A4"
        "&r=https%253A%252F%252Fwww.bing.com%252F%253Fq%253Dx%2520y%7E&s=my%2520blog"
    )


def test_a_path_that_was_logged_with_the_request_s_own_escapes_is_not_decoded() -> None:
    decide = PageRequests().decision(NAMES)
    values = [value.encode() for value in encoded(PAGE, LEGACY_FIELDS)]
    urls = set()
    for stem in (b"/a%20b/%C3%A4", b"/a%2520b/%25C3%25A4"):
        values[NAMES.index("cs-uri-stem")] = stem
        differing = decide(values)
        assert differing is not None
        urls.add(differing["cs-uri-query"])
    assert urls == {b"e=view&u=https%253A%252F%252Fwww.example.org%252Fa%252520b%252F%2525C3%2525A4"}


def test_without_the_viewer_s_host_the_distribution_s_name_counts() -> None:
    query = page({**PAGE, "x-host-header": "", "cs-protocol": ""})
    assert query is not None
    assert query.startswith("e=view&u=https%253A%252F%252Fd111111abcdef8.cloudfront.net%252F")
    assert page({**PAGE, "x-host-header": "", "cs(Host)": ""}) == "e=view&u=%252Fposts%252Fone"


def test_missing_fields_are_named() -> None:
    with pytest.raises(BadRowError, match="lacks cs-method, sc-status"):
        PixelRequests("/pixel.gif").decision(("date", "time", "cs-uri-stem"))
    with pytest.raises(BadRowError, match="x-host-header"):
        PageRequests().decision(("cs-uri-stem", "cs-method", "sc-status"))


def test_other_choices_are_told_apart() -> None:
    choices = {PageRequests().choice, PageRequests("a").choice, PixelRequests("/a").choice, PixelRequests("/b").choice}
    assert len(choices) == 4
