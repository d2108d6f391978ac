# SPDX-License-Identifier: Apache-2.0
"""Log lines that no stream takes are counted."""

import logging

import pytest

from localcloud.cloudfront import log_stream
from localcloud.ministack import iam
from tests.roles import EVERYTHING, role_arn, stored_role, trust


def test_a_missing_stream_loses_lines_which_are_counted_and_reported_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(iam.roles, "logs", stored_role(trust("cloudfront.amazonaws.com"), EVERYTHING))
    before = log_stream.lost_lines()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            log_stream.write("arn:aws:kinesis:eu-central-1:000000000000:stream/absent", role_arn("logs"), "line\n")
    assert log_stream.lost_lines() - before == 3
    assert [record.message for record in caplog.records if "stream/absent" in record.message] == [
        "log lines are lost: arn:aws:kinesis:eu-central-1:000000000000:stream/absent takes none: "
        "Stream arn:aws:kinesis:eu-central-1:000000000000:stream/absent not found"
    ]
