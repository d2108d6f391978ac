# SPDX-License-Identifier: Apache-2.0
"""`sam local invoke`: the built functions take every sample in real containers, against the local cloud."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from tests.needed_tools import need
from tests.sam_local.checks import CheckedSample
from tests.sam_local.container.engine import missing_engine
from tests.sam_local.container.errors import EngineNotStartedError
from tests.sam_local.run import ready_checks
from tests.sam_local.samples import Sample, read_samples

SAMPLES = read_samples()
BROKEN = Sample("aggregator/without-records.json", "AggregatorFunction", {})


@pytest.fixture(scope="module")
def results(
    cloud: Cloud, deploy_stack: Callable[[str, dict[str, str]], Stack], built_template: Path, home: Path
) -> dict[str, CheckedSample]:
    """Each sample with what the function did, by its name, and of one that no function can take."""
    problem = missing_engine()
    need(problem is None, str(problem))
    stack = deploy_stack("invoked", {})  # its own, because what the samples write is in nobody's ledger
    results = {}
    try:
        with ready_checks(cloud, stack, built_template, home / "invoke", print) as checks:
            for checked in checks.run([*SAMPLES, BROKEN]):
                results[checked.sample.name] = checked
    except EngineNotStartedError as error:
        need(False, str(error))
    return results


@pytest.mark.parametrize("sample", [sample.name for sample in SAMPLES])
def test_a_sample_does_in_a_container_what_it_is_for(results: dict[str, CheckedSample], sample: str) -> None:
    assert results[sample].problem is None


def test_an_error_in_a_container_is_told(results: dict[str, CheckedSample]) -> None:
    assert results[BROKEN.name].problem == "KeyError: 'Records'"
