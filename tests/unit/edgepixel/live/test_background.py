# SPDX-License-Identifier: Apache-2.0
"""The stream is read in another process, as long as somebody looks, and that process ends with this one."""

import os
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.errors import LiveError, NoRawStreamError
from edgepixel.live.background import Background, watch
from edgepixel.live.picture import Picture
from tests.waiting import wait_until, wait_until_ended

STACK = Stack(Cloud(1), "shop", {"RawStreamName": "raw"}, {"IpAddresses": "full", "HonorGlobalPrivacyControl": "true"})


def pictures(stack: Stack, sending: Connection) -> None:
    """Pictures whose `lines` are this process's id, and whose name is the stack's."""
    while True:
        nothing: Any = ((), (), ())
        sending.send(Picture(time.time(), 0.0, *nothing, (), (), (), (), (), lines=os.getpid(), remarks=(stack.name,)))
        time.sleep(0.05)


def refusal(stack: Stack, sending: Connection) -> None:
    sending.send("not allowed")


def death(stack: Stack, sending: Connection) -> None:
    sending.close()


@pytest.fixture
def begun() -> Iterator[Callable[..., Background]]:
    found: list[Background] = []

    def begin(run: Any, unwatched_seconds: float = 60.0, stack: Stack = STACK) -> Background:
        found.append(Background(stack, run, unwatched_seconds=unwatched_seconds))
        return found[-1]

    yield begin
    for one in found:
        one.stop()


def test_pictures_come_while_somebody_looks_and_the_process_ends_when_it_is_told_to(
    begun: Callable[..., Background],
) -> None:
    background = begun(pictures)
    assert not background.is_reading
    assert background.picture() is None
    one = wait_until(background.picture, "there is a picture")
    assert one.remarks == ("shop",)
    assert one.lines != os.getpid()
    wait_until(lambda: (background.picture() or one).time > one.time, "there is a later one")
    background.stop()
    wait_until_ended(one.lines)
    assert not background.is_reading


def test_nobody_looks_so_it_ends_and_begins_again_when_somebody_does(begun: Callable[..., Background]) -> None:
    background = begun(pictures, unwatched_seconds=1.0)
    first = wait_until(background.picture, "there is a picture")
    wait_until(lambda: not background.is_reading, "it stopped reading")
    wait_until_ended(first.lines)
    assert background.picture() is None, "an old picture is not shown as if it were live"
    assert wait_until(background.picture, "there is a picture again").lines != first.lines


@pytest.mark.parametrize(("run", "words"), [(refusal, "not allowed"), (death, "has ended")])
def test_why_there_are_no_pictures_is_told_once_and_then_tried_again(
    run: Any, words: str, begun: Callable[..., Background]
) -> None:
    background = begun(run)
    for _ in range(2):
        with pytest.raises(LiveError, match=words):
            wait_until(background.picture, "it is refused")
        assert not background.is_reading


def test_without_a_raw_stream_nothing_begins(begun: Callable[..., Background]) -> None:
    background = begun(pictures, stack=Stack(Cloud(1), "blog", {}, {}))
    with pytest.raises(NoRawStreamError):
        background.picture()
    assert not background.is_reading


def test_what_aws_refuses_is_told_in_words(begun: Callable[..., Background]) -> None:
    """The real process, with nothing listening where its cloud is said to be."""
    background = begun(watch)
    with pytest.raises(LiveError, match="Could not connect"):
        wait_until(background.picture, "it is refused")
