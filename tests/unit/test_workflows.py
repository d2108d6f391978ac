# SPDX-License-Identifier: Apache-2.0
"""The workflows run what a person runs, with no more rights than they need; so do the hooks before a commit."""

import os
import re
import subprocess
from typing import Any

import pytest
import yaml

from edgepixel.template.reader import read_template
from tests.conftest import ROOT

FOLDER = ROOT / ".github/workflows"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {f"{name}: {job}": body for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()}
STEPS = [(job, step) for job, body in JOBS.items() for step in body["steps"]]
RUNS = [(job, step["run"]) for job, step in STEPS if "run" in step]
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def _triggers(name: str) -> dict[str, Any]:
    """YAML 1.1 reads the key `on` as true."""
    found: dict[str, Any] = WORKFLOWS[name][True]
    return found


def _made(job: str) -> set[str]:
    return {target for where, run in RUNS if where == job for target in re.findall(r"\bmake (\S+)", run)}


@pytest.mark.parametrize("name", TEXTS)
def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(name: str) -> None:
    used = [line for line in TEXTS[name].splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert re.fullmatch(r" +- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_has_one_version_everywhere() -> None:
    versions = dict[str, set[str]]()
    for text in TEXTS.values():
        for action, version in re.findall(r"uses: ([\w/-]+)(@.+)", text):
            versions.setdefault(action, set()).add(version)
    assert {action: found for action, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_rights_but_those_of_its_jobs(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] in ({}, {"contents": "read"})


@pytest.mark.parametrize("job", JOBS)
def test_a_job_reads_the_repository_and_only_the_release_gets_a_token_for_aws(job: str) -> None:
    rights = dict(JOBS[job]["permissions"])
    if rights.pop("id-token", None):
        assert (job, JOBS[job]["environment"]) == ("release.yaml: publish", "release")
    assert rights == {"contents": "read"}
    assert JOBS[job]["timeout-minutes"] <= 60


@pytest.mark.parametrize("name", WORKFLOWS)
def test_strangers_cannot_start_a_workflow_that_has_rights(name: str) -> None:
    assert set(_triggers(name)) <= {"push", "pull_request"}
    if "id-token" in TEXTS[name]:
        assert _triggers(name) == {"push": {"tags": ["v*"]}}


def test_no_script_contains_what_somebody_else_wrote() -> None:
    assert RUNS
    assert [run for _, run in RUNS if "${{" in run] == []


def test_no_checkout_leaves_its_token_behind() -> None:
    checkouts = [step for _, step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(JOBS)
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("job", JOBS)
def test_make_knows_what_the_scripts_call(job: str) -> None:
    assert _made(job)
    assert _made(job) <= TARGETS
    if "test" in _made(job):
        assert JOBS[job]["env"]["CI"] == "true"


def test_pull_requests_and_releases_pass_the_same_checks() -> None:
    assert _made("check.yaml: check") == _made("release.yaml: test") == {"check", "test", "audit"}
    assert JOBS["release.yaml: publish"]["needs"] == "test"


def test_python_is_the_checkout_s() -> None:
    asked = [step["with"]["python-version"] for _, step in STEPS if step.get("uses", "").startswith("actions/setup-py")]
    assert asked == [(ROOT / ".python-version").read_text().strip()] * len(JOBS)


@pytest.mark.parametrize(("tag", "accepted"), [("v{}", True), ("v{}1", False), ("v9{}", False), ("v", False)])
def test_a_release_is_of_the_version_that_its_tag_names(tag: str, accepted: bool) -> None:
    (check,) = [run for _, run in RUNS if "SemanticVersion" in run]
    version = read_template()["Metadata"]["AWS::ServerlessRepo::Application"]["SemanticVersion"]
    name = tag.format(version)
    environment = {"GITHUB_REF_NAME": name, "PATH": os.environ["PATH"]}
    shell = ["bash", "-c", check]
    ended = subprocess.run(shell, cwd=ROOT, env=environment, check=False)  # noqa: S603 (the workflow's own script)
    assert (ended.returncode == 0) is accepted


def test_hooks_run_the_checkout_s_own_tools() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        program, *arguments = hook["entry"].split()
        assert hook["language"] == "system"
        assert program.startswith(".venv/bin/") or (program == "make" and set(arguments) <= TARGETS), hook["id"]
        assert all((ROOT / word).exists() for word in arguments if word.startswith("tests/")), hook["id"]
