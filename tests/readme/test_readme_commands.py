# SPDX-License-Identifier: Apache-2.0
"""README's commands, as a stranger runs them: in a checkout of their own, with a local cloud of their own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgepixel.truth.expected import TRUTHS
from tests.conftest import ROOT
from tests.markdown_pages import commands

README = commands((ROOT / "README.md").read_text(encoding="utf-8"))
NOT_RUN = {"sam build": "builds for an AWS account", "sam deploy --guided": "deploys to an AWS account"}
# What README asks after it, it asks of a stack in AWS. Here the local cloud has to be there for that.
LAST = "make down"
# It changes the shell, so each command after it is run in a shell that has done it too.
ACTIVATION = "source .venv/bin/activate"
TOOLS = ROOT / ".venv" / "bin"
RUN = [*(command for command in README if command not in NOT_RUN and command != LAST), LAST]
# A piece of what each command prints or, where its output goes to a file, of that file.
EXPECTED = {
    "make demo": f"{len(TRUTHS)} answers: every answer equals the ledger",
    "make up": "Next:\n  edgepixel traffic",
    ACTIVATION: "",
    "edgepixel traffic --hits 1000": "Ledger: ",
    "edgepixel ask events-per-hour": "  hour  ",
    "edgepixel doctor": "The hits got through every stage",
    "make down": "Stopped the local cloud",
    "edgepixel ask visitor-count --days 30": "  visitors   events  ",
    "edgepixel ask pages --site blog --format csv > pages.csv": "\nblog.example,/",
    "edgepixel export --period today --format csv --output today.csv": '"event_time","event","page",',
    "edgepixel report --days 30 --output report.html": "<!doctype html>",
    'edgepixel explain --user-agent "curl/8.5.0" --format table': "  http_library  ",
    "edgepixel cost --events-per-month 5000000": "US dollars a month for 5,000,000 events",
}
_SECONDS = 1800.0  # of each command, on a busy machine; else the slowest takes about 60


@dataclass(frozen=True)
class Outcome:
    """How a command ended; `output` is what it printed and wrote to the file that it names."""

    status: int
    output: str


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout's files at another place, with the tools that are installed in this one."""
    folder = tmp_path_factory.mktemp("stranger") / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 (git is needed anyway)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    for name in ("requirements/dev.txt", "pyproject.toml"):
        os.utime(folder / name, (0, 0))  # older than the tools, so that make does not install them anew
    return folder


def _environment(checkout: Path) -> dict[str, str]:
    """A shell in which no environment is active, and without anything that could lead to AWS."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "MAKE", "MFLAGS"))
    }
    return kept | {
        "PATH": os.pathsep.join(folder for folder in kept["PATH"].split(os.pathsep) if Path(folder) != TOOLS),
        "PYTHONPATH": str(checkout),  # .venv is the original's, and its `edgepixel` would lead there
        "MAKEFLAGS": f"UV={shutil.which('true')}",  # the tools are there: nothing to fetch, nothing to install
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _run(command: str, checkout: Path, *, activated: bool) -> Outcome:
    process = subprocess.Popen(  # noqa: S603 (README's commands are for a shell)
        ["bash", "-c", f"{ACTIVATION} && {command}" if activated else command],  # noqa: S607
        cwd=checkout,
        env=_environment(checkout),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        printed, _ = process.communicate()
    file = checkout / command.split()[-1]
    written = file.read_text(encoding="utf-8") if file.is_file() else ""
    return Outcome(process.returncode, printed + written)


@pytest.fixture(scope="module")
def outcomes(checkout: Path) -> Iterator[dict[str, Outcome]]:
    """Every command's, in their order. Whatever happens, no local cloud is left."""
    try:
        yield {
            command: _run(command, checkout, activated=ACTIVATION in RUN[:number]) for number, command in enumerate(RUN)
        }
    finally:
        _run("edgepixel down", checkout, activated=True)


def test_only_what_needs_aws_is_not_run() -> None:
    assert list(NOT_RUN) == [command for command in README if command not in EXPECTED]
    assert len(set(README)) == len(README)
    assert set(EXPECTED) <= set(README)


@pytest.mark.parametrize("command", RUN)
def test_a_command_does_what_it_says(command: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[command]
    assert outcome.status == 0, outcome.output
    assert EXPECTED[command] in outcome.output
