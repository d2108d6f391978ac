# SPDX-License-Identifier: Apache-2.0
"""A visit of pages that carry the documented tags, and what is true of every visit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page as Tab

from tests.documented_tags import tags
from tests.e2e.browser.front import Page

type Event = dict[str, str]

POST = "https://blog.example/post?page=2"
SEARCH = "https://search.example/?q=pixel"
_TAGS = tags()
_USED: set[str] = set()


@dataclass(frozen=True)
class Visit:
    """Pages by host and path, what a visitor does with them, and the events, by the columns that are not empty.

    `options` are of the browser's context; `before` is script that runs before any of the pages'.
    """

    pages: Mapping[str, Page]
    act: Callable[[Tab], object]
    events: list[Event]
    options: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    known_visitor: bool = True


def page(title: str, *headings: str, rest: str = "", headers: Mapping[str, str] | None = None) -> Page:
    """A page with the tags under those headings of docs/pixel.md."""
    _USED.update(headings)
    body = "\n".join(_TAGS[heading] for heading in headings)
    return Page(f"<!doctype html><title>{title}</title>\n{body}\n{rest}", headers or {})


def unused_tags() -> set[str]:
    """Headings of documented tags that no visit's page carries."""
    return set(_TAGS) - _USED


def from_search(url: str) -> Callable[[Tab], object]:
    """A visitor who follows a link: the page before does not hide its address."""
    return lambda tab: tab.goto(url, referer=SEARCH)


def evaluate(url: str, *scripts: str) -> Callable[[Tab], object]:
    """Open a page and run scripts in it, giving the page time after each of them to send what it will."""

    def act(tab: Tab) -> None:
        tab.goto(url)
        for script in scripts:
            tab.evaluate(script)
            # pixel.js waits for 99 ms, and a page's timers go off in their order.
            tab.evaluate("new Promise(resolve => setTimeout(resolve, 150))")

    return act
