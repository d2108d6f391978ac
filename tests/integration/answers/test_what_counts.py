# SPDX-License-Identifier: Apache-2.0
"""Every answer is the same, whatever the lake holds besides each hit that got the image, once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import cycle
from random import Random

import pytest

from edgepixel.answers.subject.conditions import DOCTOR_EVENT, IMAGE_STATUSES, answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Value
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import HOST, lake_objects, rows_of
from edgepixel.truth.expected import TRUTHS
from localcloud.cloudfront.log_line import format_line
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

type Rows = list[tuple[Value, ...]]
type Line = dict[str, str]  # by field, as it stands in the log

NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
HITS, HOURS = 1500, 48
LISTS_REFUSALS = "abnormal-events"
ID = "x-edge-request-id"


def answered(objects: Mapping[str, bytes]) -> dict[str, Rows]:
    """What every answer says of such a lake."""
    fill_lake(read_template(), objects)
    with loaded_once():
        return {name: list(ask_in_process(answer_sql(answer_queries(), name, 7), NOW).rows) for name in TRUTHS}


@pytest.fixture(scope="module", autouse=True)
def _lake() -> Iterator[None]:
    yield
    empty_lake()


@pytest.fixture(scope="module")
def plain() -> dict[str, bytes]:
    """Hits that got the image, each once in a lake."""
    sent = rows_of(generate(5, HITS, round(NOW.timestamp() * 1000), HOURS))
    counting = [(hit, row) for hit, row in sent if row.status in IMAGE_STATUSES and hit.truth.event != DOCTOR_EVENT]
    objects = lake_objects(counting, header(), log_fields(), Random(1))  # noqa: S311
    seen: set[bytes] = set()
    return {
        key: b"".join(line for line in data.splitlines(True) if _is_new(line, seen)) for key, data in objects.items()
    }


def _is_new(line: bytes, seen: set[bytes]) -> bool:
    request_id = line.split(b"\t")[log_fields().index(ID)]
    return not (request_id in seen or seen.add(request_id))  # type: ignore[func-returns-value]


@pytest.fixture(scope="module")
def expected(plain: Mapping[str, bytes]) -> dict[str, Rows]:
    found = answered(plain)
    assert all(found.values()), "an empty answer would prove nothing"
    return found


def _copied_later(line: Line) -> Line:
    """The request arrives once more, by a clock that is ahead, and with the address stored in another way."""
    visitor = _visitor(line, line["c-ip"])
    others = (f"10.0.0.{number}" for number in range(256))
    address = next((other for other in others if line["c-ip"] != "-" and _visitor(line, other) > visitor), "-")
    return line | {"c-ip": address, "timestamp": f"{float(line['timestamp']) + 2.5:.3f}"}


def _copied_without_address(line: Line) -> Line:
    return line | {"c-ip": "-"}


def _redirected(line: Line) -> Line:
    return line | {"sc-status": "301", "cs-protocol": "http", "x-edge-result-type": "Redirect", ID: f"301-{line[ID]}"}


def _without_response(line: Line) -> Line:
    """The viewer closed the connection before there was one: 000 (CloudFront's Developer Guide, `sc-status`)."""
    return line | {"sc-status": "000", ID: f"000-{line[ID]}"}


def _by_doctor(line: Line) -> Line:
    return line | {"cs-uri-query": f"i=1&e={DOCTOR_EVENT}", ID: f"doctor-{line[ID]}"}


def _by_doctor_and_refused(line: Line) -> Line:
    return _refused(_by_doctor(line))


def _refused(line: Line) -> Line:
    return line | {"sc-status": "403", "x-edge-result-type": "Error", ID: f"403-{line[ID]}"}


def _visitor(line: Line, address: str) -> int:
    """Of an address and the line's agent, which has nothing encoded but spaces."""
    agent = "" if line["cs-user-agent"] == "-" else line["cs-user-agent"].replace("%20", " ")
    return _number(address, agent)


def _number(address: str, agent: str) -> int:
    """The column `visitor`."""
    return int.from_bytes(sha256(f"{address} {agent} {HOST}".encode()).digest()[:8], signed=True)


def _with_more(plain: Mapping[str, bytes], *changes: Callable[[Line], Line], every: int = 1) -> dict[str, bytes]:
    """The lake with what became of every so manieth line by one of the changes in turn, in the folder an hour later."""
    turn = cycle(changes)
    objects = dict(plain)
    for key, data in plain.items():
        _, day, hour, name = key.split("/")
        arrival = datetime.strptime(f"{day} {hour}", "dt=%Y-%m-%d hour=%H").replace(tzinfo=UTC) + timedelta(hours=1)
        changed = []
        for text in data.decode().splitlines()[::every]:
            line = next(turn)(dict(zip(log_fields(), text.split("\t"), strict=True)))
            changed.append("\t".join(line[field] for field in log_fields()) + "\n")
        objects[f"{arrival:events/dt=%Y-%m-%d/hour=%H}/more-{name}"] = "".join(changed).encode()
    return objects


@pytest.mark.parametrize(
    "changes",
    [
        (_copied_later, _copied_without_address),
        (_redirected, _without_response),
        (_by_doctor, _by_doctor_and_refused),
    ],
    ids=["copies that differ", "redirects and aborted hits", "hits of the doctor"],
)
def test_no_answer_changes_by(
    changes: tuple[Callable[[Line], Line], ...], plain: Mapping[str, bytes], expected: Mapping[str, Rows]
) -> None:
    lake = _with_more(plain, *changes)
    assert sum(data.count(b"\n") for data in lake.values()) > 1.9 * sum(data.count(b"\n") for data in plain.values())
    found = answered(lake)
    for name in TRUTHS:
        assert found[name] == expected[name], name


def test_no_answer_counts_refusals_and_abnormal_events_lists_them(
    plain: Mapping[str, bytes], expected: Mapping[str, Rows]
) -> None:
    found = answered(_with_more(plain, _refused, every=10))
    listed = [row for row in found[LISTS_REFUSALS] if str(row[4]).startswith("403-")]
    assert len([row for row in listed if row[2:4] == ("error_status", "403")]) > HITS / 12
    assert {row[0] for row in listed} == {"event"}
    found[LISTS_REFUSALS] = [row for row in found[LISTS_REFUSALS] if row not in listed]
    for name in TRUTHS:
        assert found[name] == expected[name], name


def test_of_differing_copies_the_least_visitor_and_the_least_time_count() -> None:
    """Each request is there three times, in every order: no key, one and another; its time, and later ones."""
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/145.0"
    steps = ("view", "product", "cart", "checkout", "purchase")
    first = NOW - timedelta(hours=30)

    def line(number: int, address: str, delay: float) -> bytes:
        usual = {
            "timestamp": f"{(first + timedelta(minutes=50 * number)).timestamp() + delay:.3f}", "c-ip": address,
            "sc-status": "200", "cs-method": "GET", "cs-host": HOST, ID: f"request-{number}", "cs-user-agent": agent,
            "cs-uri-query": f"e={steps[number]}&u=https%3A%2F%2Fa.example%2F{number}&i=lamp&o=1&v=5&c=EUR&utm_source=x",
        }  # fmt: skip
        return format_line(usual, log_fields()).encode()

    least, other = sorted(("192.0.2.0", "192.0.2.7"), key=lambda address: _number(address, agent))
    folder = f"{first + timedelta(hours=5):events/dt=%Y-%m-%d/hour=%H}"
    alone = answered({f"{folder}/a.gz": b"".join(line(number, least, 0) for number in range(5))})
    copies = (("-", 1200.0), (least, 900.0), (other, 0.0))  # in another hour, too
    for order in (copies, copies[1:] + copies[:1], copies[::-1]):
        lake = {
            f"{folder}/{place}.gz": b"".join(line(number, address, delay) for number in range(5))
            for place, (address, delay) in enumerate(order)
        }
        assert answered(lake) == alone
    assert alone["visitor-count"][0][1:] == (1, 5)
    assert [row[2] for row in alone["funnel"]] == [1] * 5
