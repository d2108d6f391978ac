# SPDX-License-Identifier: Apache-2.0
"""URLs and paths as people read them."""

import io

import pytest
from rich.console import Console

from edgepixel.console.readable_url import readable_url
from edgepixel.console.table import Table, to_csv, to_json, to_rich

PATHS = {
    "/caf%C3%A9": "/café",
    "/%e4%ba%ac%E9%83%BD": "/京都",
    "/a%20b": "/a b",
    "/%F0%9F%8C%B8": "/🌸",
    "/100%25-honest": "/100%-honest",
    # A percent sign that would begin an escape, at once or with what is decoded behind it, stays.
    "/100%2541": "/100%2541",
    "/%25%34%31": "/%2541",
    "/%2525": "/%2525",
    # Delimiters make another path.
    "/a%2Fb%3Fc%23d": "/a%2Fb%3Fc%23d",
    # Control characters, what turns the direction of text round, what has no width.
    "/%1B%5B31m": "/%1B[31m",
    "/a%E2%80%AEgpj.exe": "/a%E2%80%AEgpj.exe",
    "/a%E2%81%A6b%E2%80%8Bc%C2%A0d": "/a%E2%81%A6b%E2%80%8Bc%C2%A0d",
    # Not UTF-8, or not an escape.
    "/caf%E9": "/caf%E9",
    "/%C3%A9%C3": "/é%C3",
    "/%ED%A0%80": "/%ED%A0%80",
    "/%zz%": "/%zz%",
    "https://x.example/gr%C3%B6%C3%9Fe?q=%C3%BC%26": "https://x.example/größe?q=ü%26",
}


@pytest.mark.parametrize("sent", PATHS)
def test_a_path_is_read_as_what_it_stands_for_and_never_as_another(sent: str) -> None:
    assert readable_url(sent) == PATHS[sent]


def test_only_the_terminal_shows_urls_decoded() -> None:
    table = Table(("page_path", "item"), (("/caf%C3%A9", "caf%C3%A9"), ("/a\u202egpj", "b")))
    text = io.StringIO()
    Console(file=text, width=80).print(to_rich(table))
    assert "/café " in text.getvalue()
    assert " caf%C3%A9" in text.getvalue()
    assert "/a\ufffdgpj" in text.getvalue()
    assert "/caf%C3%A9" in to_csv(table)
    assert "/caf%C3%A9" in to_json(table)
