# SPDX-License-Identifier: Apache-2.0
"""Objects have Firehose's names, and hold the user records as they came."""

import gzip
import logging
import re
from typing import Any

import pytest

from localcloud.firehose.delivery_object import DeliveryObject, object_key, writes_lines

ARRIVED = 1_767_225_599.9  # 2025-12-31 23:59:59 UTC
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _stream(**config: Any) -> dict[str, Any]:
    destination = {"type": "ExtendedS3", "config": {"BucketARN": "arn:aws:s3:::lake", "RoleARN": "role"} | config}
    return {"name": "delivery", "version": 2, "destinations": [destination]}


def _appending(*parameters: dict[str, str], enabled: bool = True) -> dict[str, Any]:
    return {"Enabled": enabled, "Processors": [{"Type": "AppendDelimiterToRecord", "Parameters": list(parameters)}]}


@pytest.mark.parametrize(
    ("config", "pattern"),
    [
        (
            {"Prefix": "events/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/", "CompressionFormat": "GZIP"},
            rf"events/dt=2025-12-31/hour=23/delivery-2-2025-12-31-23-59-59-{UUID}\.gz",
        ),
        ({"CompressionFormat": "UNCOMPRESSED"}, rf"2025/12/31/23/delivery-2-2025-12-31-23-59-59-{UUID}"),
        (
            {"Prefix": "raw/", "CompressionFormat": "GZIP", "FileExtension": ".tsv"},
            rf"raw/2025/12/31/23/delivery-2-2025-12-31-23-59-59-{UUID}\.tsv",
        ),
    ],
)
def test_a_key_has_the_oldest_record_s_arrival_in_utc(config: dict[str, Any], pattern: str) -> None:
    assert re.fullmatch(pattern, object_key(_stream(**config), ARRIVED))


def test_records_are_joined_as_they_are_and_compressed() -> None:
    delivered = DeliveryObject.of(_stream(CompressionFormat="GZIP"), [b"one\n", b"two", b"\nthree\n"], ARRIVED)
    assert delivered.bucket == "lake"
    assert gzip.decompress(delivered.body) == b"one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("processing", "body"),
    [
        (_appending({"ParameterName": "Delimiter", "ParameterValue": "\\n"}), b"one\ntwo\n"),
        (_appending(), b"one\ntwo\n"),
        (_appending({"ParameterName": "Delimiter", "ParameterValue": "|"}), b"one|two|"),
        (_appending(enabled=False), b"onetwo"),
    ],
)
def test_a_delimiter_is_appended_only_where_the_processor_asks(processing: dict[str, Any], body: bytes) -> None:
    assert DeliveryObject.of(_stream(ProcessingConfiguration=processing), [b"one", b"two"], ARRIVED).body == body


def test_a_compression_that_is_not_there_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        delivered = DeliveryObject.of(_stream(CompressionFormat="Snappy"), [b"one"], ARRIVED)
    assert delivered.body == b"one"
    assert "Snappy" in caplog.text


@pytest.mark.parametrize(
    ("config", "lines"),
    [
        ({}, True),
        ({"ProcessingConfiguration": _appending()}, True),
        ({"ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "Lambda"}]}}, False),
        ({"ProcessingConfiguration": {"Enabled": False, "Processors": [{"Type": "Lambda"}]}}, True),
        ({"ProcessingConfiguration": {"Enabled": "false", "Processors": [{"Type": "Lambda"}]}}, True),
        ({"DynamicPartitioningConfiguration": {"Enabled": True}}, False),
        ({"DynamicPartitioningConfiguration": {"Enabled": "true"}}, False),
        ({"DynamicPartitioningConfiguration": {}}, True),
        ({"DataFormatConversionConfiguration": {"SchemaConfiguration": {}}}, False),
        ({"DataFormatConversionConfiguration": {"Enabled": False}}, True),
    ],
)
def test_what_leaves_records_alone_is_told_from_what_does_not(config: dict[str, Any], lines: bool) -> None:
    assert writes_lines(config) is lines
