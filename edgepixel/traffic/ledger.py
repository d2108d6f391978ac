# SPDX-License-Identifier: Apache-2.0
"""The ledger: what was sent, what came back, and everything that is true of it. JSON lines, a header first."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

from edgepixel.errors import LedgerError
from edgepixel.traffic.hit import Truth

_VERSION = 5


@dataclass(frozen=True)
class Header:
    """What a ledger is about. `simulated`: times, addresses and countries were under the generator's control."""

    stack: str
    pixel_url: str
    started: str  # ISO 8601, UTC
    seed: int
    simulated: bool
    ip_addresses: str  # what the stack stores of them: full, truncated or removed
    honors_privacy_control: bool  # whether the stack removes the address of a viewer who sends Sec-GPC
    version: int = _VERSION


@dataclass(frozen=True)
class Row:
    """One hit that was answered. `request_id` is CloudFront's, and the log line's `x-edge-request-id`."""

    request_id: str
    status: int
    host: str
    truth: Truth


@dataclass(frozen=True)
class Ledger:
    """A ledger in memory."""

    header: Header
    rows: tuple[Row, ...]

    def logged(self) -> tuple[Row, ...]:
        """The rows that must have become events."""
        return tuple(row for row in self.rows if row.truth.logged)


class _Writer(Protocol):
    def __call__(self, row: Row) -> None: ...


@contextmanager
def write_ledger(path: Path, header: Header) -> Iterator[_Writer]:
    """Open a new ledger and yield the function that appends a row. Raises LedgerError if the file cannot be made."""
    if path.exists():
        raise LedgerError(f"{path} exists already: choose another file, or move this one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("x", encoding="utf-8")
    except OSError as error:
        raise LedgerError(f"cannot write the ledger {path}: {error.strerror}") from error
    with file:
        file.write(json.dumps({"ledger": asdict(header)}) + "\n")

        def write(row: Row) -> None:
            record = {"request_id": row.request_id, "status": row.status, "host": row.host, "truth": asdict(row.truth)}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")

        yield write


def read_ledger(path: Path) -> Ledger:
    """Read a ledger. Raises LedgerError, with the line number, for a file that is not a whole ledger."""
    try:
        with path.open(encoding="utf-8") as lines:
            records = list(_records(path, lines))
    except OSError as error:
        raise LedgerError(f"cannot read the ledger {path}: {error.strerror}") from error
    if not records or "ledger" not in records[0][1]:
        raise LedgerError(f"{path} is not a ledger: its first line must be a ledger's header")
    header = _build(path, 1, Header, records[0][1]["ledger"])
    if header.version != _VERSION:
        raise LedgerError(f"{path} is a ledger of version {header.version}, and this program reads version {_VERSION}")
    return Ledger(header, tuple(_row(path, number, record) for number, record in records[1:]))


def _records(path: Path, lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise LedgerError(f"{path}, line {number}: not JSON ({error.msg})") from error
        if not isinstance(record, dict):
            raise LedgerError(f"{path}, line {number}: not a JSON object")
        yield number, record


def _row(path: Path, number: int, record: dict[str, Any]) -> Row:
    truth = record.get("truth")
    row = _build(path, number, Row, record)
    return Row(row.request_id, row.status, row.host, _build(path, number, Truth, truth))


def _build[T](path: Path, number: int, kind: type[T], values: Any) -> T:
    """A dataclass from a JSON object that must have exactly its fields."""
    expected = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    found = set(values) if isinstance(values, dict) else set()
    if found != expected:
        wrong = ", ".join(sorted(found ^ expected))
        raise LedgerError(f"{path}, line {number}: fields missing or unknown: {wrong}")
    return kind(**values)
