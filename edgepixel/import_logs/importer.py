# SPDX-License-Identifier: Apache-2.0
"""Imports files, group by group: brings them here, makes lines of the lake, writes objects and a record.

Many small files are common, because CloudFront writes several an hour, and a lake of many small objects is slow to ask.
So an hour's lines of a whole group become one object. A large file is a group of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from edgepixel.errors import UnreadableInputError, UnreadableLogError
from edgepixel.import_logs.hour_files import Deliver, HourFiles
from edgepixel.import_logs.imported_files import UPLOADS_AT_A_TIME, Known, LakeWriter
from edgepixel.import_logs.lake_lines import LakeLines
from edgepixel.import_logs.log_rows import BadLine, BadRowError, Names, log_rows
from edgepixel.import_logs.result import Result
from edgepixel.import_logs.sources import LocalCopy, SourceFile, local_copy
from edgepixel.import_logs.viewer_privacy import Protect
from edgepixel.import_logs.wanted_requests import Wanted

GROUP_BYTES = 64 * 1024 * 1024
"""A group's files have no more, unless it is one file."""

_GROUP_FILES = 2_000  # that are open, or copied here, at a time


@dataclass(frozen=True)
class Choice:
    """What is wanted of the files, and how they are read: see `log_rows.log_rows`."""

    wanted: Wanted
    names: Names | None = None
    delimiter: bytes | None = None


@dataclass(frozen=True)
class Lake:
    """Where lines go: the bucket, the names of its log fields, and what is not stored of them."""

    s3: Any
    bucket: str
    fields: Sequence[str]
    protect: Protect


def import_files(
    files: Sequence[SourceFile],
    choice: Choice,
    lake: Lake,
    known: Known,
    progress: Callable[[int], None],
    *,
    dry_run: bool = False,
) -> Result:
    """Import what is not `known`, and know it then; or only count (`dry_run`). `progress` gets the bytes done.

    Files that cannot be read, or not to their end, and bad lines are in the result. What S3 refuses passes through.
    """
    result, done = Result(), 0
    for group in groups(files):
        with TemporaryDirectory(prefix="edgepixel-import-") as temporary, ExitStack() as copied:
            copies = _new_copies(group, lake.s3, known, Path(temporary), copied, result)
            if copies:
                imported = _import_group(copies, choice, lake, Path(temporary), result, _from(progress, done), dry_run)
                for copy in imported:
                    known.add(copy.source, copy.sha256)
        done += sum(file.size for file in group)
        progress(done)
    return result


def groups(files: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    """Files that follow each other, as many as are imported together."""
    group: list[SourceFile] = []
    size = 0
    for file in files:
        if group and (size + file.size > GROUP_BYTES or len(group) == _GROUP_FILES):
            yield group
            group, size = [], 0
        group.append(file)
        size += file.size
    if group:
        yield group


def _from(progress: Callable[[int], None], done: int) -> Callable[[int], None]:
    return lambda more: progress(done + more)


def _new_copies(
    group: Sequence[SourceFile], s3: Any, known: Known, temporary: Path, copied: ExitStack, result: Result
) -> list[LocalCopy]:
    """The group's files that were not imported, each content once, until `copied` is closed."""
    copies: list[LocalCopy] = []
    hashes: set[str] = set()
    for file in group:
        result.files += 1
        if known.has_object(file):
            result.imported_before += 1
            continue
        try:
            copy = copied.enter_context(local_copy(file, s3, temporary))
        except UnreadableInputError as error:
            result.unreadable.append(str(error))
            continue
        if copy.sha256 in known.hashes or copy.sha256 in hashes:
            result.imported_before += 1
            continue
        hashes.add(copy.sha256)
        copies.append(copy)
    return copies


def _import_group(
    copies: Sequence[LocalCopy],
    choice: Choice,
    lake: Lake,
    temporary: Path,
    result: Result,
    progress: Callable[[int], None],
    dry_run: bool,
) -> list[LocalCopy]:
    """Returns the files that need not be read again: all but those of which no line could be."""
    lines = LakeLines(lake.fields, choice.wanted, lake.protect)
    with ThreadPoolExecutor(UPLOADS_AT_A_TIME) as threads:
        writer = LakeWriter(lake.s3, lake.bucket, choice.wanted.choice, copies, threads)
        hours = HourFiles(temporary, _counting(result, None if dry_run else writer.deliver))
        imported, done = [], 0
        for copy in copies:
            if _add_lines(copy, choice, lines, hours, result, _from(progress, done)):
                imported.append(copy)
            done += copy.source.size
        hours.finish()
        if not dry_run:
            writer.record(imported)
    return imported


def _counting(result: Result, write: Deliver | None) -> Deliver:
    def deliver(hour: int, number: int, compressed: bytes) -> None:
        result.objects += 1
        result.object_bytes += len(compressed)
        if write is not None:
            write(hour, number, compressed)

    return deliver


def _add_lines(
    copy: LocalCopy,
    choice: Choice,
    lines: LakeLines,
    hours: HourFiles,
    result: Result,
    progress: Callable[[int], None],
) -> bool:
    """Returns whether lines could be read, or there was none."""
    name, make, add, events = copy.source.name, lines.line, hours.add, result.events
    read = bad = 0
    is_whole = True
    try:
        for row in log_rows(copy.path, choice.names, choice.delimiter, progress):
            read += 1
            if isinstance(row, BadLine):
                bad += 1
                result.add_bad_line(name, row.number, row.reason, row.text)
                continue
            try:
                line = make(row)
            except BadRowError as error:
                bad += 1
                result.add_bad_line(name, row.number, str(error), b"\t".join(row.values))
                continue
            if line is not None:
                add(line)
                events[line.hour] += 1
    except UnreadableLogError as error:
        is_whole = False
        result.unreadable.append(f"{name}: {error}")
    result.lines += read
    return read > bad or (is_whole and not bad)
