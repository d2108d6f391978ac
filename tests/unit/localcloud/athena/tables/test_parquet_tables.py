# SPDX-License-Identifier: Apache-2.0
"""Parquet tables: partitions in folders of any name, columns by name, types, paths, and the bytes that are billed."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from localcloud.ministack import s3
from tests.unit.localcloud.athena.athena_calls import (
    failure,
    make_partition,
    make_table,
    make_view,
    parquet,
    rows,
    start_cloud,
    stop_cloud,
    succeeded,
)

COLUMNS = {"id": "string", "visitor": "bigint", "at": "timestamp"}


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    start_cloud()
    yield
    stop_cloud()


def day(dt: str, select: str, version: str = "1", *, registered: bool = True) -> int:
    """A day in a folder of its version. Returns the object's size."""
    data = parquet(select)
    s3.put_object("lake", f"typed/dt={dt}/v={version}/20261127_0.parquet", data, {})
    if registered:
        make_partition([dt], f"typed/dt={dt}/v={version}", COLUMNS)
    return len(data)


def test_a_partition_is_the_folder_that_the_catalog_names() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-26", "SELECT 'a' AS id, -1::BIGINT AS visitor, TIMESTAMP '2026-11-26 01:02:03.004' AS at")
    day("2026-11-26", "SELECT 'old' AS id", "0", registered=False)
    day("2026-11-27", "SELECT 'b' AS id, NULL::BIGINT AS visitor, NULL::TIMESTAMP AS at", "2/part=01")
    assert rows("SELECT * FROM days ORDER BY dt") == [
        ["a", "-1", "2026-11-26 01:02:03.004", "2026-11-26"], ["b", None, None, "2026-11-27"]
    ]  # fmt: skip


def test_folders_in_a_partition_are_read_and_hidden_objects_are_not() -> None:
    make_table(COLUMNS, ["dt"])
    make_partition(["2026-11-27"], "typed/x", COLUMNS)
    for name in ("part=01/a", "part=02/b", "_c", ".d/e"):
        s3.put_object("lake", f"typed/x/{name}", parquet(f"SELECT '{name}' AS id"), {})
    assert rows("SELECT id, dt FROM days ORDER BY id") == [["part=01/a", "2026-11-27"], ["part=02/b", "2026-11-27"]]


def test_columns_are_found_by_name_and_those_of_no_file_are_null() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-26", "SELECT 1::INTEGER AS visitor, 'more' AS more, 'a' AS ID")
    day("2026-11-27", "SELECT 'b' AS id, 5000000000 AS visitor")
    assert rows("SELECT id, visitor, at FROM days ORDER BY id") == [["a", "1", None], ["b", "5000000000", None]]


def test_a_table_without_partitions_or_objects() -> None:
    make_table(COLUMNS, ["dt"])
    assert rows("SELECT * FROM days") == []
    assert rows("SELECT count(*), max(dt) FROM days") == [["0", None]]
    assert rows('SELECT "$path", dt FROM days') == []
    make_table(COLUMNS, name="plain")
    assert rows("SELECT count(*) FROM plain") == [["0"]]
    s3.put_object("lake", "plain/dt=x/a", parquet("SELECT 'a' AS id"), {})
    assert rows("SELECT id FROM plain") == [["a"]]


def test_the_same_object_may_be_in_partitions_of_several_tables() -> None:
    make_table(COLUMNS, ["dt"])
    make_table(COLUMNS, ["dt", "v"], name="made")
    day("2026-11-27", "SELECT 'a' AS id", "7")
    make_partition(["a/b=c d", "é%20"], "typed/dt=2026-11-27/v=7", COLUMNS, "made")
    assert rows("SELECT days.id, made.dt, made.v FROM days JOIN made ON days.id = made.id") == [
        ["a", "a/b=c d", "é%20"]
    ]


def test_an_object_that_is_written_anew_is_read_anew() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-27", "SELECT 'a' AS id")
    assert rows("SELECT id FROM days") == [["a"]]
    day("2026-11-27", "SELECT 'b' AS id", registered=False)
    assert rows("SELECT id FROM days") == [["b"]]


def test_a_row_knows_the_path_of_its_object() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-26", "SELECT 'a' AS id")
    day("2026-11-27", "SELECT 'a' AS id")
    assert rows('SELECT "$path", dt FROM days ORDER BY dt') == [
        [f"s3://lake/typed/dt={dt}/v=1/20261127_0.parquet", dt] for dt in ("2026-11-26", "2026-11-27")
    ]


def test_only_the_partitions_that_conditions_leave_are_read() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-26", "SELECT 'a' AS id")
    make_partition(["2026-11-27"], "typed/broken", COLUMNS)
    s3.put_object("lake", "typed/broken/x", b"no Parquet", {})
    assert rows("SELECT id FROM days WHERE dt < '2026-11-27'") == [["a"]]
    assert failure("SELECT id FROM days").startswith("HIVE_BAD_DATA: Not valid Parquet file: s3://lake/typed/broken/x")


def test_a_column_of_another_type_fails_the_query() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-27", "SELECT 'a' AS id, 1.5::DOUBLE AS visitor")
    assert failure("SELECT id FROM days") == (
        "HIVE_BAD_DATA: Field visitor's type DOUBLE in parquet file "
        "s3://lake/typed/dt=2026-11-27/v=1/20261127_0.parquet is incompatible with type bigint defined in table schema"
    )


def test_a_partition_s_own_columns_are_compared_by_name() -> None:
    make_table(COLUMNS, ["dt"])
    s3.put_object("lake", "typed/x/a", parquet("SELECT 1 AS n, 'a' AS id"), {})
    make_partition(["2026-11-27"], "typed/x", {"visitor": "bigint", "id": "string"})
    assert rows("SELECT id FROM days") == [["a"]]
    make_partition(["2026-11-28"], "typed/x", {"visitor": "string"})
    assert failure("SELECT id FROM days").startswith("HIVE_PARTITION_SCHEMA_MISMATCH")


def chunks(select: str) -> dict[str, int]:
    """The stored bytes of each column of what `parquet` makes of a query."""
    with TemporaryDirectory() as directory, duckdb.connect(":memory:") as connection:
        path = Path(directory, "file")
        path.write_bytes(parquet(select))
        found = connection.execute(
            "SELECT path_in_schema, sum(total_compressed_size) FROM parquet_metadata(?) GROUP BY ALL", [str(path)]
        ).fetchall()
        return {str(name): int(size) for name, size in found}


DAY = (
    "SELECT md5(CAST(i AS VARCHAR)) AS id, i * 7919 % 10007 AS visitor, "
    "TIMESTAMP '2026-11-27' + INTERVAL (i) SECOND AS at FROM range(5000) AS r(i)"
)


def scanned(sql: str) -> int:
    size: int = succeeded(sql)["Statistics"]["DataScannedInBytes"]
    return size


def test_a_query_is_billed_for_the_columns_that_it_needs() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-26", DAY)
    day("2026-11-27", DAY)
    size = chunks(DAY)
    assert len({size["id"], size["visitor"], size["at"]}) == 3
    assert scanned("SELECT count(*) FROM days") == 0
    assert scanned("SELECT dt, count(*) FROM days GROUP BY dt") == 0
    assert scanned("SELECT count(DISTINCT visitor) FROM days") == 2 * size["visitor"]
    assert scanned("SELECT count(DISTINCT visitor) FROM days WHERE dt = '2026-11-27'") == size["visitor"]
    assert scanned("SELECT count(*) FROM days WHERE id LIKE '%visitor%'") == 2 * size["id"]
    assert scanned("SELECT max(visitor) FROM days WHERE at > TIMESTAMP '2026-11-27 00:10:00'") == 2 * (
        size["visitor"] + size["at"]
    )
    assert scanned("SELECT id FROM days WHERE dt = (SELECT max(dt) FROM days)") == size["id"]
    assert scanned("SELECT a.visitor FROM days AS a JOIN days AS b ON a.id = b.id AND a.dt < b.dt") == (
        4 * size["id"] + 2 * size["visitor"]
    )


def test_a_query_of_many_partitions_is_billed_for_those_that_it_reads() -> None:
    make_table(COLUMNS, ["dt"])
    for number in range(10, 20):
        day(f"2026-11-{number}", DAY)
    visitor = chunks(DAY)["visitor"]
    assert scanned("SELECT sum(visitor) FROM days") == 10 * visitor
    assert scanned("SELECT sum(visitor) FROM days WHERE dt BETWEEN '2026-11-12' AND '2026-11-18'") == 7 * visitor
    # A condition that DuckDB finds out by itself.
    assert scanned("SELECT sum(x.visitor) FROM days AS x, (VALUES 1) AS y(n) WHERE x.dt >= '2026-11-14'") == 6 * visitor


def test_an_unload_is_billed_for_what_it_reads() -> None:
    make_table(COLUMNS, ["dt"])
    day("2026-11-27", DAY)
    sql = "UNLOAD (SELECT id FROM days ORDER BY id) TO 's3://lake/x/' WITH (format = 'PARQUET')"
    assert scanned(sql) == chunks(DAY)["id"]


def test_a_view_reads_a_table_that_another_view_stands_before() -> None:
    make_table(COLUMNS, ["dt"])
    make_table({"id": "string"}, name="raw")
    day("2026-11-27", "SELECT 'a' AS id")
    for name in ("a", "b"):
        s3.put_object("lake", f"raw/{name}", parquet(f"SELECT '{name}' AS id"), {})
    make_view("SELECT id FROM raw", "lines")
    make_view(
        "SELECT id FROM days UNION ALL "
        "SELECT r.id FROM lines AS r LEFT JOIN days AS d ON r.id = d.id WHERE d.id IS NULL"
    )
    assert rows("SELECT id FROM both ORDER BY id") == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("sql", "days"),
    [
        (
            "SELECT d.id FROM days AS d LEFT JOIN other AS o ON d.id = o.id WHERE o.id IS NULL AND d.dt = '2026-11-11'",
            1,
        ),
        ("SELECT d.id FROM days AS d JOIN other AS o ON d.id = o.id WHERE d.dt = '2026-11-11'", 1),
        (
            "SELECT id FROM (SELECT d.id, d.dt FROM days AS d LEFT JOIN other AS o ON d.id = o.id) "
            "WHERE dt = '2026-11-11'",
            1,
        ),
        ("SELECT x.id FROM other AS x RIGHT JOIN days AS d ON x.id = d.id WHERE x.dt = '2026-11-11'", 2),
        ("SELECT d.id FROM days AS d FULL JOIN other AS o ON d.id = o.id WHERE d.dt = '2026-11-11'", 2),
    ],
)
def test_a_condition_prunes_the_table_before_a_join(sql: str, days: int) -> None:
    """Only the local Athena's own pruning leaves out an object that is not Parquet."""
    make_table(COLUMNS, ["dt"])
    make_table({"id": "string"}, ["dt"], name="other")
    day("2026-11-11", "SELECT 'a' AS id")
    make_partition(["2026-11-12"], "typed/broken", COLUMNS)
    s3.put_object("lake", "typed/broken/x", b"no Parquet", {})
    if days == 1:
        rows(sql)
    else:
        assert failure(sql).startswith("HIVE_BAD_DATA")


def test_conditions_before_and_behind_a_join_give_the_same_rows() -> None:
    make_table(COLUMNS, ["dt"])
    make_table({"id": "string"}, ["dt"], name="other")
    day("2026-11-11", "SELECT 'a' AS id")
    day("2026-11-12", "SELECT 'b' AS id")
    s3.put_object("lake", "other/x/1", parquet("SELECT 'b' AS id"), {})
    make_partition(["2026-11-11"], "other/x", {"id": "string"}, "other")
    joined = "days AS d LEFT JOIN other AS o ON d.id = o.id"
    assert rows(f"SELECT d.id FROM {joined} WHERE o.dt = '2026-11-11'") == [["b"]]  # noqa: S608
    assert rows(f"SELECT d.id FROM {joined} WHERE d.dt = '2026-11-11' AND o.id IS NULL") == [["a"]]  # noqa: S608
