# SPDX-License-Identifier: Apache-2.0
"""IP addresses, as log lines and request headers write them, made less exact. Pure."""

import re
from socket import AF_INET6, inet_ntop, inet_pton

NO_ADDRESS = b"-"

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
# The whole address, of that the first three numbers, then perhaps a port.
_IPV4 = re.compile(rb"((%b\.%b\.%b)\.%b)(?::[0-9]{1,5})?" % (_OCTET, _OCTET, _OCTET, _OCTET))
_IPV4_MAPPED = bytes(10) + b"\xff\xff"  # ::ffff:0:0/96
_6TO4 = b"\x20\x02"  # 2002::/16
SECONDS = rb"[0-9]{1,4}\.[0-9]{1,6}"
"""What is in the place of the viewer's address if that is not logged: a time, such as 0.001.

It is `time-to-first-byte`, in seconds with milliseconds (CloudFront Developer Guide, "Use real-time access logs").
"""

_IPV6_IN_BRACKETS = re.compile(rb"\[([^\]]*)\](?::[0-9]{1,5})?")


def remove(address: bytes) -> bytes:
    """`-`, whatever the address is."""
    return NO_ADDRESS


def truncate(address: bytes) -> bytes:
    """The address's network: /24 of IPv4, /48 of IPv6, without a port. `-` for what is not an address.

    An IPv4 address inside an IPv6 address (mapped, RFC 4291; 6to4, RFC 3056) is truncated as IPv4. The result is never
    longer than the address.
    """
    ipv4 = _IPV4.fullmatch(address)
    if ipv4 is not None:
        return ipv4[2] + b".0"
    ipv6 = _packed(_ipv6_text(address))
    if ipv6 is None:
        return NO_ADDRESS
    if ipv6.startswith(_IPV4_MAPPED):
        return b"%d.%d.%d.0" % (*ipv6[12:15],)
    # In 6to4 the four bytes after the prefix are the IPv4 address: three of them may stay.
    kept = ipv6[:5] if ipv6.startswith(_6TO4) else ipv6[:6]
    return inet_ntop(AF_INET6, kept.ljust(16, b"\0")).encode()


is_seconds = re.compile(SECONDS).fullmatch


def whole(address: bytes) -> bytes:
    """The address itself, without brackets, zone and port. `-` for what is not an address. It does not grow."""
    ipv4 = _IPV4.fullmatch(address)
    if ipv4 is not None:
        return ipv4[1]
    text = _ipv6_text(address)
    return NO_ADDRESS if _packed(text) is None else text.lower()


def _ipv6_text(address: bytes) -> bytes:
    brackets = _IPV6_IN_BRACKETS.fullmatch(address)
    return (brackets[1] if brackets else address).partition(b"%")[0]


def _packed(ipv6: bytes) -> bytes | None:
    """The 16 bytes of an address; None for what is not one."""
    try:
        return inet_pton(AF_INET6, ipv6.decode("ascii"))
    except (OSError, ValueError):
        return None
