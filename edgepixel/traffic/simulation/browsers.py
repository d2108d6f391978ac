# SPDX-License-Identifier: Apache-2.0
"""Real user agents of browsers and mail programs, with what is true of each: browser, operating system, device."""

from dataclasses import dataclass, replace

from edgepixel.traffic.hit import Device
from edgepixel.traffic.simulation.query_and_headers import CHROME, ClientHints, Headers


@dataclass(frozen=True)
class Agent:
    """A user agent as sent, what it is by that, and the client hints that come with it."""

    text: str
    device: Device
    weight: int = 1  # how common it is among visitors, relative to the others
    hints: ClientHints | None = None

    def hint_headers(self, with_model: bool = False) -> Headers:
        """Its client hints as request headers. `with_model`: the page delegates the model to the pixel's host."""
        return self.hints.headers(with_model) if self.hints else ()

    def hinted_device(self, with_model: bool = False) -> Device:
        """What it is by agent and hints."""
        if self.hints is None:
            return self.device
        return replace(
            self.device,
            browser=self.hints.browser or self.device.browser,
            device=(self.hints.model_device if with_model else None) or self.device.device,
        )


_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_LINUX = "Mozilla/5.0 (X11; Linux x86_64)"
_ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
_IPHONE_18 = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
_IPHONE_17 = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X)"
_IPAD = "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X)"


def _chromium(
    system: str,
    version: int,
    device: Device,
    weight: int = 1,
    *,
    named: tuple[str, str] = ("", ""),
    brand: str = CHROME,
    own_version: str | None = None,
    browser: str | None = None,
    model: str | None = None,
    model_device: str | None = None,
) -> Agent:
    """A browser made of this version of Chromium. `named`: what its agent has before and after Chrome's name."""
    mobile = device.device == "mobile"
    platform = "Chrome OS" if device.os == "ChromeOS" else device.os
    safari = "Mobile Safari" if mobile else "Safari"
    before, after = named
    text = f"{system} AppleWebKit/537.36 (KHTML, like Gecko) {before}Chrome/{version}.0.0.0 {safari}/537.36{after}"
    hints = ClientHints(platform, version, brand, own_version, mobile, model, browser, model_device)
    return Agent(text, device, weight, hints)


_CHROME_WINDOWS = Device("Chrome", "Windows", "desktop")
_CHROME_MAC = Device("Chrome", "macOS", "desktop")
_CHROME_PHONE = Device("Chrome", "Android", "mobile")
_CHROME_TABLET = Device("Chrome", "Android", "tablet")
_EDGE, _OPERA, _SAMSUNG = "Microsoft Edge", "Opera", "Samsung Internet"

# Brave and Vivaldi have Chrome's agent: only the brand tells them.
DESKTOP = (
    _chromium(_WINDOWS, 142, _CHROME_WINDOWS, 14),
    _chromium(_WINDOWS, 141, _CHROME_WINDOWS, 6),
    _chromium(_WINDOWS, 142, _CHROME_WINDOWS, 2, brand="Brave", browser="Brave"),
    _chromium(_WINDOWS, 142, _CHROME_WINDOWS, brand="Vivaldi", own_version="7.7", browser="Vivaldi"),
    _chromium(_MAC, 142, _CHROME_MAC, 6),
    _chromium(_MAC, 142, _CHROME_MAC, brand="Brave", browser="Brave"),
    _chromium(_LINUX, 142, Device("Chrome", "Linux", "desktop"), 2),
    _chromium("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", 141, Device("Chrome", "ChromeOS", "desktop"), 2),
    _chromium(_WINDOWS, 142, Device("Edge", "Windows", "desktop"), 6, named=("", " Edg/142.0.0.0"), brand=_EDGE),
    _chromium(_MAC, 142, Device("Edge", "macOS", "desktop"), named=("", " Edg/142.0.0.0"), brand=_EDGE),
    _chromium(
        _WINDOWS,
        141,
        Device("Opera", "Windows", "desktop"),
        2,
        named=("", " OPR/125.0.0.0"),
        brand=_OPERA,
        own_version="125",
    ),
    _chromium(
        _MAC,
        141,
        Device("Opera", "macOS", "desktop"),
        named=("", " OPR/125.0.0.0"),
        brand=_OPERA,
        own_version="125",
    ),
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
    _chromium(_ANDROID, 142, _CHROME_PHONE, 12, model="Pixel 8"),
    _chromium(_ANDROID, 142, _CHROME_PHONE, 6, model="SM-S928B"),
    _chromium("Mozilla/5.0 (Linux; Android 13; SM-S911B)", 112, _CHROME_PHONE, 2, model="SM-S911B"),
    _chromium(_ANDROID, 142, _CHROME_PHONE, 2, brand="Brave", browser="Brave", model="Pixel 8"),
    _chromium(
        _ANDROID,
        130,
        Device("Samsung Internet", "Android", "mobile"),
        4,
        named=("SamsungBrowser/28.0 ", ""),
        brand=_SAMSUNG,
        own_version="28.0",
        model="SM-S928B",
    ),
    _chromium(
        _ANDROID,
        141,
        Device("Opera", "Android", "mobile"),
        named=("", " OPR/92.0.0.0"),
        brand=_OPERA,
        own_version="92",
        model="CPH2581",
    ),
    _chromium(
        _ANDROID,
        142,
        Device("Edge", "Android", "mobile"),
        named=("", " EdgA/142.0.0.0"),
        brand=_EDGE,
        model="SM-A546B",
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
    _chromium("Mozilla/5.0 (Linux; Android 14; SM-X710)", 141, _CHROME_TABLET, 2, model="SM-X710"),
    # A television has the same agent as a tablet: only the model tells it.
    _chromium(_ANDROID, 142, _CHROME_TABLET, 2, model="BRAVIA 4K VH2", model_device="tv"),
    _chromium(
        "Mozilla/5.0 (Linux; Android 14; SM-X710)",
        125,
        Device("Samsung Internet", "Android", "tablet"),
        named=("SamsungBrowser/27.0 ", ""),
        brand=_SAMSUNG,
        own_version="27.0",
        model="SM-X710",
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
