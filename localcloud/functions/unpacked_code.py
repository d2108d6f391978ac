# SPDX-License-Identifier: Apache-2.0
"""The code of a function is unpacked once, however many processes run it.

MiniStack unpacks a function's zip file anew for each process: thousands of files, which Python compiles each time. Here
each process gets a link to one copy. In AWS a function cannot change its code's folder either: it may write to /tmp
(AWS Lambda developer guide, "Configure ephemeral storage for Lambda functions").
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from localcloud.clock import Clock
from localcloud.ministack import functions

FOLDER = "unpacked-code"  # in the temporary folder, which goes when the local cloud ends


def install(_clock: Clock) -> None:
    """Let MiniStack link to the code instead of unpacking it."""
    functions.unpack_with(UnpackedOnce)


class UnpackedOnce(ZipFile):
    """A zip file whose `extractall` makes `path`, an empty folder, a link to the files, which are unpacked once."""

    def extractall(
        self,
        path: str | os.PathLike[str] | None = None,
        members: Iterable[str | ZipInfo] | None = None,
        pwd: bytes | None = None,
    ) -> None:
        """Raises BadZipFile, as ZipFile does."""
        if path is None or members is not None or self.filename is None:
            super().extractall(path, members, pwd)
            return
        files = Path(tempfile.gettempdir()) / FOLDER / _digest(self.filename)
        if not files.is_dir():
            self._unpack(files)
        os.rmdir(path)
        os.symlink(files, path, target_is_directory=True)

    def _unpack(self, files: Path) -> None:
        files.parent.mkdir(exist_ok=True)
        partial = tempfile.mkdtemp(prefix="partial-", dir=files.parent)
        try:
            super().extractall(partial)
            os.rename(partial, files)
        except OSError:
            if not files.is_dir():  # else another process's start was faster, and its copy is the same
                raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
