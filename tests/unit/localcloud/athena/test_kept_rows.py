# SPDX-License-Identifier: Apache-2.0
"""What a view makes of text is kept for the next questions, and never told of other text."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from localcloud.athena import query, reading
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.views import kept_rows
from localcloud.ministack import glue, s3
from tests.unit.localcloud.athena.athena_calls import make_table, make_view, parquet, start_cloud, stop_cloud

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
COUNT = "SELECT count(*), min(id), max(id) FROM both"
TEXT = {
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        "Parameters": {"field.delim": "\t"},
    },
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
}


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    query._engine.cache_clear()
    start_cloud()
    storage = {"Columns": [{"Name": name, "Type": "string"} for name in ("a", "b")], "Location": "s3://lake/t/", **TEXT}
    keys = [{"Name": "dt", "Type": "string"}]
    glue.create_table(
        {"DatabaseName": "db", "TableInput": {"Name": "t", "StorageDescriptor": storage, "PartitionKeys": keys}}
    )
    for day in ("1", "2"):
        partition = {"Values": [day], "StorageDescriptor": {**storage, "Location": f"s3://lake/t/dt={day}/"}}
        glue.create_partition({"DatabaseName": "db", "TableName": "t", "PartitionInput": partition})
    s3.put_object("lake", "t/dt=1/a", b"1\tx\n2\ty\n", {})
    yield
    stop_cloud()


def asked(sql: str = COUNT) -> list[list[str | None]]:
    return query.run(sql, [], "db", NOW).rows


def numbered(number: int) -> None:
    make_view(f"SELECT a || '{number}' AS id FROM t", f"view_{number}")  # noqa: S608


def newest(number: int) -> list[list[str | None]]:
    return asked(f"SELECT max(id) FROM view_{number}")  # noqa: S608


def tables() -> int:
    with query.session() as session:
        return len(session.execute("SELECT * FROM duckdb_tables() WHERE NOT temporary").fetchall())


def test_the_second_question_about_the_same_text_makes_a_table_and_each_bills_the_same() -> None:
    make_view("SELECT a AS id FROM t")
    outcomes = []
    for kept in (0, 1, 1, 1):
        outcomes.append(query.run(COUNT, [], "db", NOW))
        assert tables() == kept
    assert {str(one.rows) for one in outcomes} == {"[['2', '1', '2']]"}
    assert {one.scanned_bytes for one in outcomes} == {8}


@pytest.mark.parametrize(
    "change",
    [
        lambda: s3.put_object("lake", "t/dt=1/a", b"1\tx\n2\ty\n3\tz\n", {}),
        lambda: s3.put_object("lake", "t/dt=1/b", b"3\tz\n", {}),
        lambda: s3.put_object("lake", "t/dt=2/a", b"3\tz\n", {}),
    ],
    ids=["an object is replaced", "an object more", "a partition more"],
)
def test_other_text_is_read_at_once(change: Callable[[], object]) -> None:
    make_view("SELECT a AS id FROM t")
    for _ in range(3):
        assert asked() == [["2", "1", "2"]]
    change()
    for _ in range(3):
        assert asked() == [["3", "1", "3"]]


def test_each_choice_of_partitions_has_its_own_rows() -> None:
    s3.put_object("lake", "t/dt=2/a", b"3\tz\n", {})
    make_view("SELECT a || dt AS id FROM t")
    for _ in range(3):
        assert asked() == [["3", "11", "32"]]
        assert asked(f"{COUNT} WHERE id LIKE '%2'") == [["1", "32", "32"]]
    assert asked("SELECT count(*) FROM t WHERE dt = '2'") == [["1"]]


def test_a_changed_view_or_table_is_read_anew() -> None:
    make_view("SELECT a AS id FROM t")
    for _ in range(3):
        asked()
    glue.tables.pop("db/both")
    make_view("SELECT b AS id FROM t")
    for _ in range(3):
        assert asked() == [["2", "x", "y"]]


def test_what_depends_on_more_than_text_is_not_kept() -> None:
    make_table({"id": "string"}, name="plain")
    s3.put_object("lake", "plain/a", parquet("SELECT 'q' AS id"), {})
    make_view("SELECT a AS id FROM t UNION ALL SELECT id FROM plain", "mixed")
    make_view("SELECT format('%s', date(current_timestamp)) AS id FROM t", "clock")
    for _ in range(3):
        assert asked("SELECT count(*) FROM mixed") == [["3"]]
        assert asked("SELECT max(id) FROM clock") == [["2026-11-27"]]
    assert tables() == 0


def test_much_text_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 7)
    make_view("SELECT a AS id FROM t")
    for _ in range(3):
        assert asked() == [["2", "1", "2"]]
    assert tables() == 0


def test_a_view_that_fails_fails_each_time_and_only_for_who_reads_it() -> None:
    make_view("SELECT CAST(CAST(b AS bigint) AS varchar) AS id FROM t")
    for _ in range(3):
        assert asked("SELECT count(*) FROM both") == [["2"]]
        with pytest.raises(QueryError, match="INVALID_CAST_ARGUMENT"):
            asked()
    assert tables() == 0


def test_the_tables_that_were_not_read_for_longest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "_MOST_KEPT", 2)
    for number in range(4):
        numbered(number)
        for _ in range(2):
            assert newest(number) == [[f"2{number}"]]
    assert tables() == 2
    assert newest(0) == [["20"]]


def test_many_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "_MOST_KEPT", 1)
    for number in range(3):
        numbered(number)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda n: newest(n % 3), range(60)))
    assert found == [[[f"2{n % 3}"]] for n in range(60)]
    assert tables() <= 1
