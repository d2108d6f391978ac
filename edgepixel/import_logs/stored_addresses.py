# SPDX-License-Identifier: Apache-2.0
"""What a stack stores of an address: the aggregator's own code (functions/aggregator/viewer), not a copy."""

from edgepixel.import_logs.lake_lines import Mask
from edgepixel.paths import ROOT
from localcloud.in_process_function import function_loader


def address_mask(ip_addresses: str) -> Mask:
    """From an address to what is stored of it with this value of the parameter IpAddresses; `-` for what is none."""
    with function_loader(ROOT / "functions") as load:
        addresses = load("aggregator", "viewer.addresses").viewer.addresses
    masks: dict[str, Mask] = {
        "full": addresses.whole,
        "truncated": addresses.truncate,
        "removed": addresses.remove,
    }
    return masks[ip_addresses]
