# SPDX-License-Identifier: Apache-2.0
"""Which files a path or an s3:// URL leads to, and what is said if it leads to none."""

import hashlib
from pathlib import Path

import pytest

from edgepixel.errors import UnreadableInputError
from edgepixel.import_logs.sources import SourceFile, find_files, local_copy
from tests.fakes.client import FakeClient
from tests.fakes.s3 import S3


@pytest.fixture
def s3() -> FakeClient:
    held = S3({"logs": []})
    for key in ("cdn/b.gz", "cdn/a.gz", "cdn/a.gz.old", "cdn/2025/c.gz", "cdn/", "other"):
        held.put_object("logs", key, Body=b"" if key.endswith("/") else key.encode())
    held.put_object("logs", "cdn/empty", Body=b"")
    return FakeClient("s3", held)


def names(*places: str, s3: FakeClient | None = None) -> list[str]:
    return [file.name for file in find_files(places, s3).files]


def test_a_folder_with_all_that_is_below_it(tmp_path: Path) -> None:
    for name in ("b", "sub/a", ".hidden", ".git/config", "empty"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("" if name == "empty" else "x")
    found = find_files([str(tmp_path), str(tmp_path / "b")], None)
    assert [file.name for file in found.files] == [str(tmp_path / "b"), str(tmp_path / "sub/a")]
    assert found.left_out == 2


def test_a_prefix_with_all_that_is_below_it(s3: FakeClient) -> None:
    found = find_files(["s3://logs/cdn/"], s3)
    assert [file.name for file in found.files] == [
        f"s3://logs/cdn/{key}" for key in ("2025/c.gz", "a.gz", "a.gz.old", "b.gz")
    ]
    assert found.left_out == 1
    assert len(names("s3://logs", s3=s3)) == 5


def test_an_object_that_is_named_is_meant_alone(s3: FakeClient) -> None:
    assert names("s3://logs/cdn/a.gz", s3=s3) == ["s3://logs/cdn/a.gz"]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("/nowhere/at/all", "No such file"),
        ("s3://logs/absent/", "there is no file in s3://logs/absent/"),
        ("s3://absent/", "there is no such bucket"),
        ("s3://", "names no bucket"),
    ],
)
def test_a_place_that_leads_to_nothing(place: str, message: str, s3: FakeClient) -> None:
    with pytest.raises(UnreadableInputError, match=message):
        find_files([place], s3)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match="there is no file in"):
        find_files([str(tmp_path)], None)


def test_a_missing_permission_is_named(s3: FakeClient, tmp_path: Path) -> None:
    s3.fail_next = {"list_objects_v2": ["AccessDenied"], "get_object": ["AccessDenied", "SlowDown"]}
    with pytest.raises(UnreadableInputError, match="lack s3:ListBucket"):
        find_files(["s3://logs/"], s3)
    source = SourceFile("s3://logs/cdn/a.gz", 8)
    with pytest.raises(UnreadableInputError, match="lack s3:GetObject"), local_copy(source, s3, tmp_path):
        pass
    with pytest.raises(UnreadableInputError, match="SlowDown"), local_copy(source, s3, tmp_path):
        pass


def test_a_copy_of_an_object_goes_with_its_block(s3: FakeClient, tmp_path: Path) -> None:
    with local_copy(SourceFile("s3://logs/cdn/a.gz", 8), s3, tmp_path) as copy:
        assert copy.path.read_bytes() == b"cdn/a.gz"
        assert copy.sha256 == hashlib.sha256(b"cdn/a.gz").hexdigest()
    assert list(tmp_path.iterdir()) == []
