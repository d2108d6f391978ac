# SPDX-License-Identifier: Apache-2.0
"""Removes from a log line what must not be stored. Pure."""

from collections.abc import Callable, Sequence
from urllib.parse import unquote_to_bytes

from settings import IpAddresses
from viewer.addresses import remove, truncate, whole
from viewer.headers import listed_headers, opts_out, stored_headers

type Mask = Callable[[bytes], bytes]

_MASKS: dict[IpAddresses, Mask | None] = {
    IpAddresses.FULL: None,
    IpAddresses.TRUNCATED: truncate,
    IpAddresses.REMOVED: remove,
}


class Privacy:
    """Applies the privacy settings to the fields of a line. `mask`: to the viewer's address, None if it stays."""

    def __init__(
        self, log_fields: Sequence[str], ip_addresses: IpAddresses, honor_global_privacy_control: bool
    ) -> None:
        self._address = _position(log_fields, "c-ip")
        self._forwarded = _position(log_fields, "x-forwarded-for")
        self._headers = _position(log_fields, "cs-headers")
        self.mask = _MASKS[ip_addresses]
        self._honor_global_privacy_control = honor_global_privacy_control

    def protect(self, fields: list[bytes]) -> None:
        """Remove from the fields, in place, what must not be stored. No field grows. The last ones may be missing.

        A viewer who sends `Sec-GPC: 1` (https://w3c.github.io/gpc/) loses the address whatever the setting.
        """
        mask, there = self.mask, len(fields)
        if self._headers is not None and self._headers < there:
            mask, fields[self._headers] = self.mask_and_headers(fields[self._headers])
        if mask is not None and self._address is not None and self._address < there:
            fields[self._address] = _masked(fields[self._address], mask)
        if self._forwarded is not None and self._forwarded < there:
            fields[self._forwarded] = _masked(fields[self._forwarded], mask or whole)

    def mask_and_headers(self, block: bytes) -> tuple[Mask | None, bytes]:
        """How the address of a viewer with these headers is masked, if it is, and what is stored of the headers."""
        headers, mask = listed_headers(block), self.mask
        if not headers:  # as in most lines
            return mask, b"-" if block else block
        if self._honor_global_privacy_control and opts_out(headers):
            mask = remove
        return mask, stored_headers(headers, block, with_addresses=mask is None)


def _position(log_fields: Sequence[str], name: str) -> int | None:
    return log_fields.index(name) if name in log_fields else None


def _masked(addresses: bytes, mask: Mask) -> bytes:
    """A percent-encoded address, or a comma-separated list of them, with each one masked."""
    if b"," not in addresses and b"%" not in addresses:
        return mask(addresses) if addresses else addresses
    decoded = (unquote_to_bytes(address).strip() for address in addresses.split(b","))
    return b",".join(mask(address) for address in decoded if address)
