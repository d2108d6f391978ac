# SPDX-License-Identifier: Apache-2.0
"""`edgepixel doctor`: follows marked hits through a stack, and names the first stage that fails."""

import click
from botocore.exceptions import ClientError
from rich.console import Console

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.aws.stack_events import stack_events
from edgepixel.chosen_stack import choose
from edgepixel.console.progress import Steps, output_console
from edgepixel.console.table import to_rich
from edgepixel.doctor.deployment import deployment_problem
from edgepixel.doctor.examination import examine, results
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.findings import Examination
from edgepixel.doctor.follow.hits import Sent, how_many, send_hits
from edgepixel.doctor.follow.patience import Patience, patience
from edgepixel.doctor.report import as_json, as_table, conclusion
from edgepixel.doctor.verdict import Verdict
from edgepixel.errors import StackNotFoundError
from edgepixel.local.local_cloud import speed_of
from edgepixel.option_types import PositiveNumber
from edgepixel.options import StackChoice, stack_options
from edgepixel.traffic.sender import Pixel


@click.command()
@click.option("--no-hits", is_flag=True, help="Send no hits: only look at what is there.")
@click.option(
    "--timeout",
    type=PositiveNumber(),
    show_default="from the stack's BatchingWindowSeconds and BufferSeconds",
    help="Give up after so many seconds of waiting.",
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="Form of the output.")
@stack_options
def doctor(no_hits: bool, timeout: float | None, form: str, choice: StackChoice) -> None:
    """Check that a stack works, or tell which stage does not and why.

    A few marked hits are sent to the pixel and followed through every stage, up to an answer. No answer counts them.
    Nothing is changed. The exit status is 1 if a stage fails.

    \b
    Examples:
      edgepixel doctor
      edgepixel doctor --no-hits --format json
    """
    messages, output = output_console(stderr=True), output_console()
    cloud, name = choose(choice)
    try:
        stack = find_stack(cloud, name)
    except StackNotFoundError:
        examination = failed_deployment(cloud, name)
        if examination is None:
            raise
    else:
        waits = patience(stack.parameters, speed=_speed(cloud), timeout=timeout)
        tell_before(stack, waits, not no_hits, messages)
        examination = run(stack, waits, not no_hits, messages)
    tell(examination, form, output)
    if not examination.healthy:
        click.get_current_context().exit(1)


def run(stack: Stack, waits: Patience, hits: bool, messages: Console) -> Examination:
    """Examine a stack. `hits`: with hits."""
    calls = AwsCalls(stack)

    def send() -> Sent:
        number = how_many(int(stack.parameters["SamplingRate"]))
        return send_hits(Pixel(stack.pixel_url, stack.cloud.local_port), number, calls.now)

    return examine(calls, waits, send if hits else None, Steps(messages).step)


def failed_deployment(cloud: Cloud, name: str) -> Examination | None:
    """What made the deployment of a stack fail; None if there is no stack, or nothing of it failed."""
    try:
        problem = deployment_problem(stack_events(cloud, name))
    except ClientError:
        return None  # the events may not be read: the user is told that there is no such stack
    if problem is None:
        return None
    stages = tuple(results(Verdict(), problem, {}))
    return Examination(name, str(cloud), None, (), stages, problem, (), 0.0)


def tell_before(stack: Stack, waits: Patience, hits: bool, messages: Console) -> None:
    """Say what is about to happen, what it costs and how long it may take."""
    messages.print(f"Examining {stack}", markup=False)
    if hits:
        messages.print(
            f"The hits wait in the stack's buffers for about {waits.usual:,.0f} s. "
            f"Without them it gives up after {waits.longest:,.0f} s.",
            markup=False,
        )
    messages.print(
        "It costs some requests and a few short queries: less than a cent, unless a day of your lake is many "
        "gigabytes, because one answer reads a day.",
        markup=False,
    )


def tell(examination: Examination, form: str, output: Console) -> None:
    """Print the outcome."""
    if form == "json":
        output.file.write(as_json(examination) + "\n")
        return
    output.print(to_rich(as_table(examination)))
    output.print(conclusion(examination))


def _speed(cloud: Cloud) -> float | None:
    """The local cloud's speed; None in AWS."""
    return None if cloud.local_port is None else speed_of(cloud.local_port)
