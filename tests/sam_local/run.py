# SPDX-License-Identifier: Apache-2.0
"""`make invoke`: every sample through its function, in a container, against a local cloud of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.console.progress import Steps
from edgepixel.defaults import DEFAULT_SPEED, DEFAULT_STACK
from edgepixel.errors import LocalCloudError, MissingToolError
from edgepixel.local import local_cloud
from edgepixel.local.deployment import build_and_deploy
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.local.lock import exclusively
from edgepixel.paths import HOME
from tests.fakes.cloudformation import response_server
from tests.sam_local.checks import CheckedSample, Checks
from tests.sam_local.container.engine import container_engine, missing_engine
from tests.sam_local.container.host_ports import container_addresses
from tests.sam_local.container.image import choose_image
from tests.sam_local.invocation import LocalFunctions, deployed_variables, invocable_template
from tests.sam_local.samples import FUNCTIONS, read_samples

_IDLE_MINUTES = 30.0
_OUTCOME_WIDTH = 100


def invoke(console: Console) -> bool:
    """Invoke every sample, print one line for each, and return whether all did what they are for.

    A local cloud is started for it, and stopped afterwards: what the samples write is in nobody's way. Raises
    MissingToolError if there can be no container engine.
    """
    problem = missing_engine()
    if problem:
        raise MissingToolError(problem)
    home = HOME / "invoke"
    with exclusively(HOME / "invoke.lock", "`invoke` is running already: wait for it, or end it with Ctrl-C"):
        steps = Steps(console)
        state = _start(home, steps)
        try:
            stack = build_and_deploy(state, home, steps, {})
            template = _copy_of_build(home)
            checked = []
            with ready_checks(state.cloud, stack, template, home, lambda text: _print(console, text)) as checks:
                for sample in checks.run(read_samples()):
                    checked.append(sample)
                    _print(console, line_of(sample), "red" if sample.problem else "green")
        finally:
            local_cloud.stop(state, home)
    failed = [sample for sample in checked if sample.problem]
    _print(console, f"{len(checked)} samples invoked, {len(failed)} failed", "bold red" if failed else "bold green")
    return not failed


@contextmanager
def ready_checks(
    cloud: Cloud, stack: Stack, built_template: Path, folder: Path, tell: Callable[[str], None]
) -> Iterator[Checks]:
    """Everything that `sam local invoke` needs, until the block ends.

    The functions work in the stack's cloud, which must be a local one, and what they write stays there. `tell` hears
    which engine and image are used. SAM's files go to `folder`. Raises MissingToolError if there can be no engine or
    no image.
    """
    if cloud.local_port is None:
        raise LocalCloudError("samples are invoked against a local cloud only")
    with container_engine() as engine, container_addresses(engine) as address_of, response_server() as server:
        image = choose_image(engine)
        tell(f"Engine: {engine}")
        tell(f"Image: {image.name}, {image.description}")
        variables = deployed_variables(cloud, stack, FUNCTIONS.values(), f"http://{address_of(cloud.local_port)}")
        folder.mkdir(parents=True, exist_ok=True)
        functions = LocalFunctions(cloud, engine, image, invocable_template(built_template), variables, folder)
        yield Checks(cloud, stack, functions, server, address_of(server.server_port))


def line_of(checked: CheckedSample) -> str:
    """One line about a sample."""
    state, text = ("failed", checked.problem) if checked.problem else ("ok", checked.outcome[:_OUTCOME_WIDTH])
    return f"{state:6} {checked.sample.function:22} {checked.sample.name:43} {text}"


def _start(home: Path, steps: Steps) -> LocalCloud:
    orphan = local_cloud.running(home)  # of a command that was killed
    if orphan:
        local_cloud.stop(orphan, home)
    with steps.step("start the local cloud"):
        return local_cloud.start(DEFAULT_STACK, home, local_cloud.free_port(), DEFAULT_SPEED, _IDLE_MINUTES)


def _copy_of_build(home: Path) -> Path:
    """The built template and functions, where no other command builds anew while they are in use."""
    copy = home / "build"
    with exclusively(HOME / "build.lock"):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(HOME / "build", copy)
    return copy / "template.yaml"


def _print(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, soft_wrap=True)
