# SPDX-License-Identifier: Apache-2.0
"""What the aggregator should make of a sample, worked out without any of its code. Pure."""

import base64
import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PRIVATE = "Sec-GPC:1%0A"  # as CloudFront writes the header Sec-GPC: 1 into cs-headers
_SAID_PRIVATE = "v%3D1%26g%3D1"  # as it begins what the edge function says of a viewer who sent that header
_FIRST_VERSION_FIELDS = 17


@dataclass(frozen=True)
class Expected:
    """The lines that a sample should bring into the aggregated stream, in order, and how many into quarantine."""

    lines: list[str]
    quarantined: int


def expected_of(event: Mapping[str, Any], log_fields: Sequence[str]) -> Expected:
    """What should come of a Kinesis event with the template's default privacy settings.

    What the edge function says holds no more than may be stored.
    """
    lines: list[str] = []
    quarantined = 0
    for line in _lines(event):
        fields = (line or "").split("\t")
        if _is_of_a_version(len(fields), len(log_fields)) and fields[0].replace(".", "", 1).isdecimal():
            lines.append("\t".join(_protected(dict(zip(log_fields, fields, strict=False))).values()))
        else:
            quarantined += 1
    return Expected(lines, quarantined)


def differences(expected: Expected, sent: Sequence[str], quarantined: int) -> str | None:
    """What is wrong with what came of a sample; None if nothing is."""
    if quarantined != expected.quarantined:
        return f"{quarantined} lines in quarantine instead of {expected.quarantined}"
    if len(sent) != len(expected.lines):
        return f"{len(sent)} lines in the aggregated stream instead of {len(expected.lines)}"
    for number, (line, wanted) in enumerate(zip(sent, expected.lines, strict=True), start=1):
        if line != wanted:
            return f"line {number} of the aggregated stream is {line!r} instead of {wanted!r}"
    return None


def truncated(address: str) -> str:
    """An address as the aggregator stores it: the first one of its /24 or, for IPv6, of its /48."""
    host = ipaddress.ip_network(address)
    return str(host.supernet(new_prefix=24 if host.version == 4 else 48).network_address)


def _is_of_a_version(fields: int, log_fields: int) -> bool:
    """Whether a line has so many fields, now or in the first version."""
    return fields in (log_fields, min(_FIRST_VERSION_FIELDS, log_fields))


def _protected(fields: dict[str, str]) -> dict[str, str]:
    headers, address = fields["cs-headers"], fields["c-ip"]
    if re.fullmatch(r"[0-9]\.[0-9]{3}", address):  # with the edge function there is a time in its place
        stored = address
    else:
        said = fields.get("viewer-request-log-data", "-")
        stored = "-" if _PRIVATE in headers or said.startswith(_SAID_PRIVATE) else truncated(address)
    return fields | {"c-ip": stored, "cs-headers": _stored(headers)}


def _stored(headers: str) -> str:
    """What is stored of the headers in samples: `purpose:prefetch` and the like."""
    sent = (header.lower() for header in headers.split("%0A"))
    said = (re.match("((?:x-|sec-)?purpose:)(?:%20)*(prefetch|prerender|preview)", header) for header in sent)
    return "%0A".join(found[1] + found[2] for found in said if found) or "-"


def _lines(event: Mapping[str, Any]) -> Iterator[str | None]:
    """The lines of all records; None for a record that is not text."""
    for record in event["Records"]:
        try:
            text = base64.b64decode(record["kinesis"]["data"], validate=True).decode()
        except ValueError:
            yield None
            continue
        yield from filter(None, text.split("\n"))
