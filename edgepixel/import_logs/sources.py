# SPDX-License-Identifier: Apache-2.0
"""Finds the log files that are meant, on this machine or in S3, and brings each to this machine."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.errors import UnreadableInputError

_S3 = "s3://"
_HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file by its path or s3:// URL, with its bytes. `etag` is S3's own name for an object's content."""

    name: str
    size: int
    etag: str = ""


@dataclass(frozen=True, slots=True)
class LocalCopy:
    """A source file that is on this machine, and the SHA-256 of its bytes."""

    source: SourceFile
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Found:
    """Files in the order of their names, and how many were left out: hidden, or empty."""

    files: tuple[SourceFile, ...]
    left_out: int


def find_files(places: Sequence[str], s3: Any) -> Found:
    """The files that paths, folders and s3:// URLs lead to, folders and prefixes with all that is below.

    Raises UnreadableInputError for a place that leads to nothing, or that may not be read.
    """
    found: dict[str, SourceFile] = {}
    left_out: set[str] = set()
    for place in places:
        listed = _objects(place, s3) if place.startswith(_S3) else _local_files(place)
        here = list(listed)
        if not here:
            raise UnreadableInputError(f"there is no file in {place}")
        for file in here:
            if not file.size or Path(file.name).name.startswith("."):
                left_out.add(file.name)
            else:
                found[file.name] = file
    return Found(tuple(found[name] for name in sorted(found)), len(left_out))


def _local_files(place: str) -> Iterator[SourceFile]:
    path = Path(place)
    try:
        if not path.is_dir():
            yield SourceFile(str(path), path.stat().st_size)
            return
        for folder, folders, names in os.walk(path, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                file = Path(folder, name)
                yield SourceFile(str(file), file.stat().st_size)
    except OSError as error:
        raise UnreadableInputError(f"{error.filename or place} cannot be read: {error.strerror}") from error


def _raise(error: OSError) -> None:
    raise error


def _objects(place: str, s3: Any) -> Iterator[SourceFile]:
    bucket, _, prefix = place.removeprefix(_S3).partition("/")
    if not bucket:
        raise UnreadableInputError(f"{place} names no bucket: write s3://BUCKET/PREFIX")
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                if item["Key"].endswith("/"):  # the marker that consoles leave for a folder
                    continue
                yield SourceFile(f"{_S3}{bucket}/{item['Key']}", item["Size"], item.get("ETag", ""))
                if item["Key"] == prefix:  # an object that is named is meant alone
                    return
    except ClientError as error:
        raise _unreadable(place, error, "s3:ListBucket on the bucket") from error


@contextmanager
def local_copy(source: SourceFile, s3: Any, folder: Path) -> Iterator[LocalCopy]:
    """The file where it is, or a copy of an object in `folder` that goes with the block.

    Raises UnreadableInputError.
    """
    if not source.name.startswith(_S3):
        path = Path(source.name)
        yield LocalCopy(source, path, _sha256(path))
        return
    bucket, _, key = source.name.removeprefix(_S3).partition("/")
    with NamedTemporaryFile(dir=folder) as copy:
        try:
            shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=key)["Body"], copy, _HASHED_AT_ONCE)
        except ClientError as error:
            raise _unreadable(source.name, error, "s3:GetObject on its objects") from error
        copy.flush()
        path = Path(copy.name)
        yield LocalCopy(source, path, _sha256(path))


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableInputError(f"{path} cannot be read: {error.strerror}") from error


def _unreadable(place: str, error: ClientError, permission: str) -> UnreadableInputError:
    code = error.response["Error"]["Code"]
    if code == "NoSuchBucket":
        return UnreadableInputError(f"{place} cannot be read: there is no such bucket")
    if code in ("AccessDenied", "403"):
        return UnreadableInputError(f"{place} cannot be read: your credentials lack {permission}")
    return UnreadableInputError(f"{place} cannot be read: {error.response['Error'].get('Message', code)} ({code})")
