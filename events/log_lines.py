# SPDX-License-Identifier: Apache-2.0
"""Sample log lines, and the Kinesis events that bring them to the aggregator."""

import base64
import random
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from edgepixel.edge_function import log_data
from edgepixel.template.reader import log_fields, logged_fields
from edgepixel.traffic.log_line import first_version_fields, log_line
from events.account import ACCOUNT, PIXEL_HOST, REGION, STACK, STREAM_ARN

START = 1773480413.0  # 2026-03-14T09:26:53Z

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
FACEBOOK = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"


class SampleHits:
    """Log lines of hits, one second after the other, each ending in a newline."""

    def __init__(self) -> None:
        self._random = random.Random(20260314)  # noqa: S311 (samples need repetition, not secrecy)
        self._fields = log_fields()
        self._fields_with_function = logged_fields(True, "truncated")
        self._number = 0

    def line(
        self,
        page: str,
        user_agent: str = CHROME,
        address: str = "203.0.113.87",
        country: str = "DE",
        asn: str = "64496",
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        edge_function: bool = False,
    ) -> str:
        """One hit from `page`. `parameters` and `headers` are added to what every hit has.

        With the edge function, what it says of the hit is at the end, and neither address nor headers are in their
        places.
        """
        self._number += 1
        # What is empty is not sent: a mail reader has no page, and some robots have no name.
        asked = {"u": page, **(parameters or {}), "n": str(self._number)}
        query = urlencode({name: value for name, value in asked.items() if value}, quote_via=quote, safe="")
        sent = {"Host": PIXEL_HOST, "User-Agent": user_agent, "Accept": "image/*,*/*;q=0.8", **(headers or {})}
        identifier = base64.b64encode(self._random.randbytes(40)).decode().replace("+", "-").replace("/", "_")
        return log_line(
            {
                "timestamp": f"{START + self._number + self._random.randrange(1000) / 1000:.3f}",
                "c-ip": address,
                "cs-host": PIXEL_HOST,
                "cs-uri-stem": f"/pixel.gif?{query}",
                "x-edge-location": "FRA60-P3",
                "x-edge-request-id": identifier,
                "time-taken": f"0.00{self._random.randrange(1, 10)}",
                "cs-user-agent": user_agent,
                "cs-referer": page,
                "cs-uri-query": query,
                "c-country": country,
                "cs-headers": "".join(f"{name}:{value}\n" for name, value in sent.items() if value),
                "asn": asn,
                "time-to-first-byte": "0.001",
                "cache-behavior-path-pattern": "/pixel.gif",
                "viewer-request-log-data": log_data(address, _by_lower_name(sent)) if edge_function else "",
            },
            self._fields_with_function if edge_function else self._fields,
        )


def _by_lower_name(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if value}


def kinesis_event(records: Iterable[str]) -> dict[str, Any]:
    """What Lambda gets from the raw stream: `records` are the records' data in base64."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": str(100000 + number),
                    "sequenceNumber": f"4967126854{number:046d}",
                    "data": data,
                    "approximateArrivalTimestamp": START + number + 2,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000000:4967126854{number:046d}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/{STACK}-AggregatorRole-1A2B3C4D5E6F",
                "awsRegion": REGION,
                "eventSourceARN": STREAM_ARN,
            }
            for number, data in enumerate(records, start=1)
        ]
    }


def _of_first_version(line: str) -> str:
    return "\t".join(line.removesuffix("\n").split("\t")[: first_version_fields()]) + "\n"


def encoded(*data: str) -> list[str]:
    """Record data as Lambda gets it: in base64."""
    return [base64.b64encode(text.encode()).decode() for text in data]


def aggregator_events(hits: SampleHits) -> dict[str, Any]:
    """Log lines as Lambda gets them from the raw stream."""
    home, post, shop = "https://www.example.com/", "https://www.example.com/posts/kites", "https://shop.example.com"
    page_views = [
        hits.line(home, parameters={"r": "https://search.example.net/?q=kites", "t": "Home"}),
        hits.line(post, IPHONE, "2001:db8:42:1::7", "US", parameters={"t": "Kites & wind: 100 % fun"}),
        hits.line(post, FIREFOX, "198.51.100.23", "FR", parameters={"t": "Drachen über Köln", "r": home}),
        hits.line(f"{home}?utm_source=letter", IPHONE, "192.0.2.200", "CH", parameters={"utm_source": "letter"}),
        hits.line(post, CHROME, "203.0.113.87", parameters={"e": "read", "s": "blog"}),
    ]
    many = [hits.line(f"{home}page-{number}", address=f"198.51.100.{number}") for number in range(1, 10)]
    bots = [
        hits.line(home, GOOGLEBOT, "192.0.2.66", "US", "15169"),
        hits.line(post, GPTBOT, "192.0.2.67", "US", "8075"),
        hits.line("", GMAIL, "192.0.2.68", "US", "15169", parameters={"e": "open", "s": "letter"}),
        hits.line(home, FACEBOOK, "192.0.2.69", "IE", "64500"),
        hits.line(home, "", "192.0.2.70", "NL", "64501"),
        hits.line(home, headers={"Sec-Purpose": "prefetch;prerender"}),
        hits.line(home, CHROME, "192.0.2.71", "US", "16509"),
    ]
    item = {"i": "kite-7", "v": "49.90", "c": "EUR"}
    purchase = [
        hits.line(
            f"{shop}/kite-7?utm_campaign=spring", parameters={"e": "view_item", "utm_campaign": "spring", **item}
        ),
        hits.line(f"{shop}/cart", parameters={"e": "add_to_cart", **item}),
        hits.line(f"{shop}/thanks", parameters={"e": "purchase", "o": "A-1001", **item}),
    ]
    privacy = [
        hits.line(home, FIREFOX, "198.51.100.99", "FR", headers={"Sec-GPC": "1"}),
        hits.line(home, CHROME, "198.51.100.98", "FR"),
    ]
    good = encoded(*(hits.line(f"{post}?{number}", address=f"203.0.113.{number}") for number in range(1, 11)))
    whole = hits.line(home, address="203.0.113.250")
    _, _, without_timestamp = whole.partition("\t")
    bad = {
        "wrong field count": encoded("\t".join(whole.split("\t")[: first_version_fields() - 1]) + "\n")[0],
        "bad timestamp": encoded(f"yesterday\t{without_timestamp}")[0],
        "not base64": "%%% this is not base64 %%%",
        "not UTF-8": base64.b64encode(b"\xff\xfe" + whole.encode()).decode(),
        "empty": "",
    }
    poisoned = [record for pair in zip(good, bad.values(), strict=False) for record in pair] + good[len(bad) :]
    told = {
        "Accept-Language": "de-AT,de;q=0.9,en;q=0.8",
        "Sec-CH-UA": '"Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"',
        "Sec-CH-UA-Mobile": "?0",
        "Sec-CH-UA-Platform": '"Windows"',
    }
    french = {"Accept-Language": "fr-FR,fr;q=0.9"}
    purpose = {"Sec-Purpose": "prefetch;prerender"}
    # As they come after an update: from the edge function, without it, and of the first version's fields.
    described = [
        hits.line(home, CHROME, "203.0.113.91", "AT", headers=told, edge_function=True),
        hits.line(post, IPHONE, "2001:db8:43:1::7", "US", headers={"Accept-Language": "en-US"}, edge_function=True),
        hits.line(home, FIREFOX, "198.51.100.97", "FR", headers=french | {"Sec-GPC": "1"}, edge_function=True),
        hits.line(post, CHROME, "203.0.113.92", "AT", headers=told | purpose, edge_function=True),
        hits.line(post, FIREFOX, "198.51.100.96", "FR", headers=french),
        _of_first_version(hits.line(home, CHROME, "203.0.113.93", headers=told)),
    ]
    return {
        "edge-function": kinesis_event(encoded(*described)),
        "page-views": kinesis_event(encoded(*page_views)),
        "many-lines-in-one-record": kinesis_event(encoded("".join(many[:6]), "\n" + "\n".join(many[6:]))),
        "bots": kinesis_event(encoded(*bots)),
        "purchase": kinesis_event(encoded(*purchase)),
        "global-privacy-control": kinesis_event(encoded(*privacy)),
        "poisoned": kinesis_event(poisoned),
    }
