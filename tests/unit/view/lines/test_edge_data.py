# SPDX-License-Identifier: Apache-2.0
"""What the edge function says of a hit becomes the same event as what the log says without it, and a language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from edgepixel.edge_function import log_data
from edgepixel.traffic.generator import generate
from tests.unit.aggregator.viewer.log_data import WRITINGS
from tests.unit.view.event_view import CHROME, Row, ask, line

_NOW_MS = 1_795_429_200_000
_ADDRESS, _NETWORK = "198.51.100.77", "198.51.100.0"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_PHONE = f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36"
_TABLET = f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/142.0.0.0 Safari/537.36"


def with_function(request_id: str, text: str, **values: str) -> str:
    """A line of a hit of which the function wrote `text`, as it stands in the log."""
    usual = {"c_ip": "0.001", "cs_headers": "/pixel.gif", "viewer_request_log_data": "LOGDATA"}
    return line(request_id, **(usual | values)).replace("LOGDATA", text)


def rows(lines: Iterable[str]) -> dict[str, Row]:
    outcome = ask("SELECT * FROM events", lines)
    found = [dict(zip(outcome.columns, row, strict=True)) for row in outcome.rows]
    return {str(row["request_id"]): row for row in found}


HINTS: dict[str, tuple[str, str, dict[str, str | None]]] = {
    "nothing": (CHROME, "", {"browser": "Chrome", "os": "Windows", "device": "desktop", "language": None}),
    "language": (CHROME, "&l=DE", {"language": "de"}),
    "region": (CHROME, "&l=EN-gb", {"language": "en-GB"}),
    "script": (CHROME, "&l=zh-Hant-TW&m=0", {"language": "zh-TW"}),
    "script-only": (CHROME, "&l=sr-Latn", {"language": "sr"}),
    "continent": (CHROME, "&l=es-419", {"language": "es-419"}),
    "variant": (CHROME, "&l=de-1996", {"language": "de"}),
    "Brave": (CHROME, "&b=Brave", {"browser": "Brave"}),
    "Vivaldi": (CHROME, "&b=Vivaldi", {"browser": "Vivaldi"}),
    "Opera": (CHROME, "&b=Opera GX", {"browser": "Opera"}),
    "Edge": (CHROME, "&b=Microsoft Edge", {"browser": "Edge"}),
    "Samsung": (_PHONE, "&b=Samsung Internet", {"browser": "Samsung Internet", "device": "mobile"}),
    "Yandex": (CHROME, "&b=YaBrowser", {"browser": "Yandex Browser"}),
    "DuckDuckGo": (CHROME, "&b=DuckDuckGo", {"browser": "DuckDuckGo"}),
    "Chrome": (CHROME, "&b=Google Chrome", {"browser": "Chrome"}),
    "another": (CHROME, "&b=Some Browser", {"browser": "Chrome"}),
    "headless": (CHROME, "&b=HeadlessChrome", {"traffic_reason": "automated_browser", "browser": "other"}),
    "ChromeOS": (CHROME, "&o=Chrome OS", {"os": "ChromeOS"}),
    "Linux": (_TABLET, "&o=Linux", {"os": "Linux"}),
    "unknown-system": (_PHONE, "&o=Unknown", {"os": "Android"}),
    "phone": (_PHONE, "&m=1&o=Android", {"os": "Android", "device": "mobile"}),
    "large-phone": (_TABLET, "&m=1&o=Android", {"device": "mobile"}),
    "tablet": (_TABLET, "&m=0&o=Android", {"device": "tablet"}),
    "tablet-by-its-model": (_PHONE, "&m=0&o=Android&d=SM-X200", {"device": "tablet"}),
    "phone-by-its-model": (_PHONE, "&m=1&o=Android&d=Pixel 9 (Pro)", {"device": "mobile"}),
    "set-by-its-model": (_TABLET, "&m=0&o=Android&d=BRAVIA 4K UR3", {"device": "tv"}),
    "program": ("curl/8.5.0", "&l=en&m=1&o=Android&b=Brave", {"browser": "other", "os": "other", "device": "other"}),
    "prefetch": (CHROME, "&p=prefetch", {"traffic_reason": "prefetch_header"}),
    "no-purpose": (CHROME, "&p=research", {"traffic_reason": "browser"}),
    "data-centre": (CHROME, "&l=en", {"traffic_reason": "datacenter_network"}),
    "distribution-in-front": (CHROME, "&f=1", {"traffic_reason": "browser"}),
}


@pytest.fixture(scope="module")
def hinted() -> dict[str, Row]:
    lines = []
    for name, (agent, text, _) in HINTS.items():
        asn = "16509" if name in ("data-centre", "distribution-in-front") else "3320"
        for number, write in enumerate(WRITINGS):
            written = write(f"v=1&a={_NETWORK}{text}")
            lines.append(with_function(f"{name}-{number}", written, cs_user_agent=agent, asn=asn))
    return rows(lines)


@pytest.mark.parametrize("encoding", range(len(WRITINGS)))
@pytest.mark.parametrize("name", HINTS)
def test_hints_tell_what_the_user_agent_does_not(hinted: dict[str, Row], name: str, encoding: int) -> None:
    row, expected = hinted[f"{name}-{encoding}"], HINTS[name][2]
    assert {column: row[column] for column in expected} == expected


def test_an_address_comes_from_one_place_and_is_the_same_visitor() -> None:
    said, six = quote(f"v=1&a={_NETWORK}", safe=""), quote("v=1&a=2001:db8:1::", safe="")
    found = rows([
        line("logged", c_ip=_NETWORK),
        with_function("said", said),
        with_function("both", said, c_ip=_ADDRESS),
        with_function("full", "v%3D1", c_ip=_NETWORK),
        with_function("opted-out", quote("v=1&g=1", safe=""), c_ip=_NETWORK),
        with_function("removed", "v%3D1"),
        with_function("another-function", "sid%3Ds3cr3t%26a%3D192.0.2.1", c_ip=_NETWORK),
        line("time", c_ip="0.001"),
        line("dash", c_ip="-"),
        line("six-logged", c_ip="2001:db8:1::"),
        with_function("six-said", six),
        line("of-17-fields", c_ip=_NETWORK).rpartition("\t")[0] + "\n",
    ])  # fmt: skip
    keys = {name: row["visitor_key"] for name, row in found.items()}
    assert keys["logged"] is not None
    assert keys["six-logged"] not in (None, keys["logged"])
    assert keys["six-said"] == keys["six-logged"]
    same = {name for name, key in keys.items() if key == keys["logged"]}
    assert same == {"logged", "said", "both", "full", "another-function", "of-17-fields"}
    assert {name for name, key in keys.items() if key is None} == {"opted-out", "removed", "time", "dash"}


def test_generated_hits_differ_only_in_what_hints_tell_with_the_function_and_without(
    load_function: Callable[[str, str, str], SimpleNamespace],
) -> None:
    aggregator = load_function("aggregator", "privacy", "settings")
    protect = aggregator.privacy.Privacy(
        ("c-ip", "cs-headers"), aggregator.settings.IpAddresses.TRUNCATED, True
    ).protect
    hits = [hit for hit in generate(3, 400, _NOW_MS) if hit.truth.logged and hit.protocol == "https"]
    lines = []
    for number, hit in enumerate(hits):
        sent = {name.lower(): value for name, value in hit.headers}
        values = {
            "cs_user_agent": hit.truth.user_agent or "-",
            "cs_referer": sent.get("referer", "-"),
            "cs_uri_query": hit.query or "-",
            "asn": str(hit.truth.asn or "-"),
        }
        stored = [(hit.truth.address or "-").encode(), _headers(sent).encode()]
        protect(stored)
        whole = line(f"off-{number}", **values, c_ip=stored[0].decode(), cs_headers="HEADERS")
        lines.append(whole.replace("HEADERS", stored[1].decode()))
        said = quote(log_data(hit.truth.address or "", sent), safe="~")
        lines.append(with_function(f"on-{number}", said, **values))
    found = rows(lines)
    for number, hit in enumerate(hits):
        off, on = (_without_id(found[f"{kind}-{number}"]) for kind in ("off", "on"))
        told = asdict(hit.described_truth(honors_privacy_control=True))
        hints = {name: told[name] for name in ("browser", "os", "device", "language")}
        assert on == off | hints | {"function_ran": "true"}, hit
        assert off["function_ran"] == "false"
    assert sum(hit.described_truth(True).browser != hit.truth.browser for hit in hits) > 3
    assert len({row["language"] for row in found.values()}) > 3
    assert all(found[f"off-{number}"]["language"] is None for number in range(len(hits)))


def _headers(sent: Mapping[str, str]) -> str:
    return "".join(f"{name}:{quote(value, safe='=;,()')}%0A" for name, value in sent.items() if name != "referer")


def _without_id(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "request_id"}
