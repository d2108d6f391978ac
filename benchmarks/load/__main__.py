# SPDX-License-Identifier: Apache-2.0
"""Minutes of hits through a local cloud's pixel, with a kill of its Lambda workers in the middle.

    python -m benchmarks.load [--minutes N] [--hits-per-second N]

Every hit that was served must be in the lake at the end, and nothing else. What is seen on the way is printed,
and written into docs/operations.md. Ends with status 1 if a hit was lost. Linux only: it reads /proc.
"""

import argparse
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.load.watch import Sample, Watch, failed_invocations, kill_workers_at_work, load_table
from benchmarks.machine import machine
from edgepixel.aws.stack import Stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.defaults import DEFAULT_STACK
from edgepixel.local import local_cloud
from edgepixel.local.deployment import build_and_deploy
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.local.lock import exclusively
from edgepixel.paths import HOME, ROOT
from edgepixel.rendering.blocks import rewritten
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.sender import Pixel, send

PAGE = ROOT / "docs" / "operations.md"
COMMAND = "python -m benchmarks.load"
SEED = 1
DRAIN_SECONDS = 120.0
SAMPLE_SECONDS = 10.0
KILLS = 5  # fewer than the tries after which a batch is given up
KILL_PAUSE_SECONDS = 0.5


def paced(hits: Iterable[Hit], per_second: float) -> Iterator[Hit]:
    """The hits, none before its turn at so many a second. Who is late catches up."""
    started = time.monotonic()
    for number, hit in enumerate(hits):
        delay = started + number / per_second - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        yield hit


def run(state: LocalCloud, stack: Stack, minutes: float, per_second: float) -> tuple[list[Sample], Watch]:
    """Send for so many minutes, kill the workers at half, and wait until everything has arrived or the time is up.

    Raises SendError if a hit gets no response.
    """
    cloud, server, log = state.cloud, state.pid, Path(state.log)
    hits = int(minutes * 60 * per_second)
    watch = Watch(cloud, stack, server)
    samples: list[Sample] = []
    stopped = threading.Event()

    def look() -> None:
        while not stopped.wait(SAMPLE_SECONDS):
            samples.append(watch.sample())
            print(f"  {samples[-1]}", file=sys.stderr)

    watcher = threading.Thread(target=look)
    watcher.start()
    killer: threading.Thread | None = None
    try:
        now = time.time_ns() // 1_000_000
        for row in send(paced(generate(SEED, hits, now), per_second), Pixel(stack.pixel_url, cloud.local_port)):
            watch.served(row)
            if killer is None and watch.sent >= hits / 2:
                killer = threading.Thread(target=_kill_again_and_again, args=(server, log, watch))
                killer.start()
    finally:
        if killer:
            killer.join()
        watch.note("last hit sent")
        stopped.set()
        watcher.join()
    deadline = time.monotonic() + DRAIN_SECONDS
    while watch.missing() and time.monotonic() < deadline:
        time.sleep(0.5)
    samples.append(watch.sample())
    return samples, watch


def _kill_again_and_again(server: int, log: Path, watch: Watch) -> None:
    """Kill workers that are at work, so that invocations die with them; each is the source's to retry."""
    before, killed = failed_invocations(log), 0
    for _ in range(KILLS):
        killed += kill_workers_at_work(server)
        time.sleep(KILL_PAUSE_SECONDS)
    watch.note(f"{killed} workers killed at work, {failed_invocations(log) - before} invocations died with them")


def main() -> int:
    """Print what was seen, write it, and say whether all is well."""
    parser = argparse.ArgumentParser(description="Sustained hits through a local cloud, with a kill in the middle.")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--hits-per-second", type=float, default=150.0)
    options = parser.parse_args()
    home = HOME / "load"
    with exclusively(HOME / "load.lock", "`make load` is running already: wait for it, or end it with Ctrl-C"):
        state = _start(home)
        try:
            stack = build_and_deploy(state, home, Steps(output_console()), {})
            samples, watch = run(state, stack, options.minutes, options.hits_per_second)
        finally:
            local_cloud.stop(state, home)
    sent = f"{options.hits_per_second:,.0f} hits a second for {options.minutes:g} minutes"
    text = f"{sent}, sent and served by {machine()}.\n\n{load_table(samples)}\n{watch.summary()}"
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
    print(f"Written into {PAGE.relative_to(ROOT)}.")
    return 0 if watch.all_is_well() else 1


def _start(home: Path) -> LocalCloud:
    orphan = local_cloud.running(home)  # of a run that was killed
    if orphan:
        local_cloud.stop(orphan, home)
    return local_cloud.start(DEFAULT_STACK, home, local_cloud.free_port())


if __name__ == "__main__":
    sys.exit(main())
