# SPDX-License-Identifier: Apache-2.0
"""Removes from a log line what must not be stored. Pure."""

from collections.abc import Callable, Sequence
from urllib.parse import unquote_to_bytes

from settings import IpAddresses
from viewer.addresses import is_seconds, remove, truncate, whole
from viewer.headers import listed_headers, opts_out, stored_headers
from viewer.log_data import is_private, stored_log_data

type Mask = Callable[[bytes], bytes]

_MASKS: dict[IpAddresses, Mask | None] = {
    IpAddresses.FULL: None,
    IpAddresses.TRUNCATED: truncate,
    IpAddresses.REMOVED: remove,
}


class Privacy:
    """Applies the privacy settings to the fields of a line. `mask`: to the viewer's address, None if it stays.

    Whether CloudFront is asked for `c-ip` and `cs-headers` or for something else in their places is no setting here:
    both places are protected by what is in them. While a stack is updated, lines of both kinds are on their way.
    """

    def __init__(
        self, log_fields: Sequence[str], ip_addresses: IpAddresses, honor_global_privacy_control: bool
    ) -> None:
        self._address = _position(log_fields, "c-ip")
        self._forwarded = _position(log_fields, "x-forwarded-for")
        self._headers = _position(log_fields, "cs-headers")
        self._log_data = _position(log_fields, "viewer-request-log-data")
        self.mask = _MASKS[ip_addresses]
        self.honors_privacy_control = honor_global_privacy_control

    def protect(self, fields: list[bytes]) -> None:
        """Remove from the fields, in place, what must not be stored. No field grows. The last ones may be missing.

        A viewer who sends `Sec-GPC: 1` (https://w3c.github.io/gpc/) loses the address whatever the setting: the edge
        function saw that header, or it is among the headers that were logged.
        """
        there = len(fields)
        log_data = self._log_data if self._log_data is not None and self._log_data < there else None
        opted_out = log_data is not None and self.honors_privacy_control and is_private(fields[log_data])
        if self._headers is not None and self._headers < there:
            opted_out, fields[self._headers] = self.choice_and_headers(fields[self._headers], opted_out)
        mask = remove if opted_out else self.mask
        if log_data is not None and fields[log_data] not in (b"", b"-"):
            fields[log_data] = stored_log_data(fields[log_data], mask or whole, about_viewer=not opted_out)
        address = self._address if self._address is not None and self._address < there else None
        if mask is not None and address is not None and not is_seconds(fields[address]):
            fields[address] = _masked(fields[address], mask)
        if self._forwarded is not None and self._forwarded < there:
            fields[self._forwarded] = _masked(fields[self._forwarded], mask or whole)

    def choice_and_headers(self, block: bytes, opted_out: bool) -> tuple[bool, bytes]:
        """Whether a viewer opted out, in these headers or already before, and what is stored of the headers."""
        # Where headers are not logged, something without a colon is in their place.
        headers = listed_headers(block) if block.find(b":") >= 0 else ()  # several times as fast as `in`
        if not headers:  # as in most lines
            return opted_out, b"-" if block else block
        if not opted_out and self.honors_privacy_control:
            opted_out = opts_out(headers)
        return opted_out, stored_headers(headers, block, with_addresses=not opted_out and self.mask is None)


def _position(log_fields: Sequence[str], name: str) -> int | None:
    return log_fields.index(name) if name in log_fields else None


def _masked(addresses: bytes, mask: Mask) -> bytes:
    """A percent-encoded address, or a comma-separated list of them, with each one masked."""
    if b"," not in addresses and b"%" not in addresses:
        return mask(addresses) if addresses else addresses
    decoded = (unquote_to_bytes(address).strip() for address in addresses.split(b","))
    return b",".join(mask(address) for address in decoded if address)
