# SPDX-License-Identifier: Apache-2.0
"""What the lake keeps of an erasure: that it was done, and nothing of what was erased."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Literal

from edgepixel.aws import lake_names
from edgepixel.erase.store import Store
from edgepixel.erase.subject import Period, Sought, Subject

_FORMAT = 1

type State = Literal["begun", "incomplete", "done"]


@dataclass(frozen=True)
class Counts:
    """What a search finds.

    `typed_rows` and `raw_rows` are rows of typed days and of raw lines in the catalog; `raw_lines` and `raw_objects`
    are lines in objects of the lake, some of which no table reads; `kept_lines` and `kept_objects` those of quarantine,
    failed batches and delivery errors.
    """

    typed_rows: int = 0
    raw_rows: int = 0
    raw_lines: int = 0
    raw_objects: int = 0
    kept_lines: int = 0
    kept_objects: int = 0

    @property
    def nothing(self) -> bool:
        return not any(asdict(self).values())


@dataclass
class Erased:
    """What was erased. `typed_files` and `query_results` are objects that were deleted, others were written anew."""

    typed_rows: int = 0
    typed_days: int = 0
    typed_files: int = 0
    raw_lines: int = 0
    raw_objects: int = 0
    kept_lines: int = 0
    kept_objects: int = 0
    query_results: int = 0


@dataclass(frozen=True)
class Receipt:
    """One erasure. `runs`: how often it was begun; `erased` is what its last run did. Times are in UTC.

    `days` are those that it is about and `ids` the hashes of request ids (with the same salt), until it is done. A run
    that was stopped may have left lines of which only they tell: not all raw objects of a line were written anew, and
    the compactor has made the typed day again of those that were.
    """

    key: str
    state: State
    kind: str
    salt: str
    sha256: str
    first: str | None
    last: str | None
    stack: str
    tool: str
    begun_at: str
    before: Counts
    days: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    runs: int = 1
    ended_at: str | None = None
    erased: Erased = field(default_factory=Erased)
    after: Counts | None = None

    def text(self) -> str:
        """The receipt as it is stored: JSON."""
        content = {"format": _FORMAT, **asdict(self)}
        del content["key"]
        return json.dumps(content, indent=2) + "\n"

    def ended(self, state: State, erased: Erased, after: Counts, now: datetime) -> "Receipt":
        """The receipt of a run that has ended."""
        ended = replace(self, state=state, erased=erased, after=after, ended_at=_text(now))
        return replace(ended, days=(), ids=()) if state == "done" else ended

    def about(self, days: Iterable[str], ids: Iterable[str]) -> "Receipt":
        """The receipt of an erasure that is about these days and hashes of request ids, too."""
        return replace(self, days=tuple(sorted({*self.days, *days})), ids=tuple(sorted({*self.ids, *ids})))


def begin(sought: Sought, period: Period, stack: str, before: Counts, now: datetime) -> Receipt:
    """A receipt of what is about to be erased."""
    return Receipt(
        key=f"{lake_names.ERASURES}{now.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}-{sought.digest[:8]}.json",
        state="begun",
        kind=sought.subject.kind,
        salt=sought.salt,
        sha256=sought.digest,
        first=str(period.first) if period.first else None,
        last=str(period.last) if period.last else None,
        stack=stack,
        tool=f"edgepixel {version('edgepixel')}",
        begun_at=_text(now),
        before=before,
    )


def store_receipt(store: Store, receipt: Receipt) -> None:
    """Write it into the lake."""
    store.write(receipt.key, receipt.text().encode())


def find_unfinished(store: Store, subject: Subject, period: Period) -> Receipt | None:
    """The last receipt of this very erasure that was begun and not done."""
    wanted = (str(period.first) if period.first else None, str(period.last) if period.last else None)
    found = [
        one
        for one in _receipts(store)
        if one.state != "done"
        and one.kind == subject.kind
        and (one.first, one.last) == wanted
        and one.sha256 == Sought(subject, one.salt).digest
    ]
    return max(found, key=lambda one: one.key, default=None)


def again(receipt: Receipt) -> Receipt:
    """A receipt whose erasure is begun once more: what it said of before stays."""
    return replace(receipt, state="begun", runs=receipt.runs + 1, ended_at=None, after=None)


def _receipts(store: Store) -> Iterator[Receipt]:
    for one in store.objects(lake_names.ERASURES):
        if stored := store.read(one.key):
            content: dict[str, Any] = json.loads(stored.body)
            if content.pop("format", None) == _FORMAT:
                after = content.pop("after")
                yield Receipt(
                    key=one.key,
                    before=Counts(**content.pop("before")),
                    days=tuple(content.pop("days")),
                    ids=tuple(content.pop("ids")),
                    erased=Erased(**content.pop("erased")),
                    after=Counts(**after) if after else None,
                    **content,
                )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
