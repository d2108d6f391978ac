# SPDX-License-Identifier: Apache-2.0
"""MiniStack and the functions get an environment of their own, whatever the user has set."""

import os
import tempfile
from collections.abc import Iterator

import pytest

from localcloud.server_environment import LogLevelError, set_environment


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before, directory = dict(os.environ), tempfile.tempdir
    yield
    os.environ.clear()
    os.environ.update(before)
    tempfile.tempdir = directory


def test_a_user_s_settings_stay_out(monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "LAMBDA_STRICT", "DOCKER_NETWORK", "SERVICES"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("AUTH", "true")
    monkeypatch.setenv("S3_DATA_DIR", "/mine")
    set_environment("127.0.0.1", 4567, str(tmp_path))
    assert "mine" not in os.environ.values()
    assert (os.environ["AUTH"], os.environ["BIND_HOST"], os.environ["GATEWAY_PORT"]) == ("false", "127.0.0.1", "4567")
    assert os.environ["S3_DATA_DIR"] == f"{tmp_path}/s3"
    assert tempfile.gettempdir() == str(tmp_path)


def test_a_proxy_is_not_asked_for_what_is_here(monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet")
    monkeypatch.delenv("no_proxy", raising=False)
    set_environment("127.0.0.1", 4567, str(tmp_path))
    assert os.environ["NO_PROXY"] == "intranet,localhost,127.0.0.1"
    assert os.environ["no_proxy"] == "localhost,127.0.0.1"


def test_an_unknown_log_level_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]) -> None:
    monkeypatch.setenv("LOCALCLOUD_LOG_LEVEL", "loud")
    with pytest.raises(LogLevelError, match="LOUD"):
        set_environment("127.0.0.1", 4567, str(tmp_path))
