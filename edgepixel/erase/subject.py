# SPDX-License-Identifier: Apache-2.0
"""Whose events are to be erased, and of which days. Pure."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

type Kind = Literal["visitor", "order", "request"]

# What a row of pixel_days or raw_events says of it: neither has visitor_key (answers/columns.toml), which is made so.
_EXPRESSIONS: dict[Kind, str] = {
    "visitor": "lower(to_hex(to_big_endian_64(visitor)))",
    "order": "order_id",
    "request": "request_id",
}
_VISITOR_KEY = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True)
class Subject:
    """A value of the view's `visitor_key`, `order_id` or `request_id`."""

    kind: Kind
    value: str

    @property
    def problem(self) -> str | None:
        """What is wrong with the value; None if nothing is."""
        if self.kind == "visitor" and not _VISITOR_KEY.fullmatch(self.value):
            return "is not a visitor_key: 16 hexadecimal digits, such as 46f6a70b718aa204"
        return None if self.value else "must not be empty"


@dataclass(frozen=True)
class Period:
    """Days of arrival in the lake (`dt`, UTC), both included. None: no end on that side."""

    first: date | None = None
    last: date | None = None

    @property
    def condition(self) -> str:
        """A condition on `dt`, in SQL, that prunes partitions."""
        since = [f"dt >= '{self.first}'"] if self.first else []
        until = [f"dt <= '{self.last}'"] if self.last else []
        return " AND ".join(since + until) or "true"


def digest(salt: str, kind: Kind, value: bytes) -> str:
    """SHA-256 of a salt, a kind and a value, with a colon between each, in hexadecimal digits."""
    return hashlib.sha256(f"{salt}:{kind}:".encode() + value).hexdigest()


def hashed(salt: str, kind: Kind) -> str:
    """`digest` of a row's value, in Athena's dialect; NULL if it has none."""
    return f"lower(to_hex(sha256(to_utf8('{salt}:{kind}:' || {_EXPRESSIONS[kind]}))))"


@dataclass(frozen=True)
class Sought:
    """A subject as statements and receipts say it: by a hash with a salt (hexadecimal digits), never by its value.

    Athena keeps the text of queries for 45 days, and receipts are kept for good: neither is to hold what was erased.
    """

    subject: Subject
    salt: str

    @property
    def digest(self) -> str:
        """The hash of the subject."""
        return digest(self.salt, self.subject.kind, self.subject.value.encode())

    @property
    def condition(self) -> str:
        """A condition on rows, in Athena's dialect; true or false, never NULL."""
        return f"coalesce({hashed(self.salt, self.subject.kind)} = '{self.digest}', false)"
