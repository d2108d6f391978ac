# SPDX-License-Identifier: Apache-2.0
"""`edgepixel demo` and `edgepixel page`: their options."""

import click

from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import output_console
from edgepixel.demo.page import DEFAULT_PORT, show_page
from edgepixel.local.prerequisites import check_packages
from edgepixel.option_types import PORT
from edgepixel.options import StackChoice, hits_option, parameter_option, seed_option, speed_option, stack_options


@click.command()
@hits_option
@click.option("--keep", is_flag=True, help="Leave the local cloud running, as `edgepixel up` does.")
@seed_option
@speed_option
@parameter_option
def demo(hits: int, keep: bool, seed: int, speed: float, parameters: tuple[tuple[str, str], ...]) -> None:
    """Run everything on this machine, without an AWS account.

    Starts a local cloud, deploys the application to it, sends made-up visitors through the pixel, prints every answer
    and compares it with what was sent, and writes the report. The exit status is 1 if an answer differs.

    \b
    Example:
      edgepixel demo --hits 500 --parameter IpAddresses=removed
    """
    check_packages()
    from edgepixel.demo.run import DemoOptions, run_demo  # needs packages of the extra `local`

    if not run_demo(output_console(), DemoOptions(hits, seed, speed, keep, dict(parameters))):
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--port", type=PORT, default=DEFAULT_PORT, help="Port of the page on 127.0.0.1.")
@stack_options
def page(port: int, choice: StackChoice) -> None:
    """Serve a page with a stack's pixel to your browser.

    Every view and click on it becomes an event of the stack. Ctrl-C ends it.
    """
    show_page(find_chosen_stack(choice), port, output_console())
