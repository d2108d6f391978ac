# SPDX-License-Identifier: Apache-2.0
"""IP addresses, as log lines and request headers write them, made less exact. Pure."""

import re
from ipaddress import IPv6Address

NO_ADDRESS = b"-"

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
# The first three numbers, then the fourth, then perhaps a port.
_IPV4 = re.compile(rb"(%b\.%b\.%b)\.%b(?::[0-9]{1,5})?" % (_OCTET, _OCTET, _OCTET, _OCTET))
_IPV6_IN_BRACKETS = re.compile(rb"\[([^\]]*)\](?::[0-9]{1,5})?")


def remove(address: bytes) -> bytes:
    """Nothing of the address."""
    return NO_ADDRESS


def truncate(address: bytes) -> bytes:
    """The address's network: /24 of IPv4, /48 of IPv6, without a port. `-` for what is not an address.

    An IPv4 address inside an IPv6 address (mapped, RFC 4291; 6to4, RFC 3056) is cut as IPv4 addresses are. The result
    is never longer than the address.
    """
    ipv4 = _IPV4.fullmatch(address)
    if ipv4 is not None:
        return ipv4[1] + b".0"
    brackets = _IPV6_IN_BRACKETS.fullmatch(address)
    try:
        ipv6 = IPv6Address((brackets[1] if brackets else address).decode("ascii"))
    except ValueError:
        return NO_ADDRESS
    if ipv6.ipv4_mapped is not None:
        return truncate(str(ipv6.ipv4_mapped).encode())
    # In 6to4 the 32 bits after the prefix 2002::/16 are the IPv4 address: 24 of them may stay.
    kept_bits = 40 if ipv6.sixtofour is not None else 48
    dropped_bits = ipv6.max_prefixlen - kept_bits
    return str(IPv6Address(int(ipv6) >> dropped_bits << dropped_bits)).encode()
