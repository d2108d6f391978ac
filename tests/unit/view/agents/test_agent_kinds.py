# SPDX-License-Identifier: Apache-2.0
"""Kinds of agents that were once told wrong, each with the case that showed it and others of its kind."""

import pytest

from tests.unit.view.event_view import Row, events

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/134.0.0.0 Safari/537.36"
_PHONE = f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/134.0.0.0 Mobile Safari/537.36"
_IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_APPLE} Mobile/15E148"
_ANDROID_TV = "Mozilla/5.0 (Linux; Android 9; AFTKA Build/PS7642; wv)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"


def _android(model: str, rest: str = "Chrome/126.0.0.0 Mobile Safari/537.36") -> str:
    return f"Mozilla/5.0 (Linux; Android 14; {model}) {_WEBKIT} {rest}"


_FACEBOOK = _android("SM-S911B Build/UP1A.231005.007; wv", "Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36")

# kind: class of traffic, agents of that class
TRAFFIC: dict[str, tuple[str, tuple[str, ...]]] = {
    "a carrier or a device in Facebook's browser": (
        "human",
        (
            f"{_FACEBOOK} [FB_IAB/FB4A;FBAV/512.0.0.0.1;FBCR/Telekom.de;]",
            f"{_FACEBOOK} [FB_IAB/FB4A;FBAV/512.0.0.0.1;FBCR/congstar.de;FBPN/com.facebook.katana;]",
            f"{_FACEBOOK} [FB_IAB/Orca-Android;FBAV/480.1.0;FBCR/www.play.pl;]",
            f"{_IPHONE} [FBAN/FBIOS;FBAV/463.0.0;FBDV/iPhone15,2;FBCR/1&1 Telecom.net;FBLC/de_DE]",
        ),
    ),
    "a locale with Apple's extensions": (
        "human",
        (
            f"{_IPHONE} Instagram 330.0.3.29.91 (iPhone14,3; iOS 18_5; en_US@rg=dezzzz; en; scale=3.00; 1284x2778; 60)",
            f"{_IPHONE} Instagram 341.0.1.29.93 (iPhone15,2; iOS 18_5; de_DE@calendar=buddhist; de; scale=3.00)",
            f"{_IPHONE} Barcelona 289.0.0.77.109 (iPhone14,3; iOS 18_5; en_GB@rg=atzzzz; en-GB; scale=3.00)",
            "WhatsLeft/2.1 (iPhone; iOS 18.5; en_US@rg=chzzzz; Scale/3.00)",
        ),
    ),
    "a model's name with a word of a program": (
        "human",
        (
            _android("ASUS_AI2401 Build/UKQ1.230917.001"),
            _android("Ai+ Nova 5G"),
            _android("Power Bot"),
            _android("GLX SpiderI Build/JDQ39"),
            _android("M_bot_tab_71 Build/NHG47K", "Chrome/58.0.3029.83 Safari/537.36"),
        ),
    ),
    "a monitor or a developer's tool behind a browser's agent": (
        "bot",
        (
            f"{_PHONE} DebugBear",
            f"{_WINDOWS} CloudflareObservatory/1.0",
            "Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.19041.5737",
            "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.6",
            f"{_WINDOWS} GTmetrix",
            f"{_WINDOWS} NewRelicSynthetics/1.0",
            f"{_WINDOWS} Silktide/1.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:35.0) Gecko/20100101 Firefox/35.0 DareBoost",
            f"{_WINDOWS} SomeSiteChecker/1.0",
        ),
    ),
    "a mail reader": (
        "human",
        (
            "Mozilla/4.0 (compatible; Lotus-Notes/6.0; Windows-NT)",
            "Mozilla/4.0 (compatible; Lotus-Notes/5.0; Macintosh PPC)",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0",
            "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
            "Mail/3826.400.131.1.6 CFNetwork/3826.400.120 Darwin/24.3.0",
        ),
    ),
    "a word inside a name": (
        "human",
        (
            "CamScanner/6.60.0 (iPhone; iOS 17.5; Scale/3.00)",
            f"{_IPHONE} CamScanner/6.60.0",
            _android("MagentaTV ONE Build/RTT2.220929.001; wv", "Version/4.0 Chrome/120.0.0.0 Safari/537.36"),
            f"{_IPHONE} Checkout51/9.2",
            f"{_FACEBOOK} BabyMonitor3G/5.0",
            f"{_WINDOWS} Honorlock",
            f"{_WINDOWS} Likewise",
        ),
    ),
    "an AI service by its name": (
        "ai_crawler",
        (
            "Google-NotebookLM",
            "meta-webindexer/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
            "Mozilla/5.0 (compatible; Google-CloudVertexBot; +https://cloud.google.com/enterprise-search)",
            f"{_WINDOWS} (compatible; MistralAI-User/1.0; +https://docs.mistral.ai/robots)",
            "Mozilla/5.0 (compatible; bedrockbot/1.0)",
            "DeepSeekBot/1.0",
            f"Mozilla/5.0 {_WEBKIT[:-1]}; compatible; Amzn-SearchBot/0.1) Chrome/119.0.6045.214 Safari/537.36",
        ),
    ),
    "an image proxy that is not of a mail service": (
        "bot",
        (
            "StartpagePrivateImageProxy/3.0 (Mozilla/5.0 compatible)",
            "SearXNG ImageProxy/1.0",
            "github-camo (876de43e)",
            "Mozilla/5.0 (compatible; DuckDuckGo-Image-Proxy/1.0)",
        ),
    ),
    "a version of Chrome that nobody has built": (
        "bot",
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/139.0.7258.1537 Safari/537.36",
            _android("Nexus 5 Build/MRA58N", "Chrome/50.0.1528.1304 Mobile Safari/537.36"),
            f"{_MAC} {_WEBKIT} Chrome/131.0.6778.2204 Safari/537.36 Edg/131.0.2903.86",
            f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Chrome/999.0.0.0 Safari/537.36",
        ),
    ),
    "a real version that only looks made up": (
        "human",
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/109.0.5414.168 Safari/537.36",
            f"Mozilla/5.0 (Windows NT 6.1) {_WEBKIT} Chrome/30.0.1599.12785 YaBrowser/13.12.1599.12785 Safari/537.36",
            _android("P30T", "Chrome/122.0.6261.2393 YaSearchBrowser/24.40 Mobile Safari/537.36"),
            _android("AFTS Build/LMY47O", "Version/4.0 Chrome/41.99900.2250.0242 Safari/537.36"),
        ),
    ),
    "an app that shows the pixel with its system's loader": (
        "human",
        (
            "Dalvik/2.1.0 (Linux; U; Android 14; SM-S911B Build/UP1A.231005.007)",
            "NewsReader/5.2 CFNetwork/1494.0.7 Darwin/23.4.0",
            "Shop/4.1 (com.example.shop; build:12; iOS 18.1.0) Alamofire/5.9.1",
            "MobileSafari/8618.1.15.10.15 CFNetwork/1494.0.7 Darwin/23.4.0",
        ),
    ),
    "a library on such a system": (
        "bot",
        (
            "curl/7.76.1 Dalvik/2.1.0",
            "python-requests/2.28.1 CPython/3.11.2 Darwin/22.3.0",
            "okhttp/4.12.0",
            "Wget/1.21.4 (linux-android)",
        ),
    ),
}  # fmt: skip

# kind: (agent, os, device)
DEVICES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "televisions": (
        (
            f"{_ANDROID_TV} {_WEBKIT} Version/4.0 Chrome/120.0.6099.230 Safari/537.36",
            "Android",
            "tv",
        ),
        (
            "Mozilla/5.0 (SMART-TV; X11; Linux i686) AppleWebKit/534.7 (KHTML, like Gecko) Version/5.0 Safari/534.7",
            "Linux",
            "tv",
        ),
        (
            "TV Bro/1.0 Mozilla/5.0 (Linux; Android 11; SHIELD Android TV Build/RQ1A.210105.003; wv) "
            f"{_WEBKIT} Version/4.0 Chrome/110.0.0.0 Safari/537.36",
            "Android",
            "tv",
        ),
        (
            f"Mozilla/5.0 (Web0S; Linux/SmartTV) {_WEBKIT} Chrome/94.0.4606.128 Safari/537.36 WebAppManager",
            "Linux",
            "tv",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; BRAVIA 4K VH2 Build/QTG3) {_WEBKIT} Chrome/113.0.0.0 Safari/537.36",
            "Android",
            "tv",
        ),
        (
            f"Mozilla/5.0 (X11; Linux armv7l) {_WEBKIT} Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000",
            "Linux",
            "tv",
        ),
        ("Roku/DVP-12.0 (12.0.0.4182-88)", "Linux", "tv"),
    ),
    "consoles": (
        ("Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)", "other", "console"),
        (
            f"Mozilla/5.0 (PlayStation; PlayStation 5/6.00) {_APPLE} Version/13.0 Safari/605.1.15",
            "other",
            "console",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Xbox; Xbox One) {_WEBKIT} Chrome/115.0.0.0 Safari/537.36 Edge/44.18363",
            "Windows",
            "console",
        ),
        ("Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.4.2.12", "other", "console"),
    ),
    "iPads that pose as Macs": (
        (f"{_MAC} {_APPLE} CriOS/137 Version/11.1.1 Safari/605.1.15", "iOS", "tablet"),
        (f"{_MAC} {_APPLE} FxiOS/138.0 Safari/605.1.15", "iOS", "tablet"),
        (f"{_MAC} {_APPLE} EdgiOS/137.0.3296.58 Version/17.0 Safari/605.1.15", "iOS", "tablet"),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_4) {_APPLE} Mobile/15E148",
            "iOS",
            "tablet",
        ),
        (f"{_MAC} {_APPLE} GSA/330.0.653331328 Mobile/15E148 Safari/604.1", "iOS", "tablet"),
        (f"{_MAC} {_APPLE} Version/18.5 Safari/605.1.15", "macOS", "desktop"),
    ),
    "mail apps and other apps": (
        ("Outlook-iOS/709.2226530.prod.iphone (3.24.1)", "iOS", "mobile"),
        ("Outlook-iOS/727.2614007.prod.ipad (4.2433.0)", "iOS", "tablet"),
        ("Outlook-Android/2.0", "Android", "mobile"),
        ("NaverMailApp/2.1.23 (Android 9; Redmi Note 5)", "Android", "mobile"),
        ("Mail/3826.400.131.1.6 CFNetwork/3826.400.120 Darwin/24.3.0", "iOS", "mobile"),
        ("Mail/1816 CFNetwork/673.0.3 Darwin/13.0.0 (x86_64) (Macmini5%2C1)", "macOS", "desktop"),
        ("Dalvik/2.1.0 (Linux; U; Android 14; SM-S911B Build/UP1A.231005.007)", "Android", "mobile"),
    ),
    "boxes, sets and sticks with Android, whatever their maker": (
        (_android("AS_4K_CI", "Chrome/91.0.4472.120 Safari/537.36"), "Android", "tv"),
        (_android("EPICO 4K Build/QTG1.210615.001; wv"), "Android", "tv"),
        (_android("SPYBOXS11 Build/NRD90M; wv", "Version/4.0 Chrome/119.0.6045.163 Safari/537.36"), "Android", "tv"),
        (_android("AQUOS-TVJ21-2 Build/QTG3.200913.001"), "Android", "tv"),
        (_android("SM-G900 Build/JZO54K"), "Android", "mobile"),  # a build, not 4K
        (_android("M2104K10I"), "Android", "mobile"),
        (_android("SM-T210 Build/JZO54K", "Chrome/33.0.1750.166 Safari/537.36"), "Android", "tablet"),
    ),
    "tablets that say so behind the model": (
        (
            _android("OC101", "Chrome/120.0.6099.516 YaSearchBrowser/24.18/apad BroPP/1.0 Mobile Safari/537.36"),
            "Android",
            "tablet",
        ),
        (_android("MGA-W10", "Chrome/118.0 YaApp_Android/23.110/apad Mobile Safari/537.36"), "Android", "tablet"),
        (_android("BZK-W00"), "Android", "tablet"),
        ("UCWEB/2.0 (MIDP-2.0; U; Adr 4.1.2; en-US; SM-T211) U2/1.0.0 UCBrowser/10.2.1 Mobile", "Android", "tablet"),
        (_android("SM-S911B", "Chrome/120.0 YaApp_Android/23.110 Mobile Safari/537.36"), "Android", "mobile"),
        ("UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; en-US; GT-I9500) U2/1.0.0 UCBrowser/10.2.1 Mobile", "Android", "mobile"),
    ),
    "personal computers with Android": (
        (_android("Inspiron 3558", "Chrome/85.0.4183.101 Safari/537.36"), "Android", "desktop"),
        (_android("HP EliteBook 820 G2", "Chrome/86.0.4240.185 Safari/537.36"), "Android", "desktop"),
        (_android("HiBook Build/LMY47I; wv", "Version/4.0 Chrome/80.0 Safari/537.36"), "Android", "tablet"),
    ),
    "names that contain another system's": (
        (_android("HiPad XPro", "Chrome/110.0.5481.192 Safari/537.36"), "Android", "tablet"),
        (_android("SM-X200", "Chrome/126.0.0.0 Mobile Safari/537.36"), "Android", "tablet"),
        (_android("COOLPAD C202 Build/RP1A.201005.001"), "Android", "mobile"),
        (
            "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; Media Center PC 6.0; Tablet PC 2.0)",
            "Windows",
            "desktop",
        ),
    ),
}  # fmt: skip

# An agent as an old standard log has it, encoded twice: what was sent.
TWICE = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0",
    _PHONE,
    f"{_IPHONE} Version/18.5 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Opera/9.80 (Windows NT 6.1; U; de) Presto/2.12.388 Version/12.18",
)


def _found(agents: set[str]) -> dict[str, Row]:
    return events({agent: {"cs_user_agent": agent} for agent in agents})


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    people = {agent for _, agents in TRAFFIC.values() for agent in agents}
    return _found(people | {agent for agents in DEVICES.values() for agent, _, _ in agents})


@pytest.mark.parametrize("kind", TRAFFIC)
def test_traffic(kind: str, found: dict[str, Row]) -> None:
    traffic, agents = TRAFFIC[kind]
    assert {agent: found[agent]["traffic"] for agent in agents} == dict.fromkeys(agents, traffic)


@pytest.mark.parametrize("kind", DEVICES)
def test_system_and_device(kind: str, found: dict[str, Row]) -> None:
    rows = [(agent, found[agent]["os"], found[agent]["device"]) for agent, _, _ in DEVICES[kind]]
    assert tuple(rows) == DEVICES[kind]
    assert {found[agent]["traffic"] for agent, _, _ in DEVICES[kind]} == {"human"}


def test_agents_that_were_logged_encoded_twice_are_what_was_sent() -> None:
    once = _found(set(TWICE))
    # The log line encodes once more what it is given.
    twice = events({agent: {"cs_user_agent": agent.replace("%", "%25").replace(" ", "%20")} for agent in TWICE})
    assert {agent: twice[agent] | {"request_id": ""} for agent in TWICE} == {
        agent: once[agent] | {"request_id": ""} for agent in TWICE
    }


def test_an_agent_with_escapes_of_its_own_is_kept() -> None:
    agents = {"Opera%20Coast/5.03.102982 CFNetwork/758.5.3 Darwin/15.6.0", "%C3%A4", "100%25 mine", "a %2520 b"}
    assert {row["user_agent"] for row in _found(agents).values()} == agents
