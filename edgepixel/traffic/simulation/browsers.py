# SPDX-License-Identifier: Apache-2.0
"""Real user agents of browsers and mail programs, with what is true of each: browser, operating system, device."""

from dataclasses import dataclass

from edgepixel.traffic.hit import Device


@dataclass(frozen=True)
class Agent:
    """A user agent as sent, and what it is."""

    text: str
    device: Device
    weight: int = 1  # how common it is among visitors, relative to the others


_CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko)"
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_LINUX = "Mozilla/5.0 (X11; Linux x86_64)"
_ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
_IPHONE_18 = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
_IPHONE_17 = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X)"
_IPAD = "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X)"

DESKTOP = (
    Agent(f"{_WINDOWS} {_CHROMIUM} Chrome/142.0.0.0 Safari/537.36", Device("Chrome", "Windows", "desktop"), 14),
    Agent(f"{_WINDOWS} {_CHROMIUM} Chrome/141.0.0.0 Safari/537.36", Device("Chrome", "Windows", "desktop"), 6),
    Agent(f"{_MAC} {_CHROMIUM} Chrome/142.0.0.0 Safari/537.36", Device("Chrome", "macOS", "desktop"), 6),
    Agent(f"{_LINUX} {_CHROMIUM} Chrome/142.0.0.0 Safari/537.36", Device("Chrome", "Linux", "desktop"), 2),
    Agent(
        f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_CHROMIUM} Chrome/141.0.0.0 Safari/537.36",
        Device("Chrome", "ChromeOS", "desktop"),
        2,
    ),
    Agent(
        f"{_WINDOWS} {_CHROMIUM} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", Device("Edge", "Windows", "desktop"), 6
    ),
    Agent(f"{_MAC} {_CHROMIUM} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", Device("Edge", "macOS", "desktop")),
    Agent(
        f"{_WINDOWS} {_CHROMIUM} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0", Device("Opera", "Windows", "desktop"), 2
    ),
    Agent(f"{_MAC} {_CHROMIUM} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0", Device("Opera", "macOS", "desktop")),
    Agent(f"{_MAC} {_WEBKIT} Version/18.6 Safari/605.1.15", Device("Safari", "macOS", "desktop"), 7),
    Agent(f"{_MAC} {_WEBKIT} Version/17.5 Safari/605.1.15", Device("Safari", "macOS", "desktop"), 2),
    Agent(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        Device("Firefox", "Windows", "desktop"),
        4,
    ),
    Agent(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
        Device("Firefox", "macOS", "desktop"),
        2,
    ),
    Agent(
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        Device("Firefox", "Linux", "desktop"),
        2,
    ),
    Agent(
        "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", Device("other", "Windows", "desktop")
    ),
)

MOBILE = (
    Agent(f"{_ANDROID} {_CHROMIUM} Chrome/142.0.0.0 Mobile Safari/537.36", Device("Chrome", "Android", "mobile"), 18),
    Agent(
        f"Mozilla/5.0 (Linux; Android 13; SM-S911B) {_CHROMIUM} Chrome/112.0.0.0 Mobile Safari/537.36",
        Device("Chrome", "Android", "mobile"),
        2,
    ),
    Agent(
        f"{_ANDROID} {_CHROMIUM} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        Device("Samsung Internet", "Android", "mobile"),
        4,
    ),
    Agent(
        f"{_ANDROID} {_CHROMIUM} Chrome/141.0.0.0 Mobile Safari/537.36 OPR/92.0.0.0",
        Device("Opera", "Android", "mobile"),
    ),
    Agent(
        f"{_ANDROID} {_CHROMIUM} Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0",
        Device("Edge", "Android", "mobile"),
    ),
    Agent(
        "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
        Device("Firefox", "Android", "mobile"),
        2,
    ),
    Agent(f"{_IPHONE_18} {_WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1", Device("Safari", "iOS", "mobile"), 14),
    Agent(f"{_IPHONE_17} {_WEBKIT} Version/17.6 Mobile/15E148 Safari/604.1", Device("Safari", "iOS", "mobile"), 4),
    Agent(
        f"{_IPHONE_18} {_WEBKIT} CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1", Device("Chrome", "iOS", "mobile"), 3
    ),
    Agent(f"{_IPHONE_18} {_WEBKIT} FxiOS/145.0 Mobile/15E148 Safari/605.1.15", Device("Firefox", "iOS", "mobile")),
    Agent(
        f"{_IPHONE_18} {_WEBKIT} Version/18.0 EdgiOS/142.0.3595.53 Mobile/15E148 Safari/604.1",
        Device("Edge", "iOS", "mobile"),
    ),
)

TABLET = (
    Agent(f"{_IPAD} {_WEBKIT} Version/17.6 Mobile/15E148 Safari/604.1", Device("Safari", "iOS", "tablet"), 3),
    Agent(f"{_IPAD} {_WEBKIT} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1", Device("Chrome", "iOS", "tablet")),
    Agent(
        f"Mozilla/5.0 (Linux; Android 14; SM-X710) {_CHROMIUM} Chrome/141.0.0.0 Safari/537.36",
        Device("Chrome", "Android", "tablet"),
        2,
    ),
    Agent(
        f"Mozilla/5.0 (Linux; Android 14; SM-X710) {_CHROMIUM} SamsungBrowser/27.0 Chrome/125.0.0.0 Safari/537.36",
        Device("Samsung Internet", "Android", "tablet"),
    ),
    Agent(
        "Mozilla/5.0 (Android 14; Tablet; rv:144.0) Gecko/144.0 Firefox/144.0", Device("Firefox", "Android", "tablet")
    ),
)

CONSOLE = (
    Agent(
        "Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/613.0 (KHTML, like Gecko) NF/6.0.3.25.0 "
        "NintendoBrowser/5.1.0.32061",
        Device("other", "other", "console"),
    ),
)

MAIL_PROGRAMS = (
    Agent(
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0",
        Device("other", "Linux", "desktop"),
    ),
    Agent(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0",
        Device("other", "Windows", "desktop"),
        2,
    ),
)

BROWSERS = DESKTOP + MOBILE + TABLET + CONSOLE
