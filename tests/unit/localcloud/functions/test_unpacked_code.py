# SPDX-License-Identifier: Apache-2.0
"""A function's code is unpacked once, and each process has a link to it."""

import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localcloud.functions.unpacked_code import FOLDER, UnpackedOnce


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def packed(folder: Path, text: str, **others: str) -> Path:
    """`others`: what more there is, by names in which two underscores stand for a slash."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "code.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package/app.py", text)
        for name, content in others.items():
            archive.writestr(f"{name.replace('__', '/')}.py", content)
    return path


def unpacked(archive: Path) -> Path:
    """What a process has as its code."""
    folder = Path(tempfile.mkdtemp())
    with UnpackedOnce(archive) as opened:
        opened.extractall(folder)
    return folder


def test_two_processes_share_one_copy_of_the_same_code(tmp_path: Path) -> None:
    folders = [unpacked(packed(tmp_path, "same")), unpacked(packed(tmp_path, "same"))]
    assert [(folder / "package/app.py").read_text() for folder in folders] == ["same", "same"]
    assert folders[0].resolve() == folders[1].resolve()
    assert len(copies(tmp_path)) == 1


def test_functions_share_what_both_have_and_nothing_else(tmp_path: Path) -> None:
    one = unpacked(packed(tmp_path, "same", app="one", own__a="1", own__deep__b="2"))
    other = unpacked(packed(tmp_path, "same", app="other", own__a="1", own__deep__b="3"))
    assert (one / "package").resolve() == (other / "package").resolve()
    assert [(folder / "app.py").read_text() for folder in (one, other)] == ["one", "other"]
    assert [(folder / "own/deep/b.py").read_text() for folder in (one, other)] == ["2", "3"]
    assert [sorted(path.name for path in folder.iterdir()) for folder in (one, other)] == [
        ["app.py", "own", "package"]
    ] * 2
    assert len(copies(tmp_path)) == 1


def copies(folder: Path) -> list[Path]:
    """The files of the package that there are."""
    return [path for path in (folder / FOLDER).rglob("app.py") if path.parent.name == "package"]


def test_other_code_is_another_copy(tmp_path: Path) -> None:
    folders = [unpacked(packed(tmp_path, text)) for text in ("old", "new")]
    assert [(folder / "package/app.py").read_text() for folder in folders] == ["old", "new"]


def test_processes_that_start_at_once_share_it_too(tmp_path: Path) -> None:
    archives = [packed(tmp_path, "same") for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        folders = list(threads.map(unpacked, archives))
    assert {(folder / "package/app.py").read_text() for folder in folders} == {"same"}
    assert len(copies(tmp_path)) == 1


def test_a_copy_outlives_the_process_that_made_it(tmp_path: Path) -> None:
    first, second = unpacked(packed(tmp_path, "same")), unpacked(packed(tmp_path, "same"))
    first.unlink()  # as shutil.rmtree does with a link
    assert (second / "package/app.py").read_text() == "same"


def test_what_is_no_zip_file_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "code.zip"
    broken.write_bytes(b"no zip")
    with pytest.raises(zipfile.BadZipFile):
        unpacked(broken)
    assert not (tmp_path / FOLDER).exists()
