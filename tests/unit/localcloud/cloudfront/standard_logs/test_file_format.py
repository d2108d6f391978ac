# SPDX-License-Identifier: Apache-2.0
"""Log files in each format."""

import pytest

from localcloud.cloudfront.standard_logs.file_format import file_text, record_text

FIELDS = ("date", "sc-status")


@pytest.mark.parametrize(
    ("output_format", "delimiter", "text"),
    [
        ("w3c", "\t", "#Version: 1.0\n#Fields: date sc-status\n2024-11-14\t200\n2024-11-14\t-\n"),
        ("w3c", "", "#Version: 1.0\n#Fields: date sc-status\n2024-11-14\t200\n2024-11-14\t-\n"),
        ("plain", ",", "2024-11-14,200\n2024-11-14,-\n"),
        ("raw", "", "2024-11-14 200\n2024-11-14 -\n"),
        (
            "json",
            "\t",
            '{"date":"2024-11-14","sc-status":"200"}\n{"date":"2024-11-14","sc-status":"-"}\n',
        ),
    ],
)
def test_formats(output_format: str, delimiter: str, text: str) -> None:
    records = [record_text(output_format, FIELDS, ("2024-11-14", status), delimiter) for status in ("200", "")]
    assert file_text(output_format, FIELDS, records) == text
