# SPDX-License-Identifier: Apache-2.0
"""From an event to the partition it is about."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.crawler_trigger.conftest import object_created


def test_an_object_is_in_its_hours_partition(crawler_trigger: SimpleNamespace) -> None:
    partition = crawler_trigger.partition.partition_of(object_created(), "events/")
    assert partition.values == ("2026-03-14", "09")
    assert partition.location == "s3://lake/events/dt=2026-03-14/hour=09/"


def test_all_objects_of_an_hour_are_in_one_partition(crawler_trigger: SimpleNamespace) -> None:
    partition_of = crawler_trigger.partition.partition_of
    one = partition_of(object_created("events/dt=2026-03-14/hour=23/one.gz"), "events/")
    other = partition_of(object_created("events/dt=2026-03-14/hour=23/a b+c%3D.gz"), "events/")
    assert one == other


def test_a_file_of_standard_logs_has_a_partition_of_its_own(crawler_trigger: SimpleNamespace) -> None:
    key = "events/year=2026/month=03/day=14/hour=09/E1A2B3C4D5E6F7.2026-03-14-09.0a1b2c3d.gz"
    partition = crawler_trigger.partition.partition_of(object_created(key), "events/")
    assert partition.values == ("2026-03-14", "09-standard")
    assert partition.location == "s3://lake/events/year=2026/month=03/day=14/hour=09/"
    assert partition.is_of_standard_logs
    assert not crawler_trigger.partition.partition_of(object_created(), "events/").is_of_standard_logs


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("quarantine/dt=2026-03-14/hour=09/part.gz", "outside_events_prefix"),
        ("Events/dt=2026-03-14/hour=09/part.gz", "outside_events_prefix"),
        ("events/part.gz", "not_in_partition_layout"),
        ("events/dt=2026-03-14/part.gz", "not_in_partition_layout"),
        ("events/dt=2026-03-14/hour=24/part.gz", "not_in_partition_layout"),
        ("events/dt=2026-03-14/hour=9/part.gz", "not_in_partition_layout"),
        ("events/dt=2026-02-30/hour=09/part.gz", "not_in_partition_layout"),
        ("events/dt=2026-03-14/hour=09/deeper/part.gz", "not_in_partition_layout"),
        ("events/dt=2026-03-14/hour=09/", "not_in_partition_layout"),
        ("events/year=2026/month=03/day=14/part.gz", "not_in_partition_layout"),
        ("events/year=2026/month=02/day=30/hour=09/part.gz", "not_in_partition_layout"),
        ("events/year=2026/month=03/day=14/hour=24/part.gz", "not_in_partition_layout"),
        ("events/year=2026/month=03/day=14/hour=09/deeper/part.gz", "not_in_partition_layout"),
        ("events/year=2026/month=03/day=14/hour=09/", "not_in_partition_layout"),
        ("events/copy/dt=2026-03-14/hour=09/part.gz", "not_in_partition_layout"),
        ("events/dt=\u0662\u0660\u0662\u0666-03-14/hour=09/part.gz", "not_in_partition_layout"),
        ("events/dt=2026-03-14/hour=0\u0669/part.gz", "not_in_partition_layout"),
        # S3's own notifications encode the key; an event of EventBridge that looks so has that name.
        ("events/dt%3D2026-03-14/hour%3D09/part.gz", "not_in_partition_layout"),
    ],
)
def test_other_keys_are_ignored_with_a_reason(crawler_trigger: SimpleNamespace, key: str, reason: str) -> None:
    assert crawler_trigger.partition.partition_of(object_created(key), "events/") == reason


def test_folder_markers_are_ignored(crawler_trigger: SimpleNamespace) -> None:
    for key in ("events/dt=2026-03-14/hour=09/", "events/dt=2026-03-14/hour=09/_$folder$"):
        assert crawler_trigger.partition.partition_of(object_created(key, size=0), "events/") == "empty_object"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Records": [{"s3": {}}]},
        object_created() | {"detail-type": "Object Deleted"},
        object_created() | {"source": "my.app"},
        object_created() | {"detail": None},
        object_created() | {"detail": {"bucket": {"name": "lake"}, "object": {}}},
    ],
)
def test_other_events_are_ignored(crawler_trigger: SimpleNamespace, event: dict[str, Any]) -> None:
    assert crawler_trigger.partition.partition_of(event, "events/") == "not_object_created"
