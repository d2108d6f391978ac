# SPDX-License-Identifier: Apache-2.0
"""Builds the application and deploys the unmodified template.yaml to a local cloud, with the AWS SAM CLI.

`build_and_deploy` makes a new stack, `build_and_update` changes the one that is there.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from edgepixel.aws.cloud import LOCAL_KEY, LOCAL_REGION, Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.aws.stack_events import first_failure, stack_events
from edgepixel.console.progress import Steps
from edgepixel.errors import DeploymentError, SamError, StackNotFoundError
from edgepixel.local.changes import Changes, after_failure, changes, deployed
from edgepixel.local.last_deployment import is_up_to_date, remember, sources
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.local.lock import exclusively
from edgepixel.local.prerequisites import check_tools, host_architecture, tool_path
from edgepixel.local.sam import run_sam
from edgepixel.paths import HOME, ROOT
from edgepixel.template.parameters import check_rules

_BUILDING = "Another command builds or deploys at the moment: waiting for it. Ctrl-C ends that."
_BUCKET = "edgepixel-deployment"  # in the local cloud; made beforehand, which is quicker than SAM's own stack for it


def build_and_deploy(state: LocalCloud, home: Path, steps: Steps, parameters: Mapping[str, str]) -> Stack:
    """Build the template and deploy it, with these parameters, as the stack that the local cloud is for.

    All commands share one build, so that the next one need not start over: they take turns with it. Raises
    DeploymentError before anything is built if the parameters do not go together, and SamError if SAM fails.
    """
    check_rules(parameters)
    with exclusively(HOME / "build.lock", waiting=lambda: steps.note(_BUILDING)):
        now = sources()
        with steps.step("sam build"):
            template = build(HOME)
        with steps.step("sam deploy"):
            deploy(state.cloud, state.stack, template, home, parameters)
        stack = deployed(find_stack(state.cloud, state.stack))
        remember(home, now, stack)
    return stack.stack


def build_and_update(
    state: LocalCloud, home: Path, steps: Steps, parameters: Mapping[str, str]
) -> tuple[Stack, Changes | None]:
    """Build the template and deploy it as a change of the local cloud's stack, as `sam deploy` does in AWS.

    Parameters that are not named keep their values. Returns the stack, and what was changed; None: there was nothing to
    change. Raises StackNotFoundError if no whole stack is there, DeploymentError before anything is built if its
    parameters would not go together, and SamError if the update fails; it is rolled back
    then.
    """
    with exclusively(HOME / "build.lock", waiting=lambda: steps.note(_BUILDING)):
        now, before = sources(), deployed(_running_stack(state))
        check_rules({**before.stack.parameters, **parameters})
        named = {name: before.stack.parameters.get(name) for name in parameters}
        if named == parameters and is_up_to_date(home, now, before):
            return before.stack, None
        with steps.step("sam build"):
            template = build(HOME)
        with steps.step("sam deploy, as an update"):
            try:
                deploy(state.cloud, state.stack, template, home, parameters, update=True)
            except SamError as error:
                raise SamError(f"{error}\n{after_failure(state.cloud, state.stack)}") from error
        after = deployed(find_stack(state.cloud, state.stack))
        remember(home, now, after)
    return after.stack, changes(before, after)


def _running_stack(state: LocalCloud) -> Stack:
    try:
        return find_stack(state.cloud, state.stack)
    except StackNotFoundError as error:
        raise StackNotFoundError(
            f"a local cloud is running (process {state.pid}), and has no whole stack {state.stack!r} to update. If "
            "another command is deploying it, wait for that. If none is: edgepixel down, then edgepixel up"
        ) from error


def build(home: Path) -> Path:
    """Run `sam build` for this machine's processor, and return the built template.

    The build is kept in `home`, away from `.aws-sam`, where a build for AWS, and for its processor, may be.
    """
    template = ROOT / "template.yaml"
    if not template.is_file():
        raise DeploymentError(f"{template} is not there: the checkout or the installation is incomplete")
    environment = sam_environment(endpoint=None)
    check_tools(environment["PATH"])
    # A local configuration environment, so that what `sam deploy --guided` saved for AWS does not count here.
    command = ["build", "--config-env", "local", "--template-file", str(template)]
    command += ["--build-dir", str(home / "build"), "--cached", "--cache-dir", str(home / "build-cache"), "--parallel"]
    command += ["--parameter-overrides", f"Architecture={host_architecture()}"]
    run_sam(command, environment, home / "sam-build.log")
    return home / "build" / "template.yaml"


def deploy(
    cloud: Cloud,
    stack_name: str,
    built_template: Path,
    home: Path,
    parameters: Mapping[str, str] | None = None,
    *,
    update: bool = False,
) -> None:
    """Run `sam deploy` against a local cloud. `parameters` override the template's defaults.

    `update`: the stack is there, and they override its own values.
    """
    if cloud.endpoint is None:
        raise DeploymentError("this deploys to a local cloud only; for AWS use `sam deploy --guided`")
    cloud.client("s3").create_bucket(Bucket=_BUCKET)
    overrides = {**({} if update else {"Architecture": host_architecture()}), **(parameters or {})}
    command = ["deploy", "--config-env", "local", "--template-file", str(built_template)]
    command += ["--stack-name", stack_name, "--s3-bucket", _BUCKET, "--region", LOCAL_REGION]
    command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    command += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
    if overrides:
        command += ["--parameter-overrides", *(f'{name}="{value}"' for name, value in overrides.items())]
    log, started = home / "sam-deploy.log", datetime.now(UTC).replace(microsecond=0)
    try:
        run_sam(command, sam_environment(cloud.endpoint), log)
    except SamError as error:
        failed = first_failure([one for one in stack_events(cloud, stack_name) if one["Timestamp"] >= started])
        if failed is None:
            raise
        # What SAM says ends with the rollback, which tells nothing.
        done = "updated" if update else "deployed"
        raise SamError(
            f"the stack {stack_name} could not be {done}: {failed.logical_id} failed. {failed.reason}\n"
            f"All that SAM said: {log}"
        ) from error


def sam_environment(endpoint: str | None) -> dict[str, str]:
    """The environment of SAM: nothing of the user's AWS configuration, so that nothing can reach AWS by mistake."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    environment |= {
        "PATH": tool_path(),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": LOCAL_REGION,
        "AWS_ACCESS_KEY_ID": LOCAL_KEY,
        "AWS_SECRET_ACCESS_KEY": LOCAL_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if endpoint:
        environment["AWS_ENDPOINT_URL"] = endpoint
    return environment
