# SPDX-License-Identifier: Apache-2.0
"""Running SAM, and missing tools. A small program takes SAM's place and writes down how it was called."""

import json
import stat
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from samcli.cli.types import CfnParameterOverridesType

from edgepixel.aws.cloud import Cloud
from edgepixel.console.progress import Steps
from edgepixel.errors import (
    DeploymentError,
    EdgePixelError,
    MissingPackageError,
    MissingToolError,
    SamError,
    StackNotFoundError,
)
from edgepixel.local import deployment, prerequisites
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.local.prerequisites import check_packages, check_tools, host_architecture
from tests.unit.edgepixel.fake_cloud import fake_cloud

SAM = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
Path(os.environ["HOME"], "call.json").write_text(json.dumps([sys.argv[1:], dict(os.environ)]))
print("SAM's last words")
sys.exit(int(Path(os.environ["HOME"], "status").read_text()))
"""
PYTHON = f'#!/bin/sh\nexec {sys.executable} "$@"\n'


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def sam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[list[str], dict[str, str]]]:
    """Returns a function that gives the arguments and the environment of the last call."""
    program(tmp_path, "sam", SAM)
    program(tmp_path, "python3.13", PYTHON)
    (tmp_path / "status").write_text("0")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("SAM_CLI_POLL_DELAY", "9")
    monkeypatch.setattr(deployment, "tool_path", lambda: str(tmp_path))

    def last_call() -> tuple[list[str], dict[str, str]]:
        arguments, environment = json.loads((tmp_path / "call.json").read_text())
        return arguments, environment

    return last_call


def s3(made: list[str]) -> SimpleNamespace:
    return SimpleNamespace(create_bucket=lambda Bucket: made.append(Bucket))


def test_build_is_for_this_machine_and_away_from_a_build_for_aws(sam: Any, tmp_path: Path) -> None:
    built = deployment.build(tmp_path / "home")
    arguments, environment = sam()
    assert built == tmp_path / "home" / "build" / "template.yaml"
    assert arguments[0] == "build"
    assert arguments[arguments.index("--build-dir") + 1] == str(built.parent)
    assert arguments[arguments.index("--template-file") + 1] == str(deployment.ROOT / "template.yaml")
    assert f"Architecture={host_architecture()}" in arguments
    assert environment["SAM_CLI_TELEMETRY"] == "0"
    assert environment["TMPDIR"] != tempfile.gettempdir()
    assert not Path(environment["TMPDIR"]).exists(), "SAM leaves files in its temporary folder"


def test_deploy_goes_to_the_local_cloud_whatever_is_configured_for_aws(sam: Any, tmp_path: Path) -> None:
    made: list[str] = []
    cloud = fake_cloud(s3=s3(made))
    deployment.deploy(cloud, "mine", tmp_path / "template.yaml", tmp_path / "home", {"Aggregation": "disabled"})
    arguments, environment = sam()
    assert environment["AWS_ENDPOINT_URL"] == "http://localhost:4599"
    assert environment["AWS_ACCESS_KEY_ID"] == environment["AWS_SECRET_ACCESS_KEY"] == "test"
    assert environment["AWS_CONFIG_FILE"] == "/dev/null"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "SAM_CLI_POLL_DELAY"} & set(environment)
    assert arguments[arguments.index("--stack-name") + 1] == "mine"
    assert _overrides(arguments) == {"Architecture": host_architecture(), "Aggregation": "disabled"}
    assert made == [arguments[arguments.index("--s3-bucket") + 1]]


def test_an_update_names_only_what_it_changes_so_that_all_else_keeps_its_value(sam: Any, tmp_path: Path) -> None:
    cloud = fake_cloud(s3=s3([]))
    built = tmp_path / "template.yaml"
    deployment.deploy(cloud, "mine", built, tmp_path / "home", {"BufferSeconds": "60"}, update=True)
    arguments, _ = sam()
    assert _overrides(arguments) == {"BufferSeconds": "60"}
    deployment.deploy(cloud, "mine", built, tmp_path / "home", update=True)
    arguments, _ = sam()
    assert "--parameter-overrides" not in arguments


def test_a_parameter_can_be_set_back_to_empty(sam: Any, tmp_path: Path) -> None:
    cloud = fake_cloud(s3=s3([]))
    deployment.deploy(cloud, "mine", tmp_path / "built", tmp_path / "home", {"AlarmEmail": ""}, update=True)
    assert _overrides(sam()[0]) == {"AlarmEmail": ""}


def _overrides(arguments: list[str]) -> Any:
    """The parameters as the SAM CLI reads them."""
    given = arguments[arguments.index("--parameter-overrides") + 1 :]
    return CfnParameterOverridesType().convert(given, None, None)


def test_deploy_refuses_aws(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="local cloud only"):
        deployment.deploy(Cloud(), "mine", tmp_path / "template.yaml", tmp_path)


@pytest.mark.usefixtures("sam")
def test_a_failure_shows_the_end_of_the_log_and_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("1")
    with pytest.raises(SamError, match=r"(?s)`sam build` failed.*sam-build\.log.*SAM's last words"):
        deployment.build(tmp_path / "home")


def failing_cloud(*events: tuple[str, str, str, float]) -> Cloud:
    """Whose stack has these events, oldest first: resource, status, reason, seconds from now."""
    now = datetime.now(UTC)
    told = [
        {
            "LogicalResourceId": resource,
            "ResourceType": "AWS::CloudFormation::Stack" if resource == "mine" else "AWS::Kinesis::Stream",
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
            "Timestamp": now + timedelta(seconds=seconds),
        }
        for resource, status, reason, seconds in events
    ]
    pages = SimpleNamespace(paginate=lambda StackName: [{"StackEvents": told[::-1]}])
    return fake_cloud(s3=s3([]), cloudformation=SimpleNamespace(get_paginator=lambda name: pages))


@pytest.mark.usefixtures("sam")
def test_a_deployment_that_fails_shows_the_first_cause_and_not_the_rollback(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("1")
    cloud = failing_cloud(
        ("RawStream", "CREATE_FAILED", "an older deployment's", -60),
        ("mine", "CREATE_IN_PROGRESS", "", 1),
        ("LakeBucket", "CREATE_FAILED", "The name is taken", 2),
        ("Delivery", "CREATE_FAILED", "Resource creation cancelled", 3),
        ("mine", "ROLLBACK_COMPLETE", "", 4),
    )
    with pytest.raises(SamError) as failure:
        deployment.deploy(cloud, "mine", tmp_path / "template.yaml", tmp_path / "home")
    log = tmp_path / "home" / "sam-deploy.log"
    told = f"the stack mine could not be deployed: LakeBucket failed. The name is taken\nAll that SAM said: {log}"
    assert str(failure.value) == told


@pytest.mark.usefixtures("sam")
def test_a_deployment_that_never_began_shows_what_sam_said(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("1")
    cloud = failing_cloud(("RawStream", "CREATE_FAILED", "an older deployment's", -60))
    with pytest.raises(SamError, match="SAM's last words"):
        deployment.deploy(cloud, "mine", tmp_path / "template.yaml", tmp_path / "home")


def test_every_missing_tool_is_named_at_once_with_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(MissingToolError, match=r"(?s)SAM CLI.*make up.*\n.*python3\.13 is not on PATH.*uv python"):
        check_tools(str(tmp_path))


def test_packages_of_an_extra_that_is_not_installed_are_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    check_packages()
    monkeypatch.setattr(prerequisites, "find_spec", lambda name: None if name in ("ministack", "duckdb") else name)
    with pytest.raises(MissingPackageError, match=r"pip install 'edgepixel\[local\]' \(missing: duckdb, ministack\)"):
        check_packages()


def test_a_python_without_pip_is_named(tmp_path: Path) -> None:
    program(tmp_path, "sam", SAM)
    program(tmp_path, "python3.13", "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'pip'\" >&2; exit 1\n")
    with pytest.raises(MissingToolError, match=r"No module named 'pip'.*ensurepip"):
        check_tools(str(tmp_path))


@pytest.mark.parametrize(
    ("machine", "architecture"), [("x86_64", "x86_64"), ("AMD64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64")]
)
def test_the_architecture_is_this_machines(machine: str, architecture: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites.platform, "machine", lambda: machine)
    assert host_architecture() == architecture


def test_an_unknown_processor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites.platform, "machine", lambda: "riscv64")
    with pytest.raises(EdgePixelError, match="riscv64"):
        host_architecture()


def test_a_local_cloud_without_a_stack_is_not_told_to_start_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise StackNotFoundError("deploy it (edgepixel up)")

    monkeypatch.setattr(deployment, "find_stack", none)
    monkeypatch.setattr(deployment, "HOME", tmp_path)
    state = LocalCloud(4711, 4599, "mine", "local.log")
    with pytest.raises(StackNotFoundError, match=r"process 4711.*'mine'.*wait for that") as refusal:
        deployment.build_and_update(state, tmp_path, Steps(Console(quiet=True)), {})
    assert "(edgepixel up)" not in str(refusal.value)
