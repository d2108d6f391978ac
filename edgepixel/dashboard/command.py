# SPDX-License-Identifier: Apache-2.0
"""`edgepixel dashboard`: serves the pages on this machine until it is stopped."""

import secrets
import webbrowser
from pathlib import Path

import click
import uvicorn

from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import output_console
from edgepixel.dashboard.application import Pages
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.cache import Cache
from edgepixel.dashboard.pages.preparation import prepare_beside
from edgepixel.dashboard.safety import TOKEN, Guard
from edgepixel.dashboard.sockets import listening_socket
from edgepixel.live.background import Background
from edgepixel.options import StackChoice, stack_options
from edgepixel.paths import HOME
from edgepixel.report.annotations import annotations_option

DEFAULT_PORT = 4588


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    help="Where it listens, on 127.0.0.1; 0: any free port.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@annotations_option
@stack_options
def dashboard(port: int, opens: bool, annotations: Path | None, choice: StackChoice) -> None:
    """Show the answers as web pages, until Ctrl-C.

    The pages are for the browser that opens the printed address, on this machine. Every row is a link that filters, and
    the address of a page is all that it is about. What Athena has answered is kept: a second look costs nothing.

    \b
    Examples:
      edgepixel dashboard --open
      edgepixel dashboard --stack shop --port 8080
    """
    stack, messages = find_chosen_stack(choice), output_console(stderr=True)
    with listening_socket(port) as listening:
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(24)
        prepare_beside()
        asker, live = Asker(stack, Cache(HOME / "dashboard"), annotations), Background(stack)
        address = f"http://127.0.0.1:{port}/?{TOKEN}={token}"
        click.echo(address)
        messages.print(f"The dashboard of {stack}. Ctrl-C ends it.", markup=False)
        if opens:
            webbrowser.open(address)
        try:
            server(Pages(asker, live), port, token).run(sockets=[listening])
        finally:
            live.stop()
            asker.stop()


def server(pages: Pages, port: int, token: str) -> uvicorn.Server:
    """Serves the pages to whoever has the token. A page that is on its way when it ends is cut off."""
    guard = Guard(pages.application(), port, token)
    config = uvicorn.Config(
        guard, log_level="warning", lifespan="off", server_header=False, ws="none", timeout_graceful_shutdown=1
    )
    return uvicorn.Server(config)
