# SPDX-License-Identifier: Apache-2.0
"""Log lines from a file or from the standard input, with their numbers."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import click

from edgepixel.errors import UnreadableInputError

type NumberedLine = tuple[int, bytes]
"""The number of a line, from 1, and the line without its end."""

STANDARD_INPUT = "-"
# The aggregator looks at the known fields only, and rejects a line in which those have more than a Kinesis record of
# 1 MiB holds. So what is behind twice as much makes no difference, and no line takes more memory.
_LONGEST_BYTES = 2 * 1024 * 1024


def numbered_lines(path: str) -> Iterator[NumberedLine]:
    """The lines of a file that are not empty, or those of the standard input for `-`. A name in `.gz` is gzip's.

    A line ends as it does in a Kinesis record: with a newline, perhaps after a carriage return. Raises
    UnreadableInputError.
    """
    try:
        with _opened(path) as file:
            yield from _lines(file)
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, BrokenPipeError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise UnreadableInputError(f"{path} cannot be read: {reason}") from error


def _lines(file: BinaryIO) -> Iterator[NumberedLine]:
    number = 0
    while line := file.readline(_LONGEST_BYTES):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n"):  # a line longer than that, or the last one
            rest = file.readline(_LONGEST_BYTES)
        if text := line.removesuffix(b"\n").removesuffix(b"\r"):
            yield number, text


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == STANDARD_INPUT:
        yield click.get_binary_stream("stdin")
    elif path.endswith(".gz"):
        with gzip.open(path) as packed:
            yield cast(BinaryIO, packed)
    else:
        with Path(path).open("rb") as file:
            yield file
