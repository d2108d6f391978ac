# SPDX-License-Identifier: Apache-2.0
"""Only the browser that has the cookie is answered, by this host's name, and only if it reads."""

from urllib.parse import urlsplit

import pytest

from edgepixel.dashboard.safety import TOKEN
from edgepixel.dashboard.serving import SECRET
from tests.unit.edgepixel.dashboard.conftest import Athena, Site


def test_the_first_address_gives_a_cookie_and_leads_to_itself_without_the_token(site: Site) -> None:
    response, _ = site.get(f"/?country=DE&{TOKEN}={SECRET}", cookie=None)
    assert response.status == 303
    assert response.headers["location"] == "/?country=DE"
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_the_first_address_leads_to_no_other_host(site: Site) -> None:
    response, _ = site.get(f"//evil.example/?{TOKEN}={SECRET}", cookie=None)
    assert response.headers["location"] == "/evil.example/"


@pytest.mark.parametrize(
    "path", ["/", "/details?answer=pages", "/csv?answer=pages", "/sql?answer=pages", "/live", "/style.css"]
)
@pytest.mark.parametrize("cookie", [None, "edgepixel=x", "wrong"])
def test_without_the_cookie_nothing_is_told(site: Site, athena: Athena, path: str, cookie: str | None) -> None:
    port = urlsplit(site.address).port
    response, text = site.get(path, cookie=f"edgepixel-{port}=x" if cookie == "wrong" else cookie)
    assert response.status == 403
    assert "edgepixel dashboard" in text
    assert athena.asked == []


def test_a_wrong_token_gives_no_cookie(site: Site) -> None:
    response, _ = site.get(f"/?{TOKEN}=x", cookie=None)
    assert (response.status, response.headers["set-cookie"]) == (403, None)


@pytest.mark.parametrize("host", [None, "evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", ""])
def test_another_host_is_refused_even_with_the_cookie(site: Site, athena: Athena, host: str | None) -> None:
    port = urlsplit(site.address).port
    response, _ = site.get("/", host=host and host.format(port=port))
    assert response.status in (400, 421)
    assert athena.asked == []


def test_localhost_is_this_machine(site: Site) -> None:
    response, _ = site.get("/style.css", host=f"localhost:{urlsplit(site.address).port}")
    assert response.status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_it_only_shows_things(site: Site, athena: Athena, method: str) -> None:
    response, _ = site.get("/", method)
    assert response.status == 405
    assert athena.asked == []


@pytest.mark.parametrize("path", ["/", "/nothing", "/?sql=SELECT", "/details?answer=pages", "/live"])
def test_every_page_forbids_what_it_does_not_need(site: Site, path: str) -> None:
    response, _ = site.get(path, origin="https://evil.example")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["access-control-allow-origin"] is None
