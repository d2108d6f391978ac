# SPDX-License-Identifier: Apache-2.0
"""The edge function with whatever a viewer may send."""

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from localcloud.in_process_function import function_loader
from tests.conftest import FUNCTIONS
from tests.unit.edge.conftest import EdgeFunction

READ_HEADERS = (
    "sec-gpc", "purpose", "x-purpose", "sec-purpose", "x-moz", "via", "accept-language", "sec-ch-ua",
    "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-ch-ua-model",
)  # fmt: skip
# The whole format: docs/edge-function.md.
FORMAT = re.compile(
    r"v=1(?:&g=1|&a=[0-9a-f.:]+)?(?:&p=(?:prefetch|prerender|preview))?(?:&f=1)?"
    r"(?:&l=[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)?(?:&m=[01])?"
    r"(?:&o=[A-Za-z0-9 ._:/()+-]+)?(?:&d=[A-Za-z0-9 ._:/()+-]+)?(?:&b=[A-Za-z0-9 ._:/()+-]+)?"
)
EXAMPLES = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

fragments = st.sampled_from(
    [
        "prefetch",
        "(CloudFront)",
        "en-GB",
        "?1",
        '"',
        "\\",
        ";",
        ",",
        "&a=1.2.3.4",
        "%26",
        "=",
        "Not A;Brand",
        "Chromium",
    ]
)
texts = st.lists(st.one_of(fragments, st.text(max_size=40)), max_size=8).map("".join)
quoted = st.text(max_size=900).map(lambda text: f'"{text}"')
values = st.one_of(texts, quoted, st.text(alphabet="a\u00e9\U0001f600 -", max_size=2000), st.lists(texts, min_size=1))
any_headers = st.dictionaries(st.one_of(st.sampled_from(READ_HEADERS), st.text(max_size=20).map(str.lower)), values)


@pytest.fixture(scope="module")
def addresses() -> Iterator[SimpleNamespace]:
    """The aggregator's module, whose texts the function has to give."""
    with function_loader(FUNCTIONS) as load:
        yield load("aggregator", "viewer.addresses").viewer.addresses


def ipv6_spellings(address: IPv6Address) -> st.SearchStrategy[str]:
    """Ways to write an address: RFC 4291 allows more than the one of RFC 5952."""
    packed, dotted = address.packed, IPv4Address(address.packed[12:])
    groups = [f"{packed[at]:02x}{packed[at + 1]:02x}" for at in range(0, 16, 2)]
    short = [group.lstrip("0") or "0" for group in groups]
    written = [str(address), address.exploded, ":".join(short), ":".join([*short[:6], str(dotted)])]
    zeros = [(at, end) for at in range(8) for end in range(at + 1, 9) if set(short[at:end]) == {"0"}]
    written += [f"{':'.join(short[:at])}::{':'.join(short[end:])}" for at, end in zeros]
    texts = [form for text in written for form in (text, text.upper(), f"{text}%eth0", f"[{text}]:443", f"[{text}]")]
    return st.sampled_from(texts)


def from_groups(groups: list[int]) -> IPv6Address:
    return IPv6Address(b"".join(group.to_bytes(2) for group in groups))


group = st.one_of(st.just(0), st.integers(0, 0xFFFF))
ipv6 = st.one_of(
    st.lists(group, min_size=8, max_size=8).map(from_groups),
    st.ip_addresses(v=6),
    st.ip_addresses(v=4).map(lambda ipv4: IPv6Address(bytes(10) + b"\xff\xff" + ipv4.packed)),
    st.ip_addresses(v=4).map(lambda ipv4: IPv6Address(b"\x20\x02" + ipv4.packed + bytes(10))),
)
nearly = st.text(alphabet="0123456789abfF:.%[]-gx ", max_size=48)
spelled = st.one_of(
    ipv6.flatmap(ipv6_spellings),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=4).map(lambda one: f"{one}:443"),
    nearly,
)


@EXAMPLES
@given(text=spelled)
@example(text="1:2:3:4:5:6:7::")
@example(text="::2:3:4:5:6:7:8")
@example(text="1:2:3:4:5:6::1.2.3.4")
@example(text="1:2:3:4:5::1.2.3.4")
@example(text="::1.2.3.04")
@example(text="1::2::3")
@example(text="01.2.3.4")
def test_the_text_of_a_network_is_the_aggregators(
    edge_function: EdgeFunction, addresses: SimpleNamespace, text: str
) -> None:
    truncated = addresses.truncate(text.encode("ascii")).decode()
    expected = "v=1" if truncated == addresses.NO_ADDRESS.decode() else f"v=1&a={truncated}"
    assert edge_function.says({}, address=text) == expected


@EXAMPLES
@given(headers=any_headers, setting=st.sampled_from(["truncated", "removed", "full"]), honored=st.booleans())
@example(headers={"x-padding": "x" * 20_000, "sec-ch-ua": '"' + "\\" * 20_000}, setting="truncated", honored=True)
def test_whatever_comes_the_format_holds_and_the_request_goes_on(
    edge_function: EdgeFunction, headers: dict[str, str | list[str]], setting: str, honored: bool
) -> None:
    said = edge_function.says(headers, addresses=setting, privacy_control=str(honored).lower())
    assert FORMAT.fullmatch(said)
    # All that CloudFront may encode is encoded here, so it cuts nothing.
    assert len(quote(said, safe="").replace("~", "%7E")) <= 800


@EXAMPLES
@given(headers=any_headers, zeros=st.lists(st.sampled_from(["0", "", "x"]), max_size=3))
def test_whoever_opts_out_is_not_described(
    edge_function: EdgeFunction, headers: dict[str, str | list[str]], zeros: list[str]
) -> None:
    said = edge_function.says({**headers, "sec-gpc": ", ".join([*zeros, "1"])})
    assert re.fullmatch(r"v=1&g=1(?:&p=[a-z]+)?(?:&f=1)?", said)


@EXAMPLES
@given(platform=quoted, model=quoted, brand=quoted)
def test_a_pair_is_there_whole_or_not_at_all(
    edge_function: EdgeFunction, platform: str, model: str, brand: str
) -> None:
    def alone(name: str, header: str) -> str:
        return edge_function.says({name: header}, addresses="removed").removeprefix("v=1")

    headers = {"sec-ch-ua-platform": platform, "sec-ch-ua-model": model, "sec-ch-ua": brand}
    rest = edge_function.says({**headers}, addresses="removed").removeprefix("v=1")
    for pair in [alone(name, header) for name, header in headers.items()]:
        rest = rest.removeprefix(pair)
    assert rest == ""


def test_every_documented_header_of_a_person_is_left_out(edge_function: EdgeFunction) -> None:
    secrets: Callable[[str], str] = "secret-{}".format
    names = ("cookie", "authorization", "x-forwarded-for", "forwarded", "user-agent", "referer", "x-real-ip")
    assert edge_function.says({name: secrets(name) for name in names}, addresses="removed") == "v=1"
