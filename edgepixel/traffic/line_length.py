# SPDX-License-Identifier: Apache-2.0
"""How long the log lines of generated traffic are, for docs/cost.md.

`python -m edgepixel.traffic.line_length` writes it anew. Not a part of `edgepixel cost`, which needs no traffic, and
works without the packages of the local cloud.
"""

from collections.abc import Mapping

from edgepixel.defaults import DEFAULT_SEED
from edgepixel.edge_function import log_data
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import Block, write
from edgepixel.template.reader import logged_fields, parameter_default
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.lake_objects import rows_of
from edgepixel.traffic.ledger import Row
from localcloud.cloudfront.field_values import ViewerRequest, ViewerResponse, field_values
from localcloud.cloudfront.log_line import format_line
from localcloud.cloudfront.simulation_headers import Simulation

_COMMAND = "python -m edgepixel.traffic.line_length"
_HITS = 10_000
_EVERY = 5  # of the hits for which the edge function runs: it takes most of the time
_NOW_MS = 1_795_429_200_000  # 2026-11-23T10:20:00Z: the same hits in every run
_REQUEST_ID_BYTES = 56  # of every sample in CloudFront's guide
_PATH = "/pixel.gif"


def blocks() -> list[Block]:
    """The block of the command, as it should be."""
    text = (
        f"Log lines of generated traffic have about {mean_bytes(has_edge_function=False):,} bytes without the edge "
        f"function, and about {mean_bytes(has_edge_function=True):,} with it: the request headers are not logged.\n"
    )
    return [Block(ROOT / "docs" / "cost.md", _COMMAND, text)]


def mean_bytes(has_edge_function: bool) -> int:
    """The mean length of a line as the edge writes it, newline included, rounded to tens."""
    rows = rows_of(generate(DEFAULT_SEED, _HITS, _NOW_MS))
    chosen = rows[::_EVERY] if has_edge_function else rows
    lines = [_line(hit, row, has_edge_function) for hit, row in chosen]
    return 10 * round(sum(map(len, lines)) / len(lines) / 10)


def _line(hit: Hit, row: Row, has_edge_function: bool) -> str:
    truth = hit.truth
    headers = {"host": row.host, **{name.lower(): value for name, value in hit.headers}}
    request = ViewerRequest(truth.method, _PATH, hit.query, headers, row.host)
    viewer = Simulation(
        truth.address or "", truth.country or "", str(truth.asn or ""), hit.edge_location, truth.time_ms / 1000, "https"
    )
    told: Mapping[str, str] = {}
    if has_edge_function:
        told = {"viewer-request-log-data": log_data(viewer.address, headers)}
    result = "Error" if row.status >= 400 else "Hit"
    response = ViewerResponse(row.status, {"X-Amz-Cf-Id": "x" * _REQUEST_ID_BYTES}, 0, result, 0.001, told)
    fields = logged_fields(has_edge_function, parameter_default("IpAddresses"))
    return format_line(field_values(request, viewer, response, _PATH, truth.time_ms / 1000), fields)


if __name__ == "__main__":
    for path in write(blocks()):
        print(f"Wrote {path.relative_to(ROOT)}.")
