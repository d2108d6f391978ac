# SPDX-License-Identifier: Apache-2.0
"""Takes viewers' addresses out of log lines before anything is stored. Pure.

An address stands in `c-ip`, and in headers that proxies add. The field `cs-headers` lists `name:value` pairs, each
ended by an encoded newline, `%0A`. What a viewer encoded itself is encoded twice, so a viewer cannot forge an end.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import quote, unquote

IPV4_PREFIX, IPV6_PREFIX = 24, 48
_HEADER_END = b"%0A"
# Headers that hold addresses, or secrets that nobody should keep. The first is masked, the others are taken out.
_MASKED = "x-forwarded-for"
_REMOVED = (
    "authorization", "cf-connecting-ip", "client-ip", "cloudfront-viewer-address", "cookie", "fastly-client-ip",
    "forwarded", "proxy-authorization", "true-client-ip", "x-client-ip", "x-cluster-client-ip", "x-real-ip",
)  # fmt: skip
_NEEDS_WORK = re.compile(rf"(?:^|%0A)(?:{'|'.join((_MASKED, *_REMOVED))}):".encode(), re.IGNORECASE)
_GLOBAL_PRIVACY_CONTROL = re.compile(rb"(?:^|%0A)sec-gpc:(?:%20)*1(?:%20)*(?:%0A|$)", re.IGNORECASE)
_PORT_AFTER_IPV4 = re.compile(r"([0-9.]+):\d+")

type Protect = Callable[[bytes], bytes]


def protector(log_fields: Sequence[str], ip_addresses: str, honor_global_privacy_control: bool) -> Protect:
    """A function from a checked log line (no line end) to the line that may be stored.

    `ip_addresses`: full, truncated (IPv4 to /24, IPv6 to /48) or removed. A viewer who sent Sec-GPC: 1 leaves no
    address at all if that is honoured. An address that cannot be read becomes `-`.
    """
    address_at = log_fields.index("c-ip") if "c-ip" in log_fields else None
    forwarded_at = log_fields.index("x-forwarded-for") if "x-forwarded-for" in log_fields else None
    headers_at = log_fields.index("cs-headers") if "cs-headers" in log_fields else None

    def protect(line: bytes) -> bytes:
        fields = line.split(b"\t")
        headers = fields[headers_at] if headers_at is not None else b""
        private = honor_global_privacy_control and _GLOBAL_PRIVACY_CONTROL.search(headers) is not None
        if ip_addresses == "full" and not private:
            return line
        keep = "removed" if private else ip_addresses
        if address_at is not None:
            fields[address_at] = mask(fields[address_at], keep)
        if forwarded_at is not None:
            fields[forwarded_at] = _mask_list(fields[forwarded_at], keep)
        if headers_at is not None and _NEEDS_WORK.search(headers):
            fields[headers_at] = _protect_headers(headers, keep)
        return b"\t".join(fields)

    return protect


@lru_cache(maxsize=65_536)  # about 10 MB; a batch sees the same visitors again and again
def mask(address: bytes, ip_addresses: str) -> bytes:
    """An address as it may be stored, `-` if nothing of it may or if it is none."""
    if ip_addresses == "removed":
        return b"-"
    text = unquote(address.decode("ascii", "replace")).strip().strip('"')
    if port := _PORT_AFTER_IPV4.fullmatch(text):
        text = port[1]
    elif text.startswith("["):
        text = text[1:].partition("]")[0]
    try:
        parsed = ip_address(text)
    except ValueError:
        return b"-"
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or IPv6Address(parsed.packed)  # without a zone id
    prefix = IPV6_PREFIX if parsed.version == 6 else IPV4_PREFIX
    return str(ip_network((parsed, prefix), strict=False).network_address).encode()


def _mask_list(addresses: bytes, keep: str) -> bytes:
    if keep == "removed" or addresses == b"-":
        return b"-"
    return quote(", ".join(mask(part, keep).decode() for part in addresses.split(b",")), safe=",:").encode()


def _protect_headers(headers: bytes, keep: str) -> bytes:
    """The field without what must not be kept."""
    kept: list[bytes] = []
    for header in headers.split(_HEADER_END):
        name, colon, value = header.partition(b":")
        lower = unquote(name.decode("ascii", "replace")).strip().lower()
        if lower in _REMOVED or (lower == _MASKED and keep == "removed"):
            continue
        kept.append(name + colon + _mask_list(value, keep) if lower == _MASKED else header)
    return _HEADER_END.join(kept) or b"-"
