# SPDX-License-Identifier: Apache-2.0
"""`edgepixel up` and `edgepixel down`: keep a local cloud with a deployed stack running, update it, and stop it."""

from pathlib import Path
from urllib.parse import urlsplit

import click
from click.core import ParameterSource
from rich.console import Console

from edgepixel.aws.stack import Stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.defaults import DEFAULT_STACK
from edgepixel.errors import AlreadyRunningError
from edgepixel.local import local_cloud
from edgepixel.local.changes import Changes
from edgepixel.local.deployment import build_and_deploy, build_and_update
from edgepixel.local.local_cloud import DEFAULT_IDLE_MINUTES, LocalCloud
from edgepixel.local.prerequisites import check_packages
from edgepixel.option_types import PORT, PositiveNumber
from edgepixel.options import parameter_option, speed_option
from edgepixel.paths import HOME
from edgepixel.template.parameters import check_rules


@click.command()
@click.option("--port", type=PORT, help="Port on 127.0.0.1. [default: 4566, or a free one if that is in use]")
@click.option("--stack", metavar="NAME", default=DEFAULT_STACK, help="Name of the stack.")
@click.option(
    "--idle-minutes",
    type=PositiveNumber(),
    default=DEFAULT_IDLE_MINUTES,
    help="Stop by itself after so many minutes without a request.",
)
@speed_option
@parameter_option
@click.pass_context
def up(
    context: click.Context,
    port: int | None,
    stack: str,
    idle_minutes: float,
    speed: float,
    parameters: tuple[tuple[str, str], ...],
) -> None:
    """Start a local cloud with the application, or update it.

    Until `edgepixel down` stops it, the other commands work with it unless they are told --aws.

    If one runs already, its stack is updated in place, with the functions and the template of now, as `sam deploy`
    would do it in AWS: events stay, and parameters that are not named keep their values.

    \b
    Example:
      edgepixel up --parameter Aggregation=disabled --parameter IpAddresses=removed
    """
    check_packages()
    console = output_console()
    steps = Steps(console)
    state = local_cloud.running(HOME)
    if state:
        _refuse_other_cloud(context, state)
        updated, changed = build_and_update(state, HOME, steps, dict(parameters))
        console.print(what_changed(changed), markup=False, soft_wrap=True)
        console.print(f"Pixel: {updated.pixel_url}", markup=False, soft_wrap=True)
        return
    check_rules(dict(parameters))
    deployed = None
    try:
        with steps.step("start the local cloud"):
            state = local_cloud.start(stack, HOME, port, speed, idle_minutes)
        deployed = build_and_deploy(state, HOME, steps, dict(parameters))
    finally:
        if state and not deployed:
            local_cloud.stop(state, HOME)
    console.print(how_to_use(state, deployed, idle_minutes), markup=False, soft_wrap=True)


def _refuse_other_cloud(context: click.Context, state: LocalCloud) -> None:
    """Raise AlreadyRunningError if the command line asks for another local cloud than the one that runs."""
    given = {
        name: context.params[name]
        for name in ("port", "stack", "idle_minutes", "speed")
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    now: dict[str, object] = {"port": state.port, "stack": state.stack}
    if "speed" in given:
        now["speed"] = local_cloud.speed_of(state.port)
    other = [f"--{name.replace('_', '-')}" for name, value in given.items() if now.get(name) != value]
    if other:
        raise AlreadyRunningError(
            f"a local cloud is already running: process {state.pid} on port {state.port}, stack {state.stack}. "
            f"{' and '.join(other)} can be chosen when it starts: stop it first (edgepixel down), which loses its "
            "events, or leave that out to update it"
        )


def what_changed(changed: Changes | None) -> str:
    """What a user is told after an update."""
    if changed is None:
        return "Nothing to change: the running stack is what this would deploy."
    return "\n".join(["The running stack was updated in place.", *changed.lines()])


@click.command()
def down() -> None:
    """Stop the local cloud that `edgepixel up` started.

    Everything in it is gone then.
    """
    stop_local_cloud(output_console())


def stop_local_cloud(console: Console, home: Path = HOME) -> None:
    """Stop the local cloud of that home. Having none to stop is no failure."""
    state = local_cloud.running(home)
    if state is None:
        console.print("No local cloud is running: nothing to stop.")
        return
    local_cloud.stop(state, home)
    console.print(f"Stopped the local cloud (process {state.pid}, port {state.port}). Its events are gone.")


def how_to_use(state: LocalCloud, stack: Stack, idle_minutes: float) -> str:
    """What a user does next with a local cloud."""
    pixel = urlsplit(stack.pixel_url)
    return f"""
Pixel:     {stack.pixel_url}
Endpoint:  {state.cloud.endpoint}
Process:   {state.pid}, which stops by itself after {idle_minutes:g} minutes without a request
Log:       {state.log}

The pixel's host name is known to the local cloud only, so request it like this:
  curl -s -o pixel.gif -w '%{{http_code}}\\n' -H 'Host: {pixel.netloc}' -H 'X-Forwarded-Proto: https' \\
    'http://127.0.0.1:{state.port}{pixel.path}?e=view&u=https%3A%2F%2Fexample.com%2F'

Next:
  edgepixel traffic              send made-up visitors through the pixel
  edgepixel page                 a page with the pixel, for your browser
  edgepixel ask recent-events
  edgepixel down                 stop it"""
