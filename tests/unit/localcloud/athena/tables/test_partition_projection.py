# SPDX-License-Identifier: Apache-2.0
"""Partitions that a table's properties tell: which there are, and what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localcloud.athena.tables import partition_projection
from localcloud.athena.trino.errors import QueryError
from localcloud.ministack import glue, s3
from tests.unit.localcloud.athena.athena_calls import failure, rows, start_cloud, stop_cloud

NOW = datetime(2026, 3, 1, 1, 30, 17, tzinfo=UTC)
# The user guide's, "Amazon Data Firehose example".
FIREHOSE = {
    "projection.enabled": "true",
    "projection.datehour.type": "date",
    "projection.datehour.format": "yyyy/MM/dd/HH",
    "projection.datehour.range": "2026/02/28/22,NOW",
    "projection.datehour.interval": "1",
    "projection.datehour.interval.unit": "HOURS",
    "storage.location.template": "s3://lake/prefix/${datehour}/",
}


def projected(changes: dict[str, str], keys: tuple[str, ...] = ("datehour",)) -> list[tuple[list[str], str]]:
    return partition_projection.partitions("db/t", table(changes, keys), NOW)


def table(changes: dict[str, str], keys: tuple[str, ...] = ("datehour",)) -> dict[str, Any]:
    """A table of text with these keys. A change to nothing leaves a property out."""
    return {
        "Name": "t",
        "Parameters": {name: value for name, value in (FIREHOSE | changes).items() if value},
        "PartitionKeys": [{"Name": name, "Type": "string"} for name in keys],
        "StorageDescriptor": {
            "Columns": [{"Name": "a", "Type": "string"}],
            "Location": "s3://lake/prefix",
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
        },
    }


def test_the_guide_s_example_has_each_hour_until_now() -> None:
    hours = ["2026/02/28/22", "2026/02/28/23", "2026/03/01/00", "2026/03/01/01"]
    assert projected({}) == [([hour], f"s3://lake/prefix/{hour}/") for hour in hours]


@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({"range": "NOW-2HOURS,NOW"}, ["2026/02/28/23", "2026/03/01/00", "2026/03/01/01"]),
        ({"range": " NOW - 1 HOUR , NOW + 1 HOUR"}, ["2026/03/01/00", "2026/03/01/01", "2026/03/01/02"]),
        ({"range": "2026/03/01/01,NOW", "format": "yyyy/MM/dd/HH"}, ["2026/03/01/01"]),
        ({"range": "2026/03/02/00,NOW"}, []),
        ({"range": "NOW-4HOURS,NOW", "interval": " 2 "}, ["2026/02/28/21", "2026/02/28/23", "2026/03/01/01"]),
        (
            {"type": " Date ", "format": "yyyyMMdd", "range": "20260227,NOW", "interval.unit": "days"},
            ["20260227", "20260228", "20260301"],
        ),
        ({"format": "'year='yyyy'/month='MM", "range": "NOW,NOW"}, ["year=2026/month=03"]),
        ({"format": "'o''clock '''HH''", "range": "NOW,NOW"}, ["o'clock '01'"]),
    ],
)
def test_a_range_is_of_dates_in_the_format(changes: dict[str, str], values: list[str]) -> None:
    found = projected({f"projection.datehour.{name}": value for name, value in changes.items()})
    assert [one for (one,), _ in found] == values


def test_without_a_template_a_folder_has_its_keys_and_values() -> None:
    others = {name.replace("datehour", "day"): value for name, value in FIREHOSE.items()}
    days = {"projection.day.format": "yyyy-MM-dd", "projection.day.range": "2026-03-01,NOW"}
    days["projection.day.interval.unit"] = "DAYS"
    hours = {"projection.datehour.format": "HH", "projection.datehour.range": "NOW-1HOUR,NOW"}
    found = projected(others | days | hours | {"storage.location.template": ""}, ("day", "datehour"))
    assert [location for _, location in found] == [
        "s3://lake/prefix/day=2026-03-01/datehour=00/",
        "s3://lake/prefix/day=2026-03-01/datehour=01/",
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "integer"}, "type is integer, and the local Athena projects the type date only"),
        ({"type": "enum"}, "type is enum"),
        ({"type": "injected"}, "type is injected"),
        ({"type": ""}, "the following partition columns are missing projection configuration: [datehour] (table db.t)"),
        ({"format": ""}, "projection.datehour.format is missing"),
        ({"format": "yyyy/M/dd/HH"}, "does not know M in the format"),
        ({"format": "yyyy'/MM"}, "cannot be read from '/MM on"),
        ({"range": ""}, "projection.datehour.range is missing"),
        ({"range": "NOW"}, "projection.datehour.range is NOW"),
        ({"range": "2026-03-01,NOW"}, "the range has 2026-03-01"),
        ({"range": "NOW-3YEARS,NOW"}, "knows no YEARS"),
        ({"range": "NOW-300000HOURS,NOW"}, "more than 100000 values"),
        ({"interval": "0"}, "interval is 0"),
        ({"interval": ""}, "interval is missing"),
        ({"interval.unit": "MONTHS"}, "MONTHS is none of"),
        ({"interval.unit": ""}, "interval.unit is missing"),
    ],
)
def test_what_is_not_understood_is_refused(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(QueryError) as refused:
        projected({f"projection.datehour.{name}": value for name, value in changes.items()})
    assert reason in str(refused.value)


@pytest.mark.parametrize("template", ["s3://lake/prefix/", "s3://lake/prefix/${datehour}"])
def test_a_template_without_a_place_for_a_key_or_a_last_slash_is_refused(template: str) -> None:
    with pytest.raises(QueryError, match="has no place for"):
        projected({"storage.location.template": template})


@pytest.fixture
def cloud() -> Iterator[None]:
    start_cloud()
    yield
    stop_cloud()


def make(changes: dict[str, str]) -> str:
    """The table, with an object of the last hour, of one before its range, and of a folder that is registered.

    Returns the last hour's value.
    """
    relative = {"projection.datehour.range": "NOW-5HOURS,NOW"}
    glue.create_table({"DatabaseName": "db", "TableInput": table(relative | changes)})
    last, before = (f"{datetime.now(UTC) - timedelta(hours=hours):%Y/%m/%d/%H}" for hours in (1, 8))
    s3.put_object("lake", f"prefix/{last}/a", b"last\n", {})
    s3.put_object("lake", f"prefix/{before}/a", b"before\n", {})
    s3.put_object("lake", "registered/a", b"registered\n", {})
    place = {"Columns": [{"Name": "a", "Type": "string"}], "Location": "s3://lake/registered/"}
    glue.create_partition(
        {"DatabaseName": "db", "TableName": "t", "PartitionInput": {"Values": ["x"], "StorageDescriptor": place}}
    )
    return last


@pytest.mark.usefixtures("cloud")
def test_a_query_reads_what_is_projected_and_not_what_is_registered() -> None:
    last = make({})
    assert rows("SELECT a, datehour FROM t") == [["last", last]]
    assert rows("SELECT count(*) FROM t WHERE datehour = '2020/01/01/00'") == [["0"]]


@pytest.mark.usefixtures("cloud")
def test_a_projection_that_is_off_does_not_count() -> None:
    make({"projection.enabled": "false"})
    assert rows("SELECT a, datehour FROM t") == [["registered", "x"]]


@pytest.mark.usefixtures("cloud")
def test_a_query_of_an_unknown_projection_fails() -> None:
    make({"projection.datehour.type": "injected"})
    assert failure("SELECT a FROM t").startswith("INVALID_TABLE_PROPERTY: Table db.t")
