# SPDX-License-Identifier: Apache-2.0
"""Keeps a local cloud with a deployed stack running, and stops it."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from edgepixel.aws.stack import Stack
from edgepixel.console.progress import Steps
from edgepixel.local import lifecycle
from edgepixel.local.launch import launch
from edgepixel.local.lifecycle import LocalCloud
from edgepixel.paths import HOME, PROGRAM


def up(
    console: Console,
    stack_name: str,
    port: int | None,
    speed: float,
    idle_minutes: float,
    parameters: Mapping[str, str],
    home: Path = HOME,
) -> None:
    """Start a local cloud, deploy the application to it, and say how to use it. Stops it again if that fails."""
    steps = Steps(console)
    with steps.step("start the local cloud"):
        state = lifecycle.start(stack_name, home, port, speed, idle_minutes)
    ready = False
    try:
        stack = launch(state, home, steps, parameters)
        ready = True
    finally:
        if not ready:
            lifecycle.stop(state, home)
    console.print(how_to_use(state, stack, idle_minutes), markup=False, soft_wrap=True)


def down(console: Console, home: Path = HOME) -> None:
    """Stop the local cloud, with everything in it. Having none to stop is no failure."""
    state = lifecycle.running(home)
    if state is None:
        console.print("No local cloud is running: nothing to stop.")
        return
    lifecycle.stop(state, home)
    console.print(f"Stopped the local cloud (process {state.pid}, port {state.port}).")


def how_to_use(state: LocalCloud, stack: Stack, idle_minutes: float) -> str:
    """What a user does next with a local cloud."""
    pixel = urlsplit(stack.pixel_url)
    return f"""
Pixel:     {stack.pixel_url}
Endpoint:  {state.cloud.endpoint}
Process:   {state.pid}, which stops by itself after {idle_minutes:g} minutes without a request
Log:       {state.log}

The pixel's host name is known to the local cloud only, so view it like this:
  curl -s -o pixel.gif -w '%{{http_code}}\\n' -H 'Host: {pixel.netloc}' -H 'X-Forwarded-Proto: https' \\
    'http://127.0.0.1:{state.port}{pixel.path}?e=view&u=https%3A%2F%2Fexample.com%2F'

Next:
  {PROGRAM} traffic              send made-up visitors through the pixel
  {PROGRAM} page                 a page with the pixel, for your browser
  {PROGRAM} ask recent-events
  {PROGRAM} down                 stop it"""
