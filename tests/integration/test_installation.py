# SPDX-License-Identifier: Apache-2.0
"""The command line installed from a wheel into an empty environment, and run where no checkout is.

The versions are those of the lock, which `make` has brought into uv's cache.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT
from tests.needed_tools import need

LOCKED = ["--constraints", str(ROOT / "requirements" / "dev.txt")]
APPLICATION = [
    "LICENSE",
    "answers",
    "docs/demo.html",
    "docs/sar.md",
    "edge",
    "functions",
    "samconfig.toml",
    "template.yaml",
]

type Edgepixel = Callable[..., subprocess.CompletedProcess[str]]


def run(*command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command without anything that leads to AWS or to the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "UV_PYTHON": sys.executable,
    }
    environment.pop("VIRTUAL_ENV", None)
    return subprocess.run(  # noqa: S603 (our own arguments, no shell)
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def uv() -> str:
    """uv, which the Makefile brings."""
    found = shutil.which("uv") or shutil.which("uv", path=ROOT / ".uv" / "bin")
    need(found is not None, "uv is not installed: run `make .uv/bin/uv`")
    return str(found)


@pytest.fixture(scope="module")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(uv, "build", "-q", "--wheel", "--no-build-isolation", "-o", str(folder), str(ROOT), folder=folder)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def edgepixel(uv: str, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Edgepixel:
    """Runs the installed command in a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    python = folder / "env" / "bin" / "python"
    for command in (
        ["venv", "-q", str(folder / "env")],
        ["pip", "install", "-q", "--python", str(python), *LOCKED, str(wheel)],
    ):
        done = run(uv, *command, folder=folder)
        assert done.returncode == 0, done.stderr
    (folder / "elsewhere").mkdir()
    return lambda *arguments: run(str(python.with_name("edgepixel")), *arguments, folder=folder / "elsewhere")


def test_the_wheel_holds_what_the_commands_read(wheel: Path) -> None:
    listed = run(
        "git", "ls-files", "--cached", "--others", "--exclude-standard", *APPLICATION, folder=ROOT
    ).stdout.split()
    prefix = "edgepixel/application/"
    held = {name.removeprefix(prefix) for name in ZipFile(wheel).namelist() if name.startswith(prefix)}
    assert held == set(listed)
    assert "functions/aggregator/packing.py" in held


def test_every_command_can_be_listed_with_the_few_packages_of_a_plain_installation(edgepixel: Edgepixel) -> None:
    shown = edgepixel("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "publish" in shown.stdout
    assert edgepixel("--version").stdout == "edgepixel, version 0.1.0\n"
    assert "--output" in edgepixel("report", "--help").stdout


def test_the_bill_is_computed_with_the_aggregator_s_packer(edgepixel: Edgepixel) -> None:
    bill = edgepixel("cost", "--events-per-month", "5000000")
    assert (bill.returncode, bill.stderr) == (0, "")
    assert "US dollars a month for 5,000,000 events" in bill.stdout


def test_a_wrong_answer_is_told_with_a_suggestion_and_a_right_one_wants_a_region(edgepixel: Edgepixel) -> None:
    wrong = edgepixel("ask", "vistor-count", "--aws")
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("There is no answer 'vistor-count'. Did you mean 'visitor-count'?")
    right = edgepixel("ask", "visitor-count", "--aws")
    assert right.returncode == 1
    assert right.stderr.startswith("edgepixel: no AWS Region is set: set AWS_DEFAULT_REGION")


@pytest.mark.parametrize("arguments", [["doctor"], ["import", "s3://logs/old/"], ["erase", "--order", "1"]])
def test_what_works_with_a_stack_needs_no_extra(arguments: list[str], edgepixel: Edgepixel) -> None:
    asked = edgepixel(*arguments, "--aws")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr.startswith("edgepixel: no AWS Region is set: set AWS_DEFAULT_REGION")


@pytest.mark.parametrize("command", ["demo", "up", "traffic", "explain", "publish"])
def test_a_command_that_lacks_its_extra_names_it(command: str, edgepixel: Edgepixel) -> None:
    lacking = edgepixel(command)
    assert lacking.returncode == 1
    assert "pip install 'edgepixel[local]' (missing: crawleruseragents, duckdb, ministack" in lacking.stderr


def test_the_wheel_s_own_aggregator_and_view_explain_lines(wheel: Path, tmp_path: Path) -> None:
    """With the packages of the extra `local`, which are in this environment, and without the checkout."""
    ZipFile(wheel).extractall(tmp_path / "installed")
    explained = run(
        "env", f"PYTHONPATH={tmp_path / 'installed'}", sys.executable, "-m", "edgepixel", "explain",
        "--user-agent", "curl/8.5.0", folder=tmp_path,
    )  # fmt: skip
    assert (explained.returncode, explained.stderr) == (0, "")
    assert json.loads(explained.stdout)["event"]["traffic_reason"] == "http_library"


def test_uvx_runs_the_checkout(uv: str, tmp_path: Path) -> None:
    shown = run(
        uv, "tool", "run", "-q", "--reinstall-package", "edgepixel", *LOCKED, "--build-constraints", LOCKED[1],
        "--from", str(ROOT), "edgepixel", "--version", folder=tmp_path,
    )  # fmt: skip
    assert (shown.returncode, shown.stdout) == (0, "edgepixel, version 0.1.0\n"), shown.stderr
