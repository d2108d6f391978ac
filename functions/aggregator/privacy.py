# SPDX-License-Identifier: Apache-2.0
"""Removes from a log line what must not be stored. Pure.

`cs-headers` holds the viewer's request headers as `name:value` pairs, each ended by an encoded newline (CloudFront
Developer Guide, "Use real-time access logs"). Values are percent-encoded, so a viewer's own `%0A` reads `%250A`: pairs
are split before anything is decoded, or a value could forge a header.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import unquote_to_bytes

from addresses import remove, truncate
from settings import IpAddresses

type Mask = Callable[[bytes], bytes]

# Headers that say who the viewer is and that no answer needs: always removed.
_CREDENTIALS = frozenset({b"cookie", b"authorization", b"proxy-authorization"})
# Headers in which proxies and content delivery networks send the viewer's address: removed unless addresses stay full.
_ADDRESSES = frozenset(
    {
        b"cf-connecting-ip",
        b"cf-connecting-ipv6",
        b"client-ip",
        b"cloudfront-viewer-address",
        b"fastly-client-ip",
        b"forwarded",
        b"forwarded-for",
        b"true-client-ip",
        b"x-client-ip",
        b"x-cluster-client-ip",
        b"x-forwarded",
        b"x-original-forwarded-for",
        b"x-originating-ip",
        b"x-real-ip",
    }
)
_ADDRESS_LIST = b"x-forwarded-for"
_GLOBAL_PRIVACY_CONTROL = b"sec-gpc"
SENSITIVE_HEADERS = frozenset({*_CREDENTIALS, *_ADDRESSES, _ADDRESS_LIST, _GLOBAL_PRIVACY_CONTROL})
"""The headers that may change what is stored of a line, in lower case."""

# CloudFront writes escapes in upper case. If it ever does not, no header may stay because of that.
PAIR_END = re.compile(rb"%0[Aa]")


class Privacy:
    """Applies the privacy settings to the fields of a line."""

    def __init__(
        self, log_fields: Sequence[str], ip_addresses: IpAddresses, honor_global_privacy_control: bool
    ) -> None:
        self._addresses = [position for position, name in enumerate(log_fields) if name in {"c-ip", "x-forwarded-for"}]
        self._headers = log_fields.index("cs-headers") if "cs-headers" in log_fields else None
        masks: dict[IpAddresses, Mask | None] = {IpAddresses.TRUNCATED: truncate, IpAddresses.REMOVED: remove}
        self.mask = masks.get(ip_addresses)
        self._honor_global_privacy_control = honor_global_privacy_control

    def protect(self, fields: list[bytes]) -> None:
        """Remove from the fields, in place, what must not be stored. No field grows. The last ones may be missing.

        A viewer who sends `Sec-GPC: 1` (https://w3c.github.io/gpc/) loses the address whatever the setting.
        """
        mask = self.mask
        if self._headers is not None and self._headers < len(fields):
            pairs = PAIR_END.split(fields[self._headers])
            if any(_name(pair) in SENSITIVE_HEADERS for pair in pairs):
                if self._honor_global_privacy_control and any(map(_opts_out, pairs)):
                    mask = remove
                fields[self._headers] = b"%0A".join(_protected(pairs, mask)) or b"-"
        if mask is not None:
            for position in self._addresses:
                if position < len(fields):
                    fields[position] = _masked(fields[position], mask)


def _name(pair: bytes) -> bytes:
    return pair.partition(b":")[0].lower()


def _opts_out(pair: bytes) -> bool:
    return _name(pair) == _GLOBAL_PRIVACY_CONTROL and unquote_to_bytes(pair.partition(b":")[2]).strip() == b"1"


def _protected(pairs: Iterable[bytes], mask: Mask | None) -> Iterable[bytes]:
    for pair in pairs:
        name, colon, value = pair.partition(b":")
        folded = name.lower()
        if folded in _CREDENTIALS or (mask is not None and folded in _ADDRESSES):
            continue
        if mask is not None and folded == _ADDRESS_LIST:
            yield name + colon + _masked(value, mask)
        else:
            yield pair


def _masked(addresses: bytes, mask: Mask) -> bytes:
    """A percent-encoded address, or a comma-separated list of them, with each one masked."""
    if b"," not in addresses and b"%" not in addresses:
        return mask(addresses) if addresses else addresses
    decoded = (unquote_to_bytes(address).strip() for address in addresses.split(b","))
    return b",".join(mask(address) for address in decoded if address)
