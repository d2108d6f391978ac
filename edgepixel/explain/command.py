# SPDX-License-Identifier: Apache-2.0
"""`edgepixel explain`: what the aggregator and the view make of log lines, without a cloud."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING

import click

from edgepixel.console.progress import output_console
from edgepixel.console.table import Record, Table, to_rich
from edgepixel.explain.log_lines import STANDARD_INPUT, NumberedLine, numbered_lines
from edgepixel.local.prerequisites import check_packages
from edgepixel.template.reader import log_fields, parameter_default

if TYPE_CHECKING:
    from edgepixel.explain.explanation import Explanation

_IP_ADDRESSES = ("full", "truncated", "removed")
# Of an event's columns, those that a table has room for. The others are in the JSON.
_SHOWN = ("event_time", "event", "page", "browser", "os", "device", "language", "traffic", "traffic_reason")

_PRINTED_TOGETHER = 1_000
_JSON = json.JSONEncoder(ensure_ascii=False)


@click.command()
@click.argument("file", required=False)
@click.option("--user-agent", metavar="TEXT", help="Explain this user agent, as a browser sends it, instead of lines.")
@click.option(
    "--ip-addresses",
    type=click.Choice(_IP_ADDRESSES),
    default=lambda: parameter_default("IpAddresses"),  # not read when commands are only listed
    show_default="the template's",
    help="The template's parameter IpAddresses.",
)
@click.option("--format", "form", type=click.Choice(("json", "table")), default="json", help="Form of the output.")
def explain(file: str | None, user_agent: str | None, ip_addresses: str, form: str) -> None:
    """Show what becomes of log lines, on this machine.

    FILE holds log lines as CloudFront sends them, with the template's fields, and can be in gzip's format (.gz); the
    default is the standard input. Each line goes through the aggregator's checks and privacy settings and then through
    the view `events`. For each of them one JSON object is printed, {"line": 1, "event": {...}} or {"line": 1,
    "quarantined": "reason"}, or with --format table some columns. What the edge function said of a hit is in
    "edge_function".

    \b
    Examples:
      edgepixel explain lines.log | jq -r .event.traffic_reason | sort | uniq -c
      edgepixel explain --user-agent "curl/8.5.0" --format table
    """
    if file is not None and user_agent is not None:
        raise click.UsageError("FILE and --user-agent exclude each other")
    check_packages()
    # They need packages of the extra `local`.
    from edgepixel.explain.aggregator import aggregator
    from edgepixel.explain.edge_function import edge_function_text
    from edgepixel.explain.explanation import explanations
    from edgepixel.explain.user_agent import user_agent_line
    from edgepixel.explain.view import View

    fields = log_fields()
    source = file or STANDARD_INPUT
    lines: Iterable[NumberedLine] = numbered_lines(source)
    if user_agent is not None:
        lines = [(1, user_agent_line(user_agent, datetime.now(UTC), fields))]
    elif source == STANDARD_INPUT and sys.stdin.isatty():
        click.echo("Reading log lines from the terminal. Ctrl-D ends them.", err=True)
    honor = parameter_default("HonorGlobalPrivacyControl") == "true"
    view = View(request_id=fields.index("x-edge-request-id"))
    explained = explanations(lines, aggregator(fields, ip_addresses, honor), view.events, edge_function_text(fields))
    printed = 0
    for some in batched(explained, _PRINTED_TOGETHER, strict=False):
        printed += len(some)
        if form == "json":
            click.echo("".join(map(_json, some)), nl=False)
        else:
            output_console().print(to_rich(_table(some)))
    if not printed:
        click.echo(f"There is no log line in {'the standard input' if source == STANDARD_INPUT else source}.", err=True)


def _json(explanation: "Explanation") -> str:
    """A line of output. Characters that would do something to a terminal are escaped: viewers sent some of them."""
    shown: dict[str, int | str | Record | None] = {"line": explanation.line}
    if explanation.event is None:
        shown["quarantined"] = explanation.quarantined
    else:
        shown["event"] = explanation.event
        if explanation.edge_function is not None:
            shown["edge_function"] = explanation.edge_function
    text = _JSON.encode(shown)
    return f"{text if text.isprintable() else json.dumps(shown)}\n"


def _table(explained: "Sequence[Explanation]") -> Table:
    return Table(("line", *_SHOWN, "edge_function"), tuple(map(tuple, map(_row, explained))))


def _row(explanation: "Explanation") -> Iterator[str | int | float | None]:
    yield explanation.line
    event = explanation.event or {"traffic": "quarantined", "traffic_reason": explanation.quarantined}
    yield from map(event.get, _SHOWN)
    yield explanation.edge_function
