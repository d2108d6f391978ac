# SPDX-License-Identifier: Apache-2.0
"""Which samples are invoked, on which function, and in which order."""

from pathlib import Path

import pytest

from edgepixel.errors import EdgePixelError
from edgepixel.template.reader import resources_of_type
from tests.sam_local.samples import EVENTS, FUNCTIONS, read_samples


def test_every_function_of_the_template_has_a_folder_of_samples() -> None:
    functions = resources_of_type("AWS::Serverless::Function")
    code = {properties["CodeUri"].split("/")[1]: name for name, properties in functions.items()}
    assert code == FUNCTIONS


def test_every_sample_is_invoked_once() -> None:
    names = [sample.name for sample in read_samples()]
    assert sorted(names) == sorted(str(path.relative_to(EVENTS)) for path in EVENTS.rglob("*.json"))


def test_a_resource_is_created_before_it_is_updated_and_deleted_last() -> None:
    requests: dict[str, list[str]] = {}
    for sample in read_samples():
        if "RequestType" in sample.event:
            requests.setdefault(sample.event["LogicalResourceId"], []).append(sample.event["RequestType"])
    assert set(map(tuple, requests.values())) == {("Create", "Update", "Delete")}


def test_what_needs_the_table_comes_after_the_aggregator_whose_lines_make_it() -> None:
    functions = [sample.function for sample in read_samples()]
    assert functions[0] == "AggregatorFunction"
    assert list(dict.fromkeys(functions))[-3:] == ["CrawlerTriggerFunction", "HitCounterFunction", "CompactorFunction"]


def test_a_sample_of_no_function_is_told(tmp_path: Path) -> None:
    (tmp_path / "nobody").mkdir()
    (tmp_path / "nobody" / "event.json").write_text("{}")
    with pytest.raises(EdgePixelError, match="no function has samples in a folder 'nobody'"):
        read_samples(tmp_path)
