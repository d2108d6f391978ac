# SPDX-License-Identifier: Apache-2.0
"""Generated hits as the lake would hold them after edge, aggregator and delivery, without the time those take."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from random import Random

from edgepixel.edge_function import log_data
from edgepixel.paths import ROOT
from edgepixel.template.reader import logged_fields
from edgepixel.traffic.hit import REDIRECTED, REFUSED, Hit, Truth, is_described
from edgepixel.traffic.ledger import Header, Row
from edgepixel.traffic.log_line import USUAL, first_version_fields, log_line
from localcloud.in_process_function import function_loader

HOST = USUAL["cs-host"]
_HEADERS = ("Sec-GPC", "Sec-Purpose", "Purpose", "X-Moz")  # that anything looks at: the others would only take time
_TWICE = 0.01  # of all lines, as after a retry
_LATE_SECONDS = 1000.0  # by which a line arrives at the most: a buffer and a half


class Logged(Enum):
    """What logged a hit. Objects of all three are side by side in the lake of a stack that was updated."""

    FIRST_VERSION = "a stack of the first version's log fields"
    WITHOUT_FUNCTION = "EdgeFunction=disabled"
    WITH_FUNCTION = "EdgeFunction=enabled"


def rows_of(
    hits: Iterable[Hit],
    logged: Sequence[Logged] = (Logged.WITHOUT_FUNCTION,),
    honors_privacy_control: bool = True,
) -> list[tuple[Hit, Row]]:
    """The hits that are logged, with what a ledger says of each. `logged` as for `lake_objects`."""
    rows = []
    for number, hit in enumerate((hit for hit in hits if hit.truth.logged), start=1):
        request_id, status = f"{number:08x}==", _status(hit)
        described = _logged_by(request_id, logged) is Logged.WITH_FUNCTION and is_described(status)
        truth = hit.described_truth(honors_privacy_control) if described else hit.truth
        rows.append((hit, Row(request_id, status, HOST, truth)))
    return rows


def lake_objects(
    sent: Iterable[tuple[Hit, Row]],
    header: Header,
    fields: list[str],
    random: Random,
    logged: Sequence[Logged] = (Logged.WITHOUT_FUNCTION,),
) -> dict[str, bytes]:
    """Objects by key, in hourly folders of arrival: out of order, late across the hour, some lines in two objects.

    Every other line that is there twice differs from its copy, as after a change of `Aggregation`. Each line is logged
    by one of `logged`, which its request id decides; for those of the edge function, edge/hit.js runs.
    """
    folders: dict[str, list[bytes]] = defaultdict(list)
    with function_loader(ROOT / "functions") as load:
        aggregator = load("aggregator", "privacy", "settings")
        stored = aggregator.settings.IpAddresses(header.ip_addresses)
        privacy = aggregator.privacy.Privacy(fields, stored, header.honors_privacy_control)
        for hit, row in sent:
            whole = _line(hit, row, fields, privacy)
            by = _logged_by(row.request_id, logged)
            line = _line_of(by, whole, hit, row, header, privacy)
            first = _folder(hit.truth.time_ms, random)
            folders[first].append(line)
            if random.random() < _TWICE:
                other = _stored_otherwise(whole, hit.truth, fields)
                second = _folder(hit.truth.time_ms, random)
                # No address of the edge function's lines is stored otherwise, whoever delivers them. Copies that
                # came on two days do not differ: of those that of the day typed first counts, not the least values.
                same = by is Logged.WITH_FUNCTION or other == whole or _day(first) != _day(second)
                folders[second].append(random.choice((line, line if same else other)))
    return dict(_objects(folders, random))


def _logged_by(request_id: str, logged: Sequence[Logged]) -> Logged:
    """One of `logged`, always the same for a request id."""
    return logged[zlib.crc32(request_id.encode()) % len(logged)]


def _line_of(logged: Logged, line: bytes, hit: Hit, row: Row, header: Header, privacy: object) -> bytes:
    """The line as it is logged otherwise. `line`: without the function."""
    if logged is Logged.WITHOUT_FUNCTION:
        return line
    if logged is Logged.FIRST_VERSION:
        return b"\t".join(line.split(b"\t")[: first_version_fields()]) + b"\n"
    return _line(hit, row, logged_fields(True, header.ip_addresses), privacy, _told(hit, row, header))


def _told(hit: Hit, row: Row, header: Header) -> str:
    """What the edge function says of a hit. It does not run for those that CloudFront answers before it."""
    if not is_described(row.status):
        return ""
    sent = {name.lower(): value for name, value in hit.headers}
    honors = str(header.honors_privacy_control).lower()
    return log_data(hit.truth.address or "", sent, header.ip_addresses, honors)


def _line(hit: Hit, row: Row, fields: list[str], privacy: object, told: str = "") -> bytes:
    truth = hit.truth
    sent = dict(hit.headers)
    headers = "".join(f"{name.lower()}:{sent[name]}\n" for name in _HEADERS if name in sent)
    values = {
        "timestamp": f"{truth.time_ms / 1000:.3f}",
        "c-ip": truth.address or "",
        "sc-status": str(row.status),
        "cs-method": truth.method,
        "cs-protocol": hit.protocol,
        "x-edge-location": hit.edge_location,
        "x-edge-request-id": row.request_id,
        "cs-user-agent": sent.get("User-Agent", ""),
        "cs-referer": sent.get("Referer", ""),
        "cs-uri-query": hit.query,
        "x-edge-result-type": _result_type(row.status),
        "c-country": truth.country or "",
        "cs-headers": f"host:{HOST}\n{headers}",
        "asn": str(truth.asn or ""),
        "time-to-first-byte": "0.001",
        "cache-behavior-path-pattern": "/pixel.gif",
        "viewer-request-log-data": told,
    }
    parts = log_line(values, fields).encode().rstrip(b"\n").split(b"\t")
    privacy.protect(parts)  # type: ignore[attr-defined]
    return b"\t".join(parts) + b"\n"


def _stored_otherwise(line: bytes, truth: Truth, fields: list[str]) -> bytes:
    """The same hit with its whole address, or with none.

    Of several visitors the answers take the least. It must be that of the first line, because the ledger knows
    only one way of storing addresses; if the whole address has a lesser one, the copy has none.
    """
    parts = line.rstrip(b"\n").split(b"\t")
    place = fields.index("c-ip")
    stored, whole = parts[place].decode(), truth.address or "-"
    is_greater = stored != "-" and _visitor(whole, truth) > _visitor(stored, truth)
    parts[place] = whole.encode() if is_greater else b"-"
    return b"\t".join(parts) + b"\n"


def _visitor(address: str, truth: Truth) -> int:
    """As the view computes it."""
    digest = hashlib.sha256(f"{address} {truth.user_agent or ''} {HOST}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _folder(time_ms: int, random: Random) -> str:
    arrival = datetime.fromtimestamp(time_ms / 1000, UTC) + timedelta(seconds=random.uniform(0, _LATE_SECONDS))
    return f"events/dt={arrival:%Y-%m-%d}/hour={arrival:%H}/"


def _day(folder: str) -> str:
    return folder.rpartition("hour=")[0]


def _objects(folders: dict[str, list[bytes]], random: Random) -> Iterator[tuple[str, bytes]]:
    for folder, lines in folders.items():
        random.shuffle(lines)
        middle = len(lines) // 2
        yield f"{folder}part-1.gz", b"".join(lines[:middle])
        yield f"{folder}part-2.gz", b"".join(lines[middle:])


def _status(hit: Hit) -> int:
    if hit.protocol == "http":
        return REDIRECTED
    return 200 if hit.truth.method in ("GET", "HEAD") else REFUSED


def _result_type(status: int) -> str:
    if status == REDIRECTED:
        return "Redirect"
    return "Error" if status >= 400 else "Hit"
