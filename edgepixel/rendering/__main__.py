# SPDX-License-Identifier: Apache-2.0
"""`make template`: writes the blocks of template.yaml and the documents; with `--check`, only says which are stale."""

import sys

from edgepixel.errors import EdgePixelError
from edgepixel.paths import ROOT
from edgepixel.rendering import document_blocks, parameter_blocks, template_blocks
from edgepixel.rendering.blocks import stale, write


def main(arguments: list[str]) -> int:
    """Exit status: 0, or 1 if a block is stale or cannot be written, or 2 for an unknown argument."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m edgepixel.rendering [--check]", file=sys.stderr)
        return 2
    try:
        blocks = [*template_blocks.blocks(), *document_blocks.blocks(), *parameter_blocks.blocks()]
        if not arguments:
            for path in write(blocks):
                print(f"Wrote {path.relative_to(ROOT)}.")
            return 0
        found = stale(blocks)
    except EdgePixelError as error:
        print(f"make template: {error}", file=sys.stderr)
        return 1
    for block in found:
        print(f"{block.path.relative_to(ROOT)}: what is written by {block.command} is stale.", file=sys.stderr)
    if found:
        print("Run `make template` and commit what it writes. Edit its sources, not the block.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
