# SPDX-License-Identifier: Apache-2.0
"""The trigger makes the table right itself when no crawl did, and registers every hour of the lake."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.client import FakeClient
from tests.unit.crawler_trigger.conftest import COLUMNS

STARTED = datetime(2026, 3, 14, 9, 12, tzinfo=UTC)
HOURS = [("2026-03-13", "23"), ("2026-03-14", "08"), ("2026-03-14", "09")]


def location(day: str, hour: str) -> str:
    return f"s3://lake/events/dt={day}/hour={hour}/"


@pytest.fixture
def now() -> list[datetime]:
    """The time, which a test may change."""
    return [STARTED + timedelta(minutes=3)]


@pytest.fixture
def catalog(crawler_trigger: SimpleNamespace, now: list[datetime]) -> Any:
    app = crawler_trigger.app
    return crawler_trigger.catalog.Catalog(app.catalog._aws, app.settings, lambda: now[0])


@pytest.fixture
def partition(crawler_trigger: SimpleNamespace) -> Any:
    return crawler_trigger.partition.Partition("2026-03-14", "09", location("2026-03-14", "09"))


@pytest.fixture
def lake(s3: FakeClient) -> FakeClient:
    """With objects of three hours, and what is none."""
    keys = [f"events/dt={day}/hour={hour}/{name}.gz" for day, hour in HOURS for name in "ab"]
    for key in [*keys, "events/copy/hour=09/a.gz", "events/dt=2026-03-14/a.gz", "quarantine/dt=2026-03-14/hour=09/a"]:
        s3.service.put_object("lake", key, Body=b"x")
    return s3


@pytest.fixture
def crawled(glue: FakeClient) -> FakeClient:
    """A crawl has ended some minutes ago."""
    glue.service.last_crawl = {"Status": "SUCCEEDED", "StartTime": STARTED}
    return glue


def is_right(glue: FakeClient, hours: list[tuple[str, str]] = HOURS) -> None:
    """The table is as the log fields say, with these hours, each read the way the table is."""
    table = glue.service.table
    storage = table["StorageDescriptor"]
    assert [(column["Name"], column["Type"]) for column in storage["Columns"]] == [(name, "string") for name in COLUMNS]
    assert [(key["Name"], key["Type"]) for key in table["PartitionKeys"]] == [("dt", "string"), ("hour", "string")]
    assert storage["Location"] == "s3://lake/events/"
    assert storage["SerdeInfo"]["Parameters"] == {"field.delim": "\t"}
    assert not [name for name in table["Parameters"] if "unfinished" in name or "skip" in name]
    assert glue.service.partitions == {
        hour: {"Values": list(hour), "StorageDescriptor": storage | {"Location": location(*hour)}} for hour in hours
    }


def test_a_crawl_that_left_no_table_is_made_good_at_once(
    catalog: Any, crawled: FakeClient, lake: FakeClient, partition: Any
) -> None:
    outcome = catalog.register(partition)
    assert (outcome.registration, outcome.partitions) == ("table_repaired", 3)
    assert outcome.repaired == "table edgepixel.pixel_events does not exist"
    is_right(crawled)
    assert crawled.count("start_crawler") == 0


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_an_hour_after_the_crawl_the_next_one_is_tried_first(
    crawler_trigger: SimpleNamespace, catalog: Any, glue: FakeClient, partition: Any, now: list[datetime], status: str
) -> None:
    glue.service.last_crawl = {"Status": status, "StartTime": STARTED}
    now[0] = STARTED + timedelta(hours=1)
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady, match="was started"):
        catalog.register(partition)
    assert (glue.count("start_crawler"), glue.count("create_table")) == (1, 0)


def test_a_crawler_that_never_ran_is_tried_first(
    crawler_trigger: SimpleNamespace, catalog: Any, glue: FakeClient, partition: Any
) -> None:
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady, match="does not exist; crawler lake-crawler was"):
        catalog.register(partition)
    assert (glue.count("start_crawler"), glue.count("create_table")) == (1, 0)


@pytest.mark.parametrize("column", ["col0", "c_ip"])
def test_a_wrong_table_is_repaired_with_the_hours_that_were_registered_under_it(
    catalog: Any, crawled: FakeClient, lake: FakeClient, table: dict[str, Any], partition: Any, column: str
) -> None:
    table["StorageDescriptor"]["Columns"][0] = {"Name": column, "Type": "double"}
    table["Parameters"] = {"skip.header.line.count": "1", "owner": "me"}
    crawled.service.table = table
    crawled.service.partitions = {HOURS[0]: {"Values": [*HOURS[0]], "StorageDescriptor": table["StorageDescriptor"]}}
    outcome = catalog.register(partition)
    assert (outcome.registration, outcome.partitions) == ("table_repaired", 2)
    is_right(crawled)
    assert crawled.service.table["Parameters"]["owner"] == "me"


@pytest.mark.parametrize(
    "wrong",
    [
        {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde", "Parameters": {"separatorChar": "\t"}},
        {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": ","},
        },
    ],
)
def test_a_table_that_reads_its_objects_otherwise_is_repaired(
    catalog: Any, crawled: FakeClient, lake: FakeClient, table: dict[str, Any], partition: Any, wrong: dict[str, Any]
) -> None:
    table["StorageDescriptor"]["SerdeInfo"] = wrong
    crawled.service.table = table
    assert catalog.register(partition).registration == "table_repaired"
    is_right(crawled)


def test_columns_of_another_type_are_repaired(
    catalog: Any, crawled: FakeClient, lake: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    """The view takes text, and Athena refuses a partition whose types are not those of its table."""
    table["StorageDescriptor"]["Columns"][0]["Type"] = "double"
    crawled.service.table = table
    assert "columns of type double instead of string" in catalog.register(partition).repaired
    is_right(crawled)


@pytest.mark.parametrize("keys", [[], ["partition_0"], ["partition_0", "partition_1"]])
def test_a_table_with_other_partition_keys_is_made_anew(
    catalog: Any, crawled: FakeClient, lake: FakeClient, table: dict[str, Any], partition: Any, keys: list[str]
) -> None:
    table["PartitionKeys"] = [{"Name": key, "Type": "string"} for key in keys]
    crawled.service.table = table
    crawled.service.partitions = {tuple(keys): {"Values": keys, "StorageDescriptor": {}}}
    assert catalog.register(partition).partitions == 3
    is_right(crawled)


def test_an_older_version_s_table_gets_the_last_columns_without_a_crawl(
    catalog: Any, glue: FakeClient, lake: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    table["StorageDescriptor"]["Columns"].pop()
    glue.service.table = table
    glue.service.partitions = {
        hour: {"Values": [*hour], "StorageDescriptor": table["StorageDescriptor"]} for hour in HOURS
    }
    outcome = catalog.register(partition)
    assert "missing cs_uri_query" in outcome.repaired
    assert outcome.partitions == 0
    is_right(glue)
    assert glue.count("start_crawler") == 0


def test_a_newer_version_s_table_is_right(
    catalog: Any, glue: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    table["StorageDescriptor"]["Columns"].append({"Name": "asn", "Type": "string"})
    glue.service.table = table
    assert catalog.register(partition).registration == "registered"
    assert (glue.count("start_crawler"), glue.count("update_table")) == (0, 0)
    assert len(glue.service.partitions["2026-03-14", "09"]["StorageDescriptor"]["Columns"]) == 4


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_the_end_of_a_crawl_makes_the_table_if_the_crawl_did_not(
    catalog: Any, glue: FakeClient, lake: FakeClient, now: list[datetime], status: str
) -> None:
    """However long the crawl took: no hour waits for its next object."""
    glue.service.last_crawl = {"Status": status, "StartTime": STARTED}
    now[0] = STARTED + timedelta(hours=2)
    assert catalog.after_crawl().registration == "table_repaired"
    is_right(glue)
    assert glue.count("start_crawler") == 0


def test_the_end_of_a_crawl_registers_hours_that_came_while_it_ran(
    catalog: Any, crawled: FakeClient, lake: FakeClient, table: dict[str, Any]
) -> None:
    crawled.service.table = table
    crawled.service.partitions[HOURS[0]] = {"Values": [*HOURS[0]], "made by": "the crawler"}
    assert (catalog.after_crawl().registration, catalog.after_crawl().registration) == (
        "registered",
        "already_registered",
    )
    assert set(crawled.service.partitions) == set(HOURS)
    assert crawled.service.partitions[HOURS[0]]["made by"] == "the crawler"
    assert crawled.count("update_table") == 0


def test_a_dropped_table_is_noticed_although_its_hour_was_seen(
    catalog: Any, crawled: FakeClient, lake: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    crawled.service.table = table
    catalog.register(partition)
    assert catalog.register(partition).registration == "seen_before"
    crawled.service.table = None
    crawled.service.partitions.clear()
    assert catalog.register(partition).registration == "table_repaired"
    is_right(crawled)


def test_partitions_of_a_table_that_was_made_anew_are_not_remembered(
    catalog: Any, glue: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    glue.service.table = table | {"CreateTime": STARTED}
    catalog.register(partition)
    glue.service.table = table | {"CreateTime": STARTED + timedelta(minutes=1)}
    glue.service.partitions.clear()
    assert catalog.register(partition).registration == "registered"
    assert catalog.register(partition).registration == "seen_before"
    assert list(glue.service.partitions) == [("2026-03-14", "09")]


STEPS = [
    "create_table", "get_table", "create_partition", "batch_create_partition", "batch_update_partition", "update_table",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_whoever_comes_after_a_crash_goes_on(
    crawler_trigger: SimpleNamespace,
    catalog: Any,
    crawled: FakeClient,
    lake: FakeClient,
    partition: Any,
    now: list[datetime],
    step: str,
) -> None:
    crawled.fail_next[step] = [None, "InternalServiceException"] if step == "get_table" else ["ThrottlingException"]
    with pytest.raises(ClientError):
        catalog.register(partition)
    other = crawler_trigger.partition.Partition(*HOURS[0], location(*HOURS[0]))
    another_process = crawler_trigger.catalog.Catalog(catalog._aws, crawler_trigger.app.settings, lambda: now[0])
    assert another_process.register(other).registration == "table_repaired"
    is_right(crawled)


@pytest.mark.parametrize("step", ["delete_table", "create_table", "update_table"])
def test_somebody_else_s_change_is_tried_again(
    crawler_trigger: SimpleNamespace, catalog: Any, crawled: FakeClient, lake: FakeClient, partition: Any,
    table: dict[str, Any], step: str,
) -> None:  # fmt: skip
    codes = {"delete_table": "EntityNotFoundException", "create_table": "AlreadyExistsException"}
    if step == "delete_table":
        crawled.service.table = table | {"PartitionKeys": []}
    crawled.fail_next[step] = [codes.get(step, "ConcurrentModificationException")]
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady, match="changed meanwhile") as caught:
        catalog.register(partition)
    assert not caught.value.crawl_started
    catalog.register(partition)
    is_right(crawled)


def test_the_update_names_the_version_that_was_read(
    crawler_trigger: SimpleNamespace, catalog: Any, crawled: FakeClient, partition: Any, table: dict[str, Any]
) -> None:
    table["StorageDescriptor"]["Columns"].pop()
    crawled.service.table = table
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady, match="ConcurrentModification"):
        catalog._repair(table | {"VersionId": "6"}, "is wrong", partition)
    assert crawled.service.table == table


def test_two_at_once_leave_one_right_table(
    catalog: Any, crawler_trigger: SimpleNamespace, crawled: FakeClient, lake: FakeClient, partition: Any
) -> None:
    """Another invocation makes the whole table while this one registers its own hour."""
    really = crawled.service.create_partition
    other = crawler_trigger.catalog.Catalog(catalog._aws, crawler_trigger.app.settings)

    def interrupted(**arguments: Any) -> Any:
        crawled.service.create_partition = really
        assert other.register(partition).registration == "table_repaired"
        return really(**arguments)

    crawled.service.create_partition = interrupted
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady):
        catalog.register(partition)
    is_right(crawled)
    assert catalog.register(partition).registration == "already_registered"


def test_hundreds_of_hours_are_registered_in_batches_the_latest_first(
    catalog: Any, crawled: FakeClient, s3: FakeClient, partition: Any
) -> None:
    days = [f"2026-03-{day:02d}" for day in range(1, 12)]
    hours = [(day, f"{hour:02d}") for day in days for hour in range(24)]
    for day, hour in hours:
        s3.service.put_object("lake", f"events/dt={day}/hour={hour}/a.gz", Body=b"x")
    assert catalog.register(partition).partitions == len(hours) + 1
    is_right(crawled, [*hours, ("2026-03-14", "09")])
    batches = [arguments["PartitionInputList"] for arguments in crawled.arguments("batch_create_partition")]
    assert [len(batch) for batch in batches] == [100, 100, 64]
    assert batches[0][0]["Values"] == ["2026-03-11", "23"]


@pytest.mark.parametrize("operation", ["batch_create_partition", "batch_update_partition"])
def test_another_error_for_one_partition_of_a_batch_is_none_to_pass_over(
    catalog: Any, crawled: FakeClient, lake: FakeClient, partition: Any, operation: str
) -> None:
    detail = {"ErrorCode": "InternalServiceException", "ErrorMessage": "later"}
    error = {"PartitionValues": [*HOURS[0]], "PartitionValueList": [*HOURS[0]], "ErrorDetail": detail}
    setattr(crawled.service, operation, lambda **_: {"Errors": [error]})
    with pytest.raises(ClientError, match="InternalServiceException"):
        catalog.register(partition)


STANDARD = "s3://lake/events/year=2026/month=03/day=14/hour=09/"


@pytest.fixture
def standard(crawler_trigger: SimpleNamespace) -> Any:
    """An hour of standard logs."""
    return crawler_trigger.partition.Partition("2026-03-14", "09-standard", STANDARD)


def test_standard_logs_make_a_missing_table_without_a_crawl(
    catalog: Any, glue: FakeClient, s3: FakeClient, standard: Any
) -> None:
    s3.service.put_object("lake", "events/year=2026/month=03/day=14/hour=09/a.gz", Body=b"x")
    assert catalog.register(standard).registration == "table_repaired"
    assert glue.count("start_crawler") == 0
    assert [column["Name"] for column in glue.service.table["StorageDescriptor"]["Columns"]] == list(COLUMNS)
    assert glue.service.partitions["2026-03-14", "09-standard"]["StorageDescriptor"]["Location"] == STANDARD
    assert catalog.register(standard).registration == "seen_before"


def test_hours_of_both_sources_are_found_side_by_side(
    catalog: Any, crawled: FakeClient, lake: FakeClient, standard: Any
) -> None:
    others = [
        "year=2025/month=12/day=31/hour=23",
        "year=2026/month=03/day=14/hour=08",
        "year=x/month=1",
        "copy/of=this",
    ]
    for folder in others:
        lake.service.put_object("lake", f"events/{folder}/a.gz", Body=b"x")
    catalog.register(standard)
    registered = {values: one["StorageDescriptor"]["Location"] for values, one in crawled.service.partitions.items()}
    assert registered == {
        **{(day, hour): location(day, hour) for day, hour in HOURS},
        ("2026-03-14", "09-standard"): STANDARD,
        ("2026-03-14", "08-standard"): "s3://lake/events/year=2026/month=03/day=14/hour=08/",
        ("2025-12-31", "23-standard"): "s3://lake/events/year=2025/month=12/day=31/hour=23/",
    }


def test_the_keys_that_a_crawl_gives_to_standard_logs_are_made_right(
    catalog: Any, glue: FakeClient, table: dict[str, Any], standard: Any
) -> None:
    keys = ["year", "month", "day", "hour"]
    glue.service.table = table | {"PartitionKeys": [{"Name": name, "Type": "string"} for name in keys]}
    assert "partition keys are year, month, day, hour" in catalog.register(standard).repaired
    assert list(glue.service.partitions) == [("2026-03-14", "09-standard")]
