# SPDX-License-Identifier: Apache-2.0
"""Brings what Athena wrote to this machine, whole or not at all: under another name first, and then under its own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from edgepixel.errors import ExportError
from edgepixel.export.rows import count_rows, write_json_lines

_PARQUET_MARK = b"PAR1"


@dataclass(frozen=True)
class Written:
    """What is on this machine now: how many bytes and files, and how many rows, if that is known."""

    bytes: int
    files: int
    rows: int | None


def download_rows(s3: Any, uri: str, output: Path, form: str) -> Written:
    """Athena's result file as CSV, as it is, or as JSON lines. Raises ExportError; nothing is left behind then."""
    with _beside(output) as folder:
        result, lines = folder / "result.csv", folder / "lines.jsonl"
        _download(s3, uri, result)
        if form == "csv":
            rows, made = count_rows(result), result
        else:
            rows, made = write_json_lines(result, lines), lines
        size = made.stat().st_size
        made.replace(output)
    return Written(size, 1, rows)


def download_parquet(s3: Any, manifest: str, output: Path, progress: Callable[[int, int], None]) -> Written:
    """The files of a manifest in a new folder; none if there are none. Raises ExportError as `download_rows` does.

    `progress` is told how many of how many files are here.
    """
    with _beside(output) as folder:
        listed = folder / "manifest.csv"
        _download(s3, manifest, listed)
        uris = listed.read_text(encoding="utf-8").split()
        if not uris:
            return Written(0, 0, 0)
        parts = folder / "parts"
        parts.mkdir()
        for number, uri in enumerate(uris):
            part = parts / f"part-{number:05}.parquet"
            _download(s3, uri, part)
            _require_whole(part, uri)
            progress(number + 1, len(uris))
        size = sum(part.stat().st_size for part in parts.iterdir())
        parts.replace(output)
    return Written(size, len(uris), None)


def _download(s3: Any, uri: str, path: Path) -> None:
    """boto3's transfer asks again for what is interrupted, and refuses what is cut off."""
    place = urlsplit(uri)
    s3.download_file(place.netloc, place.path.lstrip("/"), str(path))


def _require_whole(part: Path, uri: str) -> None:
    """A Parquet file begins and ends with its mark (Apache Parquet, "File Format")."""
    with part.open("rb") as file:
        begin = file.read(len(_PARQUET_MARK))
        file.seek(-len(_PARQUET_MARK), 2)
        end = file.read()
    if begin != _PARQUET_MARK or end != _PARQUET_MARK:
        raise ExportError(f"{uri} is not a whole Parquet file")


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """A folder on the same disk, so that a new name is all that is missing, which only its owner can read."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    except OSError as error:
        raise ExportError(f"{output} cannot be written: {error.strerror}") from error
    try:
        yield folder
    except OSError as error:
        raise ExportError(f"{output} cannot be written: {error.strerror or error}. Nothing is left of it") from error
    finally:
        shutil.rmtree(folder)
