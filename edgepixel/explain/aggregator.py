# SPDX-License-Identifier: Apache-2.0
"""What the aggregator makes of a log line: its own checks and its own privacy (functions/aggregator), not a copy."""

from collections.abc import Callable, Sequence

from edgepixel.paths import ROOT
from localcloud.in_process_function import function_loader


class Quarantined(Exception):
    """The aggregator would put the line into quarantine. `reason` is its code: docs/operations.md lists them."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def aggregator(
    fields: Sequence[str], ip_addresses: str, honor_global_privacy_control: bool
) -> Callable[[bytes], bytes]:
    """A function from a log line to what is stored of it, both without their ends. That raises Quarantined.

    `fields` are the log fields; `ip_addresses` and `honor_global_privacy_control` the template's parameters.
    """
    with function_loader(ROOT / "functions") as load:
        modules = load("aggregator", "fast_path", "log_lines", "packing", "privacy", "quarantine", "settings")
    longest_bytes = modules.packing.LONGEST_LINE_BYTES
    check = modules.log_lines.LineCheck(fields, longest_bytes).fields
    ip_setting = modules.settings.IpAddresses(ip_addresses)
    privacy = modules.privacy.Privacy(fields, ip_setting, honor_global_privacy_control)
    fast_path = modules.fast_path.FastPath(fields, privacy, longest_bytes).line
    rejected: type[Exception] = modules.quarantine.Rejected

    def stored(line: bytes) -> bytes:
        # In the aggregator's order: functions/aggregator/batch.py.
        ordinary: bytes | None = fast_path(line + b"\n")
        if ordinary is not None:
            return ordinary
        try:
            values: list[bytes] = check(line)
        except rejected as error:
            raise Quarantined(error.reason.value) from error  # type: ignore[attr-defined]
        privacy.protect(values)
        return b"\t".join(values)

    return stored


def record_lines() -> Callable[[bytes], list[bytes]]:
    """A function from the data of a record of the raw stream to its lines, without their ends and empty ones."""
    with function_loader(ROOT / "functions") as load:
        split: Callable[[bytes], list[bytes]] = load("aggregator", "log_lines").log_lines.split_record
    return split
