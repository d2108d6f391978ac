# SPDX-License-Identifier: Apache-2.0
"""One local cloud for all end-to-end tests, and in it the stacks that they share."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.ask.wait_for_events import wait_until_queryable
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.console.table import Table
from edgepixel.local import local_cloud
from edgepixel.local.deployment import build, deploy
from edgepixel.traffic.ledger import Ledger, read_ledger
from edgepixel.traffic.recorder import record_traffic
from edgepixel.truth.expected import TRUTHS
from tests.waiting import PATIENCE_SECONDS

VIEWS = 700
QUERYABLE_SECONDS = PATIENCE_SECONDS  # without another event
# Nothing is shortened or taken away.
DISABLED = {"Aggregation": "disabled", "IpAddresses": "full", "HonorGlobalPrivacyControl": "false"}


@dataclass(frozen=True)
class Answered:
    """A stack that got views, the ledger of them, and what it answered as of `now_ms`."""

    cloud: Cloud
    stack: Stack
    ledger: Ledger
    now_ms: int
    answers: dict[str, Table]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the tests used of the permissions is known after the last of them."""
    items.sort(key=lambda item: item.path.name == "test_unused_permissions.py")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("e2e")


@pytest.fixture(scope="session")
def cloud(home: Path) -> Iterator[Cloud]:
    """A local cloud whose waiting goes 300 times faster; it ends with the tests, or by itself when they are killed."""
    state = local_cloud.start("enabled", home, local_cloud.free_port(), idle_minutes=60)
    yield state.cloud
    local_cloud.stop(state, home)


@pytest.fixture(scope="session")
def built_template(home: Path) -> Path:
    return build(home)


@pytest.fixture(scope="session")
def deploy_stack(cloud: Cloud, built_template: Path, home: Path) -> Callable[[str, dict[str, str]], Stack]:
    """Deploys the unmodified template under a name, with parameters."""

    def deploy_named(name: str, parameters: dict[str, str]) -> Stack:
        deploy(cloud, name, built_template, home, parameters)
        return find_stack(cloud, name)

    return deploy_named


@pytest.fixture(scope="session")
def stacks(deploy_stack: Callable[[str, dict[str, str]], Stack]) -> dict[str, Stack]:
    """Both architectures, side by side in one account and Region."""
    return {"enabled": deploy_stack("enabled", {}), "disabled": deploy_stack("disabled", DISABLED)}


@pytest.fixture(scope="session")
def answered(cloud: Cloud, stacks: dict[str, Stack], home: Path) -> dict[str, Answered]:
    """Both stacks after views over HTTP, with every answer asked."""
    results = {}
    for number, (name, stack) in enumerate(stacks.items()):
        path = home / f"{name}.jsonl"
        record_traffic(stack, path, hits=VIEWS, seed=number)
        ledger = read_ledger(path)
        wait_until_queryable(stack, len(ledger.logged()), QUERYABLE_SECONDS, lambda found: None)
        queries = find_answers(stack)
        now_ms = time.time_ns() // 1_000_000
        answers = {answer: run_query(stack, answer_sql(queries, answer, now_ms=now_ms)) for answer in TRUTHS}
        results[name] = Answered(cloud, stack, ledger, now_ms, answers)
    return results
