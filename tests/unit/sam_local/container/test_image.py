# SPDX-License-Identifier: Apache-2.0
"""Which image is used, and what goes into the stand-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.sam_local.container import image
from tests.sam_local.container.engine import Engine
from tests.sam_local.container.image import choose_image, registry_is_reachable, stand_in_name
from tests.sam_local.container.image_files import is_left_out, listed, place_of
from tests.serving import serving

LDD = """\
/usr/bin/mv:
\tlinux-vdso.so.1 (0x00007ffc2d9f1000)
\tlibselinux.so.1 => /lib/x86_64-linux-gnu/libselinux.so.1 (0x00007f5c1b1c0000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f5c1b211000)
/usr/bin/static:
\tnot a dynamic executable
\tlibgone.so.1 => not found
"""


class FakeEngine(Engine):
    """An engine with some images."""

    def __init__(self, *images: str) -> None:
        super().__init__()
        object.__setattr__(self, "images", images)

    def has_image(self, image: str) -> bool:
        return image in self.images  # type: ignore[attr-defined]


@contextmanager
def registry(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}/v2/"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.mark.parametrize(("status", "there"), [(200, True), (401, True), (403, False), (502, False)])
def test_a_registry_that_responds_or_asks_for_a_token_is_there(status: int, there: bool) -> None:
    with registry(status) as address:
        assert registry_is_reachable(address) is there


def test_a_registry_that_does_not_listen_is_not_there() -> None:
    with registry(200) as address:
        pass
    assert registry_is_reachable(address) is False


def test_aws_s_image_is_used_where_the_engine_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "host_architecture", lambda: "arm64")
    chosen = choose_image(FakeEngine("public.ecr.aws/lambda/python:3.13-arm64"))
    assert (chosen.name, chosen.options) == ("public.ecr.aws/lambda/python:3.13-arm64", ("--skip-pull-image",))


def test_sam_fetches_aws_s_image_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "registry_is_reachable", lambda: True)
    assert choose_image(FakeEngine()).options == ()


def test_the_stand_in_is_used_where_the_registry_cannot_be_reached_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image, "registry_is_reachable", lambda: False)
    chosen = choose_image(FakeEngine(stand_in_name()))
    assert chosen.options == ("--invoke-image", stand_in_name(), "--skip-pull-image")
    assert "a stand-in" in chosen.description
    assert "not AWS's image" in chosen.description


@pytest.mark.parametrize(
    "path",
    [
        "/var/lang/lib/python3.13/test/test_os.py",
        "/var/lang/lib/python3.13/json/__pycache__/decoder.pyc",
        "/var/lang/lib/python3.13/site-packages/pip/main.py",
        "/var/lang/lib/python3.13/config-3.13-x86_64-linux-gnu/Makefile",
        "/var/lang/lib/python3.13/lib-dynload/_tkinter.cpython-313-x86_64-linux-gnu.so",
    ],
)
def test_what_no_function_needs_stays_out_of_the_stand_in(path: str) -> None:
    assert is_left_out(path)


@pytest.mark.parametrize(
    "path",
    [
        "/var/lang/lib/python3.13/unittest/mock.py",
        "/var/lang/lib/python3.13/lib-dynload/_ssl.cpython-313-x86_64-linux-gnu.so",
        "/var/runtime/awslambdaric/bootstrap.py",
    ],
)
def test_the_rest_is_in_the_stand_in(path: str) -> None:
    assert not is_left_out(path)


def test_libraries_are_those_that_are_files() -> None:
    assert listed(LDD) == [Path("/lib/x86_64-linux-gnu/libselinux.so.1"), Path("/lib64/ld-linux-x86-64.so.2")]


@pytest.mark.parametrize("library", ["/lib64/ld-linux-x86-64.so.2", "/usr/lib64/ld-linux-x86-64.so.2"])
def test_libraries_are_below_usr(library: str) -> None:
    assert place_of(Path(library)) == "usr/lib64/ld-linux-x86-64.so.2"
