# SPDX-License-Identifier: Apache-2.0
"""Which requests come into which log files, when, and under which permission."""

import gzip
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudfront.standard_logs.disorder import Disorder
from localcloud.cloudfront.standard_logs.writer import PERIOD_SECONDS, Writer
from localcloud.ministack.server import request_scope
from tests.unit.localcloud.cloudfront.standard_logs.conftest import ACCOUNT, STATEMENT, Ask

NOON = 1764244800  # 2025-11-27 12:00 UTC
FAST = Clock(speed=PERIOD_SECONDS * 10)
FOLDER = "events/year=2025/month=11/day=27"
HEADER = "#Version: 1.0\n#Fields: timestamp(ms) sc-status\n"


class Objects:
    """Takes what is written."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.texts: list[str] = []

    def put(self, bucket: str, key: str, body: bytes) -> None:
        assert bucket == "lake"
        self.keys.append(key)
        self.texts.append(gzip.decompress(body).decode())


@pytest.fixture
def objects() -> Objects:
    return Objects()


def _add(writer: Writer, seconds: float, distribution: str = "E1", status: str = "200") -> None:
    with request_scope(ACCOUNT, "eu-west-1"):
        writer.add(distribution, {"timestamp": f"{seconds:.3f}", "sc-status": status})


def _settle(writer: Writer, objects: Objects, files: int) -> None:
    while len(objects.keys) < files:
        writer.write(writer.wait())


def test_a_file_has_the_requests_of_one_hour(objects: Objects, delivery_id: str) -> None:
    writer = Writer(FAST, objects.put, Disorder(""))
    _add(writer, NOON + 3599.999)
    _add(writer, NOON + 3600, status="403")
    _add(writer, NOON)
    _settle(writer, objects, 2)
    files = dict(zip((key.rpartition("/")[0] for key in objects.keys), objects.texts, strict=True))
    assert files == {
        f"{FOLDER}/hour=12": f"{HEADER}1764248399999\t200\n1764244800000\t200\n",
        f"{FOLDER}/hour=13": f"{HEADER}1764248400000\t403\n",
    }
    assert all(re.fullmatch(r".*/E1\.2025-11-27-1[23]\.[0-9a-f]{8}\.gz", key) for key in objects.keys)


def test_files_are_written_after_a_period_of_the_clock(objects: Objects, delivery_id: str) -> None:
    started = time.monotonic()
    writer = Writer(Clock(speed=PERIOD_SECONDS * 2), objects.put, Disorder(""))
    _add(writer, NOON)
    _settle(writer, objects, 1)
    assert 0.5 <= time.monotonic() - started < PERIOD_SECONDS


def test_late_files_come_after_later_ones(objects: Objects, delivery_id: str) -> None:
    writer = Writer(FAST, objects.put, Disorder("late"))
    for hour in range(3):
        _add(writer, NOON + hour * 3600)
    _settle(writer, objects, 3)
    assert [key.split("/")[-2] for key in objects.keys] == ["hour=12", "hour=14", "hour=13"]


def test_repeated_files_differ_by_name_only(objects: Objects, delivery_id: str) -> None:
    writer = Writer(FAST, objects.put, Disorder("repeated"))
    _add(writer, NOON)
    _settle(writer, objects, 2)
    assert objects.texts[0] == objects.texts[1]
    assert len(set(objects.keys)) == 2


def test_only_deliveries_of_the_distribution_count(objects: Objects, delivery_id: str) -> None:
    writer = Writer(FAST, objects.put, Disorder(""))
    _add(writer, NOON, distribution="E2")
    _add(writer, NOON)
    _settle(writer, objects, 1)
    assert objects.texts[0].count("200") == 1


def test_each_delivery_of_a_distribution_writes(objects: Objects, ask: Ask, delivery_id: str) -> None:
    other = {"name": "other", "outputFormat": "json"}
    other["deliveryDestinationConfiguration"] = {"destinationResourceArn": "arn:aws:s3:::lake/events/more"}  # type: ignore[assignment]
    ask("PutDeliveryDestination", other)
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:other"
    assert ask("CreateDelivery", {"deliverySourceName": "source", "deliveryDestinationArn": arn})[0] == 200
    writer = Writer(FAST, objects.put, Disorder(""))
    _add(writer, NOON)
    _settle(writer, objects, 2)
    texts = dict(zip(objects.keys, objects.texts, strict=True))
    (text,) = [text for key, text in texts.items() if key.startswith("events/more/E1.")]
    assert text.startswith('{"date":"2025-11-27","time":"12:00:00",')


def test_without_the_bucket_s_permission_files_wait(
    objects: Objects, ask: Ask, delivery_id: str, set_policy: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localcloud.cloudfront.standard_logs.writer._RETRY_SECONDS", 0.1)
    writer = Writer(FAST, objects.put, Disorder(""))
    set_policy(STATEMENT | {"Resource": "arn:aws:s3:::lake/other/*"})
    _add(writer, NOON)
    writer.write(writer.wait())
    assert objects.keys == []
    set_policy(STATEMENT)
    _settle(writer, objects, 1)
    assert objects.texts[0].count("200") == 1


def test_what_waits_is_lost_with_its_delivery(
    objects: Objects, ask: Ask, delivery_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    writer = Writer(FAST, objects.put, Disorder(""))
    _add(writer, NOON)
    ask("DeleteDelivery", {"id": delivery_id})
    writer.write(writer.wait())
    assert objects.keys == []
    assert "1 log records of a delivery that was deleted are lost" in caplog.text


def test_a_change_of_fields_begins_another_file(objects: Objects, ask: Ask, delivery_id: str) -> None:
    writer = Writer(FAST, objects.put, Disorder(""))
    _add(writer, NOON)
    change: dict[str, Any] = {"id": delivery_id, "recordFields": ["date"]}
    ask("UpdateDeliveryConfiguration", change)
    _add(writer, NOON)
    _settle(writer, objects, 2)
    assert sorted(text.splitlines()[1] for text in objects.texts) == [
        "#Fields: date",
        "#Fields: timestamp(ms) sc-status",
    ]
