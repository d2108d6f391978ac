# SPDX-License-Identifier: Apache-2.0
"""The handler: outcome, metrics and log."""

import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient
from tests.fakes.lambda_context import FakeContext
from tests.unit.crawler_trigger.conftest import crawl_ended, object_created


@pytest.fixture
def log(crawler_trigger: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the function logs."""
    log = io.StringIO()
    monkeypatch.setattr(crawler_trigger.app.logger.registered_handler, "stream", log)
    return log


def metrics_in(printed: str) -> dict[str, float]:
    """The values of the metrics in the embedded metric format of one invocation."""
    (line,) = (json.loads(line) for line in printed.splitlines() if "CloudWatchMetrics" in line)
    names = [metric["Name"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    return {name: line[name][0] for name in names}


def test_a_new_hour_is_registered_and_counted(
    crawler_trigger: SimpleNamespace, glue: FakeClient, table: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    glue.service.table = table
    assert crawler_trigger.app.lambda_handler(object_created(), FakeContext()) == {
        "outcome": "registered",
        "location": "s3://lake/events/dt=2026-03-14/hour=09/",
    }
    assert metrics_in(capsys.readouterr().out) == {"PartitionsRegistered": 1}


def test_the_second_object_of_an_hour_is_not_counted(
    crawler_trigger: SimpleNamespace, glue: FakeClient, table: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    glue.service.table = table
    crawler_trigger.app.lambda_handler(object_created(), FakeContext())
    capsys.readouterr()
    second = crawler_trigger.app.lambda_handler(object_created(), FakeContext())
    assert second["outcome"] == "seen_before"
    assert metrics_in(capsys.readouterr().out) == {"PartitionsRegistered": 0}


def test_a_crawl_is_counted_and_the_invocation_fails(
    crawler_trigger: SimpleNamespace, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady):
        crawler_trigger.app.lambda_handler(object_created(), FakeContext())
    assert metrics_in(capsys.readouterr().out) == {"CrawlsStarted": 1}
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady):
        crawler_trigger.app.lambda_handler(object_created(), FakeContext())
    assert metrics_in(capsys.readouterr().out) == {"CrawlsStarted": 0}
    assert "does not exist" in json.loads(log.getvalue().splitlines()[0])["reason"]


def test_a_repair_is_counted_and_told(
    crawler_trigger: SimpleNamespace,
    glue: FakeClient,
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    glue.service.last_crawl = {"Status": "SUCCEEDED", "StartTime": datetime.now(UTC)}
    assert crawler_trigger.app.lambda_handler(object_created(), FakeContext())["outcome"] == "table_repaired"
    assert metrics_in(capsys.readouterr().out) == {"PartitionsRegistered": 1, "TablesRepaired": 1}
    told = json.loads(log.getvalue().splitlines()[0])
    assert (told["level"], told["partitions"]) == ("WARNING", 1)
    assert "does not exist" in told["reason"]
    done = json.loads(log.getvalue().splitlines()[-1])
    assert done["folder"] == "s3://lake/events/dt=2026-03-14/hour=09/"
    assert done["object_key"] == "events/dt=2026-03-14/hour=09/part.gz"


@pytest.mark.parametrize("state", ["Succeeded", "Failed"])
def test_the_end_of_a_crawl_makes_the_table_right(
    crawler_trigger: SimpleNamespace,
    glue: FakeClient,
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    state: str,
) -> None:
    assert crawler_trigger.app.lambda_handler(crawl_ended(state), FakeContext()) == {
        "outcome": "table_repaired",
        "location": "s3://lake/events/",
    }
    assert metrics_in(capsys.readouterr().out) == {"PartitionsRegistered": 0, "TablesRepaired": 1}
    assert glue.service.table is not None
    done = json.loads(log.getvalue().splitlines()[-1])
    assert (done["folder"], "object_key" in done) == ("s3://lake/events/", False)  # so that it is no object's run


@pytest.mark.parametrize("event", [crawl_ended("Started"), crawl_ended(crawler="another"), {"source": "aws.glue"}])
def test_other_events_of_crawlers_are_ignored(
    crawler_trigger: SimpleNamespace, glue: FakeClient, event: dict[str, Any]
) -> None:
    assert crawler_trigger.app.lambda_handler(event, FakeContext())["outcome"] == "ignored"
    assert glue.calls == []


def test_an_ignored_event_succeeds_with_its_reason_in_the_log(
    crawler_trigger: SimpleNamespace, glue: FakeClient, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    event = object_created("query-results/1.csv")
    assert crawler_trigger.app.lambda_handler(event, FakeContext()) == {
        "outcome": "ignored",
        "reason": "outside_events_prefix",
    }
    assert json.loads(log.getvalue())["reason"] == "outside_events_prefix"
    assert metrics_in(capsys.readouterr().out) == {"PartitionsRegistered": 0}
    assert glue.calls == []
