# SPDX-License-Identifier: Apache-2.0
"""Kinesis events of real-time log lines, as Lambda hands them to the aggregator."""

import base64
import json
from random import Random
from typing import Any

from edgepixel.template.reader import log_fields
from edgepixel.traffic import log_line as lines
from localcloud.cloudfront.log_line import encode_field

PAYLOAD_BYTES = 6 * 1024 * 1024  # Lambda closes a batch at this size of the event's JSON
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
# What Chrome sends for an image, in its order. CloudFront logs the first 800 bytes.
HEADERS = (
    "host:d111111abcdef8.cloudfront.net",
    'sec-ch-ua-platform:"Windows"',
    f"user-agent:{AGENT}",
    'sec-ch-ua:"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
    "sec-ch-ua-mobile:?0",
    "accept:image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "sec-fetch-site:cross-site",
    "sec-fetch-mode:no-cors",
    "sec-fetch-dest:image",
    "sec-fetch-storage-access:active",
    "accept-encoding:gzip, deflate, br, zstd",
    "accept-language:de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
    "priority:i",
)
GLOBAL_PRIVACY_CONTROL_SHARE = 0.05


def log_line(random: Random, fields: list[str], mean_bytes: int) -> bytes:
    """One line of about `mean_bytes`, of one of some thousand visitors; ends in a newline."""
    visitor = random.randrange(4000)
    values = {
        "timestamp": f"1763888400.{random.randrange(1000):03d}",
        "c-ip": f"198.18.{visitor % 256}.{visitor // 256}",
        "x-edge-request-id": base64.b64encode(random.randbytes(40)).decode(),
        "cs-user-agent": AGENT,
        "cs-uri-query": "",
        "cs-headers": "",
    }
    empty = len(lines.log_line(values, fields))
    # What is left goes to the query and the referer, a quarter each, and to as many headers as fill the other half.
    left = max(40, mean_bytes - empty + random.randrange(-70, 71))
    values["cs-uri-query"] = "e=view&n=" + "q" * (left // 4 - 9)
    values["cs-referer"] = "https://blog.example/" + "r" * max(0, left // 4 - 21)
    values["cs-headers"] = _headers(random, left // 2)
    return lines.log_line(values, fields).encode("ascii")


def _headers(random: Random, encoded_bytes: int) -> str:
    """Request headers of about so many bytes in the log line, some of which forbid tracking."""
    headers = "sec-gpc:1\n" * (random.random() < GLOBAL_PRIVACY_CONTROL_SHARE) + "\n".join(HEADERS) + "\n"
    kept = len(headers)
    while (excess := len(encode_field(headers[:kept])) - encoded_bytes) > 0:
        kept -= -(-excess // 3)  # a character is three bytes at most
    return headers[:kept]


def kinesis_event(random: Random, mean_bytes: int, most_lines: int | None = None) -> dict[str, Any]:
    """An event with one line a record: as many as Lambda's payload holds, or `most_lines`."""
    fields = log_fields()
    records: list[dict[str, Any]] = []
    size = 0
    while most_lines is None or len(records) < most_lines:
        number = len(records)
        record = {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": str(random.randrange(10**19)),
                "sequenceNumber": str(49590338271490256608559692538361571095921575989136588898 + number),
                "data": base64.b64encode(log_line(random, fields, mean_bytes)).decode("ascii"),
                "approximateArrivalTimestamp": 1763888401.5,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"shardId-000000000000:{number}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": "arn:aws:iam::123456789012:role/aggregator",
            "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:123456789012:stream/raw",
        }
        size += len(json.dumps(record)) + 1
        if size > PAYLOAD_BYTES:
            break
        records.append(record)
    return {"Records": records}
