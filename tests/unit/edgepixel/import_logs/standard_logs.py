# SPDX-License-Identifier: Apache-2.0
"""Standard logs: AWS's own examples, and files with made-up requests in every format.

The examples are those of the CloudFront Developer Guide: "Standard logging reference" (legacy, in legacy_example.log)
and "Configure standard logging (v2)" (JSON, as sent to Firehose).
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from localcloud.cloudfront.log_line import encode_field

AWS_EXAMPLE = Path(__file__).with_name("legacy_example.log").read_bytes()
LEGACY_FIELDS = AWS_EXAMPLE.decode().splitlines()[1].removeprefix("#Fields: ").split()

AWS_JSON = (
    b'{"date":"2024-11-15","time":"19:45:51","x-edge-location":"SOF50-P2","asn":"16509","timestamp(ms)":"1731699951183",'
    b'"origin-fbl":"0.254","origin-lbl":"0.254","x-host-header":"d111111abcdef8.cloudfront.net",'
    b'"cs(Cookie)":"examplecookie=value"}\n'
)

type Request = Mapping[str, str]  # by CloudFront's name of the field, as it was sent

USUAL: Request = {
    "date": "2025-03-01",
    "time": "12:30:59",
    "x-edge-location": "FRA60-P4",
    "c-ip": "203.0.113.77",
    "cs-method": "GET",
    "cs(Host)": "d111111abcdef8.cloudfront.net",
    "cs-uri-stem": "/pixel.gif",
    "sc-status": "200",
    "cs(User-Agent)": "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
    "x-edge-result-type": "Hit",
    "x-edge-request-id": "usual==",
    "x-host-header": "www.example.org",
    "cs-protocol": "https",
    "sc-content-type": "image/gif",
}


def encoded(request: Request, fields: Sequence[str]) -> list[str]:
    """A request's values as CloudFront logs them: usual where the request says nothing."""
    return [encode_field({**USUAL, **request}.get(name) or "") or "-" for name in fields]


def w3c(*requests: Request, fields: Sequence[str] = LEGACY_FIELDS, delimiter: str = "\t", header: bool = True) -> bytes:
    """A file of text lines."""
    lines = ["#Version: 1.0", f"#Fields: {' '.join(fields)}"] if header else []
    lines += [delimiter.join(encoded(request, fields)) for request in requests]
    return "".join(f"{line}\n" for line in lines).encode()


def json_lines(*requests: Request, fields: Sequence[str] = LEGACY_FIELDS) -> bytes:
    """A file of one JSON object a line."""
    objects = (dict(zip(fields, encoded(request, fields), strict=True)) for request in requests)
    return "".join(f"{json.dumps(one)}\n" for one in objects).encode()


def write_parquet(path: Path, *requests: Request, fields: Sequence[str] = LEGACY_FIELDS) -> None:
    """A file in Parquet, with columns of text that are named as Athena's user guide has them, such as cs_user_agent."""
    columns = [name.lower().replace("(", "_").replace(")", "").replace("-", "_") for name in fields]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE log ({', '.join(f'"{name}" VARCHAR' for name in columns)})")
        connection.executemany(
            f"INSERT INTO log VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 (the test's own names)
            [encoded(request, fields) for request in requests],
        )
        connection.table("log").write_parquet(str(path))


def write_gzip(path: Path, content: bytes) -> Path:
    """The content compressed, as CloudFront delivers it."""
    path.write_bytes(gzip.compress(content, mtime=0))
    return path
