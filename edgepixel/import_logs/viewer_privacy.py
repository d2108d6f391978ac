# SPDX-License-Identifier: Apache-2.0
"""What a stack stores about viewers: the aggregator's own code (functions/aggregator/privacy.py), not a copy."""

from collections.abc import Callable, Sequence

from edgepixel.paths import ROOT
from localcloud.in_process_function import function_loader

type Protect = Callable[[list[bytes]], None]
"""Removes from a line's fields, in place, what is not stored."""


def protection(fields: Sequence[str], ip_addresses: str, honor_global_privacy_control: bool) -> Protect:
    """What protects lines with these log fields; the other two are the template's parameters of these names."""
    with function_loader(ROOT / "functions") as load:
        modules = load("aggregator", "privacy", "settings")
    ip_setting = modules.settings.IpAddresses(ip_addresses)
    protect: Protect = modules.privacy.Privacy(fields, ip_setting, honor_global_privacy_control).protect
    return protect
