# SPDX-License-Identifier: Apache-2.0
"""The template's view `events` over lines of a test's own, asked through the local Athena."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from edgepixel.template.reader import log_fields, read_template, view_columns, view_sql
from localcloud.athena.query import Outcome
from localcloud.in_process_lake import empty_lake, fill_lake, replace_object, run_query
from tests.log_lines import log_line

type Row = dict[str, str | None]

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
FIELDS = log_fields()
SQL = view_sql()
COLUMNS = view_columns()
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
_OBJECT = "events/dt=2026-11-23/hour=10/lines.gz"


def line(request_id: str, **values: str) -> str:
    """A log line of a Chrome user, without a query, unless `values` (field names with `_`, text as sent) differ."""
    usual = {
        "timestamp": "1795429200.000",
        "c_ip": "198.51.100.0",
        "cs_host": "d1.cloudfront.net",
        "x_edge_location": "FRA56-P3",
        "x_edge_request_id": request_id,
        "cs_user_agent": CHROME,
        "cs_uri_query": "",
        "asn": "3320",
    }
    return log_line(**(usual | values)).decode()


@contextmanager
def catalog() -> Iterator[None]:
    """A lake with one object, and the template's table and view of it."""
    fill()
    yield
    empty_lake()


def fill() -> None:
    """Make the lake that all tests of the view share, for those who have emptied it."""
    fill_lake(read_template(), {_OBJECT: line("the first").encode()})


def ask(sql: str, lines: Iterable[str]) -> Outcome:
    """The result of a query when the lake holds these lines and no others. Needs a `catalog`."""
    replace_object(_OBJECT, "".join(lines).encode())
    return run_query(sql, NOW)


def events(lines: Mapping[str, Mapping[str, str]]) -> dict[str, Row]:
    """The event of each line. A line is given by a name and its fields that are not the usual ones."""
    outcome = ask("SELECT * FROM events", (line(f"id-{n}", **values) for n, values in enumerate(lines.values())))
    rows = [dict(zip(outcome.columns, row, strict=True)) for row in outcome.rows]
    found = {row["request_id"]: row for row in rows}
    return {name: found[f"id-{n}"] for n, name in enumerate(lines)}
