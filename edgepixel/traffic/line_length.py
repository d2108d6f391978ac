# SPDX-License-Identifier: Apache-2.0
"""How long the log lines of generated traffic are, for docs/cost.md.

`python -m edgepixel.traffic.line_length` writes it anew. Not a part of `edgepixel cost`, which needs no traffic, and
works without the packages of the local cloud.
"""

from edgepixel.defaults import DEFAULT_SEED
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import Block, write
from edgepixel.template import log_fields
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.lake_objects import rows_of
from edgepixel.traffic.ledger import Row
from localcloud.cloudfront.field_values import ViewerRequest, ViewerResponse, field_values
from localcloud.cloudfront.log_line import format_line
from localcloud.cloudfront.simulation_headers import Simulation

_COMMAND = "python -m edgepixel.traffic.line_length"
_HITS = 10_000
_NOW_MS = 1_795_429_200_000  # 2026-11-23T10:20:00Z: the same hits in every run
_REQUEST_ID_BYTES = 56  # of every sample in CloudFront's guide
_PATH = "/pixel.gif"


def blocks() -> list[Block]:
    """The block of the command, as it should be."""
    text = f"Log lines of generated traffic have about {mean_bytes():,} bytes, with the template's fields.\n"
    return [Block(ROOT / "docs" / "cost.md", _COMMAND, text)]


def mean_bytes() -> int:
    """The mean length of a line as the edge writes it, newline included, rounded to tens."""
    lines = [_line(hit, row) for hit, row in rows_of(generate(DEFAULT_SEED, _HITS, _NOW_MS))]
    return 10 * round(sum(map(len, lines)) / len(lines) / 10)


def _line(hit: Hit, row: Row) -> str:
    truth = hit.truth
    headers = {"host": row.host, **{name.lower(): value for name, value in hit.headers}}
    request = ViewerRequest(truth.method, _PATH, hit.query, headers, row.host)
    viewer = Simulation(
        truth.address or "", truth.country or "", str(truth.asn or ""), hit.edge_location, truth.time_ms / 1000, "https"
    )
    result = "Error" if row.status >= 400 else "Hit"
    response = ViewerResponse(row.status, {"X-Amz-Cf-Id": "x" * _REQUEST_ID_BYTES}, 0, result, 0.001)
    return format_line(field_values(request, viewer, response, _PATH, truth.time_ms / 1000), log_fields())


if __name__ == "__main__":
    for path in write(blocks()):
        print(f"Wrote {path.relative_to(ROOT)}.")
