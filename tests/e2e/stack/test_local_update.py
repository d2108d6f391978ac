# SPDX-License-Identifier: Apache-2.0
"""`edgepixel up` where a local cloud runs: its stack is changed in place while hits arrive, or stays as it was."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from edgepixel.ask.wait_for_events import wait_until_queryable
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.console.progress import Steps
from edgepixel.errors import DeploymentError, SamError
from edgepixel.local import deployment
from edgepixel.local.changes import Changes
from edgepixel.local.deployment import build_and_update
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.template.reader import parse_template
from tests.e2e.stack.steps.comparing import ledger_of, wait_for_hits, wrong_answers
from tests.e2e.stack.steps.removal import delete_stack
from tests.e2e.stack.steps.steady_traffic import PatientPixel, SteadyTraffic
from tests.e2e.stack.steps.updating import physical_ids
from tests.waiting import PATIENCE_SECONDS

NAME = "upgraded"
PER_SECOND = 15
# The name of this log group is taken, which CloudFormation finds out only after it has changed the aggregator.
TAKEN = "/edgepixel/taken"
FAILING = {
    "Type": "AWS::Logs::LogGroup",
    "DependsOn": "AggregatorFunction",
    "Properties": {"LogGroupName": TAKEN},
}


@dataclass
class Running:
    """A stack of a local cloud that runs, and the build that the next `up` finds."""

    cloud: Cloud
    home: Path
    build: Path
    version: str = ""

    def up(self, **parameters: str) -> Changes | None:
        """What the command does, except that nothing has to be built."""
        state = LocalCloud(0, self.cloud.local_port or 0, NAME, "")
        stack, changed = build_and_update(state, self.home, Steps(Console(quiet=True)), parameters)
        assert stack == find_stack(self.cloud, NAME)
        return changed

    def change_aggregator(self, line: str) -> None:
        with (self.build / "AggregatorFunction" / "app.py").open("a", encoding="utf-8") as code:
            code.write(f"\n{line}\n")
        self.version = line

    def aggregator(self) -> str:
        """The digest of the code that runs."""
        name = physical_ids(self.cloud, NAME)["AggregatorFunction"]
        functions = self.cloud.client("lambda")
        return str(functions.get_function_configuration(FunctionName=name)["CodeSha256"])


@pytest.fixture
def running(
    cloud: Cloud,
    home: Path,
    built_template: Path,
    deploy_stack: Callable[[str, dict[str, str]], Stack],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Running]:
    build = tmp_path / "build"
    shutil.copytree(built_template.parent, build)
    monkeypatch.setattr(deployment, "HOME", tmp_path)
    monkeypatch.setattr(deployment, "build", lambda _home: build / "template.yaml")
    deploy_stack(NAME, {"BatchingWindowSeconds": "30"})
    running = Running(cloud, home, build)
    monkeypatch.setattr(deployment, "sources", lambda: running.version)
    yield running
    delete_stack(cloud, NAME)


def traffic_to(running: Running) -> SteadyTraffic:
    stack = find_stack(running.cloud, NAME)
    return SteadyTraffic(PatientPixel(stack.pixel_url, running.cloud.local_port), PER_SECOND)


def assert_each_hit_counts_once(running: Running, traffic: SteadyTraffic) -> None:
    stack = find_stack(running.cloud, NAME)
    wait_for_hits(stack, traffic.must_be_there())
    assert wrong_answers(stack, ledger_of(stack, map(traffic.described, traffic.must_be_there()))) == {}


def test_hits_before_during_and_after_an_update_count_once(running: Running) -> None:
    ids, code = physical_ids(running.cloud, NAME), running.aggregator()
    traffic = traffic_to(running)
    with traffic.flowing():
        wait_until_queryable(find_stack(running.cloud, NAME), 1, PATIENCE_SECONDS, lambda found: None)
        sent_before = len(traffic.sent)
        running.change_aggregator("# another version")
        changed = running.up(BufferSeconds="300")
        sent_until_then = len(traffic.sent)
        wait_for_hits(find_stack(running.cloud, NAME), traffic.must_be_there())
    assert 0 < sent_before < sent_until_then < len(traffic.sent)
    assert changed
    assert changed.parameters == {"BufferSeconds": ("900", "300")}
    assert {"AggregatorFunction", "Delivery"} <= {*changed.updated}
    assert (changed.replaced, changed.added, changed.removed) == ((), (), ())
    assert changed.kept == len(ids) - len(changed.updated) > len(changed.updated)
    assert running.aggregator() != code
    assert physical_ids(running.cloud, NAME) == ids
    assert_each_hit_counts_once(running, traffic)
    assert running.up() is None  # nothing is built
    running.version = "unlike before"
    assert running.up(BufferSeconds="300") is None  # it is built, and is the same
    parameters = find_stack(running.cloud, NAME).parameters
    assert (parameters["BatchingWindowSeconds"], parameters["BufferSeconds"]) == ("30", "300")


def test_a_failed_update_tells_its_cause_and_leaves_the_stack_as_it_was(running: Running) -> None:
    logs = running.cloud.client("logs")
    logs.create_log_group(logGroupName=TAKEN)
    before = _state(running)
    traffic = traffic_to(running)
    with traffic.flowing():
        wait_until_queryable(find_stack(running.cloud, NAME), 1, PATIENCE_SECONDS, lambda found: None)
        running.change_aggregator('raise RuntimeError("must not stay")')
        _add_resource(running.build / "template.yaml", "Failing", FAILING)
        with pytest.raises(SamError) as failure:
            running.up(BufferSeconds="300")
        sent_until_then = len(traffic.sent)
        wait_for_hits(find_stack(running.cloud, NAME), traffic.must_be_there())
    said = str(failure.value)
    assert said.startswith(f"the stack {NAME} could not be updated: Failing failed.")
    assert "already exists" in said.splitlines()[0]
    assert "The running stack is as it was before" in said
    assert _state(running) == before
    assert len(traffic.sent) > sent_until_then
    assert_each_hit_counts_once(running, traffic)
    logs.delete_log_group(logGroupName=TAKEN)


def test_parameters_that_contradict_each_other_change_nothing(running: Running) -> None:
    before = _state(running)
    with pytest.raises(DeploymentError, match="Aggregation=enabled, or EdgeFunction=enabled"):
        running.up(Aggregation="disabled", EdgeFunction="disabled")
    assert _state(running) == before


def _state(running: Running) -> tuple[Mapping[str, str], Mapping[str, str], str]:
    """Resources, parameters and the aggregator's code."""
    stack = find_stack(running.cloud, NAME)
    return physical_ids(running.cloud, NAME), stack.parameters, running.aggregator()


def _add_resource(template: Path, name: str, resource: Mapping[str, Any]) -> None:
    content = parse_template(template.read_text(encoding="utf-8"))
    content["Resources"][name] = resource
    template.write_text(json.dumps(content), encoding="utf-8")
