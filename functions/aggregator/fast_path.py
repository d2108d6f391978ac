# SPDX-License-Identifier: Apache-2.0
"""The fast path for ordinary records, which most of a batch are. Pure.

It has no rules of its own: for a record it returns what `log_lines` and `privacy` would, and it leaves to them what one
regular expression does not recognise. It exists because it takes a third of their time (`make bench`).
"""

import re
from collections.abc import Sequence

from privacy import Privacy
from viewer.addresses import SECONDS, remove, truncate
from viewer.log_data import PRIVATE_BEGINNINGS, ordinary_log_data

# The fields of which something may be removed, and that an ordinary record may have.
_PROTECTED = frozenset({"c-ip", "cs-headers", "viewer-request-log-data"})


class FastPath:
    """Recognises records of one log line, in ASCII, with a plain address."""

    def __init__(self, log_fields: Sequence[str], privacy: Privacy, longest_bytes: int) -> None:
        # Possessive, so that a record that does not match is rejected in one pass; and [^\t], which is several times
        # faster than [^\t\n].
        values = [rb"[^\t]*+"] * (len(log_fields) - 1) + [rb"[^\t\n]*+"]
        log_data = ordinary_log_data(with_network=privacy.mask is truncate)
        fields = [_field(name, value, log_data) for name, value in zip(log_fields, values, strict=True)]
        # Each protected field is a group, and so is what stands before, between and behind them.
        self._match = re.compile(b"(%b)\n" % b"\t".join(fields)).fullmatch
        groups = {name: 1 + 2 * place for place, name in enumerate(name for name in log_fields if name in _PROTECTED)}
        self._address, self._headers = groups.get("c-ip"), groups.get("cs-headers")
        self._log_data = groups.get("viewer-request-log-data")
        self._privacy_control = PRIVATE_BEGINNINGS if privacy.honors_privacy_control else ()
        self._mask, self._choice_and_headers = privacy.mask, privacy.choice_and_headers
        self._longest_bytes = longest_bytes

    def line(self, record: bytes) -> bytes | None:
        """What is to be stored of the record, without the newline at its end. None if the record is not ordinary."""
        match = self._match(record)
        if match is None:
            return None
        last = len(record) - 1
        # `find` is several times as fast as `in`, which tries the bytes as a number first.
        if record.find(b"\n") != last or last > self._longest_bytes or record.find(b"\r") >= 0 or not record.isascii():
            return None
        groups = list(match.groups())
        is_told = told = opted_out = False  # by the edge function: that the viewer sent `Sec-GPC: 1`
        if self._log_data is not None and groups[self._log_data] != b"-":
            is_told, told = True, groups[self._log_data].startswith(self._privacy_control)
            opted_out = told
        if self._headers is not None:
            opted_out, groups[self._headers] = self._choice_and_headers(groups[self._headers], told)
            if is_told and opted_out != told:
                return None  # the function did not say so, and may have written about the viewer
        mask = remove if opted_out else self._mask
        if mask is not None and self._address is not None and groups[self._address]:
            groups[self._address] = mask(groups[self._address])
        return b"".join(groups)


def _field(name: str, value: bytes, log_data: bytes) -> bytes:
    """The pattern of an ordinary field, or `value` for a field that may hold anything."""
    match name:
        case "timestamp":
            return rb"(?:1[6-9]|[23][0-9])[0-9]{8}(?:\.[0-9]{1,9})?+"  # 2020-09-13 to 2096-10-02
        case "c-ip":
            # A time in the address's place stays as it is, so it is no part of the group.
            return rb"(?:%b(?=[\t\n]))?+)([0-9.]*+|[0-9a-f:]++)(" % SECONDS
        case "x-forwarded-for":
            return b"-"
        case "cs-headers":
            return b")(%b)(" % value
        case "viewer-request-log-data":
            return b")(-|%b)(" % log_data
    return value
