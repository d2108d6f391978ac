# SPDX-License-Identifier: Apache-2.0
"""Every sample in events/ goes through its function's handler, and comes out as it should."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from aws_kinesis_agg.deaggregator import deaggregate_records

from edgepixel.aws import lake_names
from edgepixel.template.function_environment import function_environment
from edgepixel.template.reader import answer_queries, log_fields
from edgepixel.traffic.log_line import first_version_fields
from events.account import CRAWLER, DISTRIBUTION, LAKE, ORIGIN, SITE
from events.log_lines import kinesis_event
from events.regenerate import FOLDER, sample_events
from tests.fakes.athena import Athena
from tests.fakes.client import FakeClient, install
from tests.fakes.cloudformation import ResponseServer, response_server
from tests.fakes.cloudfront import CloudFront
from tests.fakes.cloudwatch import CloudWatch
from tests.fakes.glue import Glue
from tests.fakes.kinesis import Kinesis
from tests.fakes.lambda_context import FakeContext
from tests.fakes.logs import Logs
from tests.fakes.s3 import S3
from tests.unit.compactor.lake import Lake
from tests.unit.edge_setup.distribution_configs import configuration

ENVIRONMENT = {
    **function_environment(
        "AggregatorFunction",
        AGGREGATED_STREAM_NAME="aggregated",
        QUARANTINE_BUCKET=LAKE,
        POWERTOOLS_METRICS_NAMESPACE="EdgePixel",
    ),
    "CRAWLER_NAME": CRAWLER,
    "DATABASE_NAME": "edgepixel",
    "TABLE_NAME": "pixel_events",
    "LAKE_BUCKET": LAKE,
    "EVENTS_PREFIX": "events/",
    "COUNTED": "invocations",
    "DISTRIBUTION_ID": DISTRIBUTION,
    "EDGE_FUNCTION_NAME": ORIGIN,
    "COVERAGE_PREFIX": "coverage/",
    "LINES_WITHIN_HOURS": "2",
    "WORK_GROUP": "edge-pixel",
    "COVERAGE_QUERY_ID": "query",
    "TYPED_PREFIX": "typed/",
    "DAYS_TABLE_NAME": "pixel_days",
    "DAYS_MADE_TABLE_NAME": "pixel_days_made",
    "RAW_VIEW_NAME": "raw_events",
    "RAW_RETENTION_DAYS": "0",
    "CLOSED_AFTER_HOURS": "2",
}


class Account:
    """The AWS account of the samples, in memory, and one function of the project."""

    def __init__(self, load_function: Callable[[str], SimpleNamespace], responses: ResponseServer) -> None:
        self.cloudfront = FakeClient("cloudfront", CloudFront())
        self.s3 = FakeClient("s3", S3({LAKE: [], SITE: []}))
        self.glue = FakeClient("glue", Glue())
        self.kinesis = FakeClient("kinesis", Kinesis(ENVIRONMENT["AGGREGATED_STREAM_NAME"]))
        self.cloudwatch = FakeClient("cloudwatch", CloudWatch())
        self.athena = FakeClient("athena", Athena(saved=answer_queries()["coverage"]))
        self.logs = FakeClient("logs", Logs())
        self.responses = responses
        self._load_function = load_function

    def invoke(self, sample: str) -> Any:
        """What the handler of the sample's folder returns for the sample."""
        event = json.loads((FOLDER / sample).read_text())
        if "ResponseURL" in event:
            event["ResponseURL"] = self.responses.url
        function = self._load_function(Path(sample).parent.name)
        return function.app.lambda_handler(event, FakeContext())

    def keep(self, lake: Lake) -> None:
        """Let a lake with typed days be the account's Glue, S3 and Athena."""
        for client in (self.glue, self.s3, self.athena):
            client.service = lake

    def response_to(self, sample: str) -> dict[str, Any]:
        """What CloudFormation is told: the resource's id and attributes, when the response is SUCCESS."""
        assert self.invoke(sample) is None
        response = self.responses.response
        assert (response["Status"], response["Reason"]) == ("SUCCESS", "")
        return {"id": response["PhysicalResourceId"], **response["Data"]}

    def delivered(self) -> list[dict[str, str]]:
        """The log lines in the aggregated stream, in order, by field."""
        data = [base64.b64encode(record["Data"]).decode() for record in self.kinesis.service.taken]
        text = ""
        for user_record in deaggregate_records(kinesis_event(data)["Records"]):
            block = base64.b64decode(user_record["kinesis"]["data"]).decode()
            assert block.endswith("\n")
            assert not block.endswith("\n\n")
            text += block
        # A line of the first version has fewer fields.
        return [dict(zip(log_fields(), line.split("\t"), strict=False)) for line in text.splitlines()]


@pytest.fixture
def account(load_function: Callable[[str], SimpleNamespace], monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with response_server() as responses:
        account = Account(load_function, responses)
        install(
            monkeypatch,
            cloudfront=account.cloudfront,
            s3=account.s3,
            glue=account.glue,
            kinesis=account.kinesis,
            cloudwatch=account.cloudwatch,
            athena=account.athena,
            logs=account.logs,
        )
        yield account


def properties_of(sample: str) -> dict[str, Any]:
    """The ResourceProperties in a sample request of CloudFormation."""
    properties: dict[str, Any] = json.loads((FOLDER / sample).read_text())["ResourceProperties"]
    return properties


# ---- aggregator ------------------------------------------------------------------------------------------------------


def sent(sample: str) -> list[str]:
    """The request ids of all whole log lines in a sample, in order."""
    position = log_fields().index("x-edge-request-id")
    event = json.loads((FOLDER / sample).read_text())
    lines = [line for record in event["Records"] for line in text_in(record["kinesis"]["data"]).splitlines()]
    split = [line.split("\t") for line in lines]
    counts = range(first_version_fields(), len(log_fields()) + 1)
    return [fields[position] for fields in split if len(fields) in counts and fields[0][0].isdecimal()]


def text_in(data: str) -> str:
    """A record's text; empty for one that is not text in base64."""
    try:
        return base64.b64decode(data, validate=True).decode()
    except ValueError:
        return ""


def everything_is_delivered(account: Account, sample: str) -> list[dict[str, str]]:
    """Invoke the aggregator; all lines of the sample must come out, once, in order, and none in quarantine."""
    assert account.invoke(sample) == {"batchItemFailures": []}
    delivered = account.delivered()
    assert [line["x-edge-request-id"] for line in delivered] == sent(sample)
    assert account.s3.service.buckets[LAKE] == []
    return delivered


def page_views(account: Account, sample: str) -> None:
    delivered = everything_is_delivered(account, sample)
    assert [line["c-ip"] for line in delivered] == [
        "203.0.113.0",
        "2001:db8:42::",
        "198.51.100.0",
        "192.0.2.0",
        "203.0.113.0",
    ]
    assert {line["cs-uri-stem"].partition("?")[0] for line in delivered} == {"/pixel.gif"}


def many_lines_in_one_record(account: Account, sample: str) -> None:
    assert len(json.loads((FOLDER / sample).read_text())["Records"]) == 2
    assert len(everything_is_delivered(account, sample)) == 9


def bots(account: Account, sample: str) -> None:
    agents = [line["cs-user-agent"] for line in everything_is_delivered(account, sample)]
    for number, name in enumerate(["Googlebot", "GPTBot", "GoogleImageProxy", "facebookexternalhit"]):
        assert name in agents[number]
    assert agents[4] == "-"


def purchase(account: Account, sample: str) -> None:
    queries = [line["cs-uri-query"] for line in everything_is_delivered(account, sample)]
    assert [query.partition("e=")[2].partition("&")[0] for query in queries] == ["view_item", "add_to_cart", "purchase"]
    assert "o=A-1001" in queries[2]


def global_privacy_control(account: Account, sample: str) -> None:
    delivered = everything_is_delivered(account, sample)
    assert [line["cs-headers"] for line in delivered] == ["-", "-"]
    assert [line["c-ip"] for line in delivered] == ["-", "198.51.100.0"]


def edge_function(account: Account, sample: str) -> None:
    delivered = everything_is_delivered(account, sample)
    assert [(line["c-ip"], line["cs-headers"]) for line in delivered] == [
        *[("0.001", "-")] * 4, ("198.51.100.0", "-"), ("203.0.113.0", "-"),
    ]  # fmt: skip
    told = [unquote(line["viewer-request-log-data"]) for line in delivered[:5]]
    assert told == [
        "v=1&a=203.0.113.0&l=de-AT&m=0&o=Windows&b=Google Chrome",
        "v=1&a=2001:db8:43::&l=en-US",
        "v=1&g=1",
        "v=1&a=203.0.113.0&p=prefetch&l=de-AT&m=0&o=Windows&b=Google Chrome",
        "-",
    ]
    assert "viewer-request-log-data" not in delivered[5]


def poisoned(account: Account, sample: str) -> None:
    assert account.invoke(sample) == {"batchItemFailures": []}
    delivered = account.delivered()
    assert len(delivered) == 10
    assert [line["x-edge-request-id"] for line in delivered] == sent(sample)

    (kept,) = account.s3.service.buckets[LAKE]
    assert kept["Key"].startswith(f"{lake_names.QUARANTINE}dt=2026-03-14/hour=09/")
    entries = [json.loads(line) for line in gzip.decompress(kept["Body"]).splitlines()]
    assert [entry["reason"] for entry in entries] == ["field_count", "timestamp", "not_base64", "not_utf8"]
    records = {
        record["kinesis"]["sequenceNumber"]: record["kinesis"]["data"]
        for record in json.loads((FOLDER / sample).read_text())["Records"]
    }
    originals = [records[entry["sequence_number"]] for entry in entries]
    originals[2] = base64.b64encode(originals[2].encode()).decode()  # was not base64 to begin with
    assert [base64.b64decode(entry["line"]) for entry in entries] == [
        base64.b64decode(original).removesuffix(b"\n") for original in originals
    ]


# ---- crawler trigger -------------------------------------------------------------------------------------------------


def crawl_ended(account: Account, sample: str) -> None:
    assert account.invoke(sample) == {"outcome": "table_repaired", "location": f"s3://{LAKE}/events/"}
    columns = account.glue.service.table["StorageDescriptor"]["Columns"]
    assert [column["Name"] for column in columns] == [name.replace("-", "_") for name in log_fields()]


def object_created(account: Account, sample: str) -> None:
    account.invoke("crawler_trigger/crawl-ended.json")  # makes the table
    location = f"s3://{LAKE}/events/dt=2026-03-14/hour=09/"
    assert account.invoke(sample) == {"outcome": "registered", "location": location}
    partition = account.glue.service.partitions["2026-03-14", "09"]
    assert partition["StorageDescriptor"] == {**account.glue.service.table["StorageDescriptor"], "Location": location}


def object_created_standard(account: Account, sample: str) -> None:
    account.invoke("crawler_trigger/crawl-ended.json")  # makes the table
    location = f"s3://{LAKE}/events/year=2026/month=03/day=14/hour=09/"
    assert account.invoke(sample) == {"outcome": "registered", "location": location}
    partition = account.glue.service.partitions["2026-03-14", "09-standard"]
    assert partition["StorageDescriptor"] == {**account.glue.service.table["StorageDescriptor"], "Location": location}


# ---- hit counter -----------------------------------------------------------------------------------------------------


def counted(account: Account, sample: str, days: int) -> None:
    hour = datetime(2026, 3, 14, 9, tzinfo=UTC)
    account.cloudwatch.service.sums = {("FunctionInvocations", hour): 2000.0}
    names = ["day", "hour", "hits_made", "hits_logged", "percent"]
    account.athena.service.rows = [names, ["2026-03-14", None, "2000", "1990", "99.5"]]
    returned = {"hits": 2000, "objects": 0, "day": "2026-03-14", "percent": 99.5}
    assert account.invoke(sample) == returned
    assert len(account.s3.service.buckets[LAKE]) == 2 * days


NOTHING_TYPED: dict[str, Any] = {"typed": [], "waiting": [], "unchanged": [], "left": 0}


def once_an_hour(account: Account, sample: str) -> None:
    """There is no raw line yet: nothing is started."""
    account.keep(Lake())
    assert account.invoke(sample) == NOTHING_TYPED
    assert account.athena.count("start_query_execution") == 0


def statement_ended(account: Account, sample: str) -> None:
    """It is somebody else's."""
    event = json.loads((FOLDER / sample).read_text())
    theirs = Lake(executions={event["detail"]["queryExecutionId"]: {"Query": "SELECT 1", "State": "SUCCEEDED"}})
    account.keep(theirs)
    assert account.invoke(sample) == NOTHING_TYPED
    assert account.athena.count("get_query_execution") == 1


def redo_a_day(account: Account, sample: str) -> None:
    """The day has no object."""
    account.keep(Lake())
    assert account.invoke(sample) == NOTHING_TYPED | {"unchanged": ["2026-03-14"]}


def once_a_day(account: Account, sample: str) -> None:
    counted(account, sample, 5)


def two_days(account: Account, sample: str) -> None:
    counted(account, sample, 2)


# ---- edge setup ------------------------------------------------------------------------------------------------------

CONTROL = "E2QWRUHAPOMQZL"
ATTACHMENT = f"distribution-attachment:{DISTRIBUTION}/{ORIGIN}"
CONFIG = ORIGIN  # CloudFront's resources of the stack have the same name
CONFIG_ARN = f"arn:aws:cloudfront::123456789012:realtime-log-config/{CONFIG}"


def realtime_log_config_create(account: Account, sample: str) -> None:
    assert account.response_to(sample) == {"id": CONFIG_ARN, "Arn": CONFIG_ARN}
    assert account.cloudfront.service.configs[CONFIG]["Fields"] == log_fields()
    assert account.cloudfront.service.configs[CONFIG]["SamplingRate"] == 100


def realtime_log_config_update(account: Account, sample: str) -> None:
    account.cloudfront.service.configs[CONFIG] = {"ARN": CONFIG_ARN, "SamplingRate": 100}
    assert account.response_to(sample) == {"id": CONFIG_ARN, "Arn": CONFIG_ARN}
    assert account.cloudfront.service.configs[CONFIG]["SamplingRate"] == 10


def realtime_log_config_delete(account: Account, sample: str) -> None:
    account.cloudfront.service.configs[CONFIG] = {"ARN": CONFIG_ARN}
    assert account.response_to(sample) == {"id": CONFIG_ARN}
    assert account.cloudfront.service.configs == {}


def origin_access_control_create(account: Account, sample: str) -> None:
    (created,) = {account.response_to(sample)["Id"]} & set(account.cloudfront.service.controls)
    assert account.cloudfront.service.controls[created]["Name"] == properties_of(sample)["Name"]


def origin_access_control_update(account: Account, sample: str) -> None:
    account.cloudfront.service.controls[CONTROL] = {"Name": properties_of(sample)["Name"]}
    assert account.response_to(sample) == {"id": CONTROL, "Id": CONTROL}
    assert account.cloudfront.service.controls[CONTROL]["Description"] == "Lets CloudFront read the pixel"


def origin_access_control_delete(account: Account, sample: str) -> None:
    account.cloudfront.service.controls[CONTROL] = {"Name": properties_of(sample)["Name"]}
    assert account.response_to(sample) == {"id": CONTROL}
    assert account.cloudfront.service.controls == {}


def log_delivery_create(account: Account, sample: str) -> None:
    response = account.response_to(sample)
    (delivery,) = account.logs.service.deliveries.values()
    assert delivery["recordFields"] == properties_of(sample)["RecordFields"]
    assert response["SourceName"] == delivery["deliverySourceName"]
    update = json.loads((FOLDER / sample.replace("create", "update")).read_text())
    assert response["id"] == update["PhysicalResourceId"]


def log_delivery_update(account: Account, sample: str) -> None:
    account.response_to(sample.replace("update", "create"))
    account.responses.take()
    account.response_to(sample)
    (delivery,) = account.logs.service.deliveries.values()
    assert delivery["recordFields"] == properties_of(sample)["RecordFields"]


def log_delivery_delete(account: Account, sample: str) -> None:
    account.response_to(sample.replace("delete", "create"))
    account.responses.take()
    account.response_to(sample)
    logs = account.logs.service
    assert (logs.sources, logs.destinations, logs.deliveries) == ({}, {}, {})


def pixel_object_create(account: Account, sample: str) -> None:
    assert account.response_to(sample) == {"id": f"s3://{SITE}/pixel.gif", "Key": "pixel.gif"}
    (image,) = account.s3.service.buckets[SITE]
    assert (image["Key"], image["ContentType"], len(image["Body"])) == ("pixel.gif", "image/gif", 43)


def pixel_object_update(account: Account, sample: str) -> None:
    assert account.response_to(sample) == {"id": f"s3://{SITE}/img/p.gif", "Key": "img/p.gif"}
    assert [image["Key"] for image in account.s3.service.buckets[SITE]] == ["img/p.gif"]


def pixel_object_delete(account: Account, sample: str) -> None:
    account.s3.service.put_object(Bucket=SITE, Key="img/p.gif")
    assert account.response_to(sample) == {"id": f"s3://{SITE}/img/p.gif"}
    assert account.s3.service.buckets[SITE] == []


def pixel_script_create(account: Account, sample: str) -> None:
    assert account.response_to(sample) == {"id": f"s3://{SITE}/pixel.js", "Key": "pixel.js", "Path": "/pixel.js"}
    (script,) = account.s3.service.buckets[SITE]
    assert (script["Key"], script["ContentType"]) == ("pixel.js", "text/javascript; charset=utf-8")
    assert b"'pixel.gif'" in script["Body"]


def pixel_script_update(account: Account, sample: str) -> None:
    place = {"Key": "img/pixel.js", "Path": "/img/pixel.js"}
    assert account.response_to(sample) == {"id": f"s3://{SITE}/img/pixel.js", **place}
    (script,) = account.s3.service.buckets[SITE]
    assert b"'p.gif'" in script["Body"]


def pixel_script_delete(account: Account, sample: str) -> None:
    account.s3.service.put_object(Bucket=SITE, Key="img/pixel.js")
    assert account.response_to(sample) == {"id": f"s3://{SITE}/img/pixel.js"}
    assert account.s3.service.buckets[SITE] == []


def distribution_attachment_create(account: Account, sample: str) -> None:
    account.cloudfront.service.distributions[DISTRIBUTION] = configuration(["web"], ["/api/*"])
    name = f"{DISTRIBUTION.lower()}.cloudfront.net"
    assert account.response_to(sample) == {"id": ATTACHMENT, "DomainName": name, "DistributionDomainName": name}
    assert paths_of(account) == ["/pixel.gif", "/api/*"]


def distribution_attachment_update(account: Account, sample: str) -> None:
    account.cloudfront.service.distributions[DISTRIBUTION] = attached("/pixel.gif")
    assert account.response_to(sample)["id"] == ATTACHMENT
    assert paths_of(account) == ["/img/p.gif", "/api/*"]


def distribution_attachment_delete(account: Account, sample: str) -> None:
    account.cloudfront.service.distributions[DISTRIBUTION] = attached("/img/p.gif")
    assert account.response_to(sample) == {"id": ATTACHMENT}
    assert account.cloudfront.service.distributions[DISTRIBUTION] == configuration(["web"], ["/api/*"])


def attached(path: str) -> dict[str, Any]:
    """A distribution with the sample stack's origin, and a behaviour of it for the path."""
    config = configuration(["web", ORIGIN], [path, "/api/*"])
    config["CacheBehaviors"]["Items"][0]["TargetOriginId"] = ORIGIN
    return config


def paths_of(account: Account) -> list[str]:
    """The path patterns of the distribution's behaviours."""
    behaviors = account.cloudfront.service.distributions[DISTRIBUTION]["CacheBehaviors"]
    return [behavior["PathPattern"] for behavior in behaviors["Items"]]


def data_removal_create(account: Account, sample: str) -> None:
    account.s3.service.put_object(Bucket=LAKE, Key="events/1.gz")
    assert account.response_to(sample) == {"id": f"data-removal:{LAKE}"}
    assert len(account.s3.service.buckets[LAKE]) == 1


def data_removal_delete(account: Account, sample: str) -> None:
    account.s3.service.put_object(Bucket=LAKE, Key="events/1.gz")
    assert account.response_to(sample) == {"id": f"data-removal:{LAKE}"}
    assert LAKE not in account.s3.service.buckets


def first_value_create(account: Account, sample: str) -> None:
    assert account.response_to(sample) == {"id": "first-value:TRIM_HORIZON", "Value": "TRIM_HORIZON"}


def first_value_update(account: Account, sample: str) -> None:
    assert properties_of(sample)["Value"] == "LATEST"
    assert account.response_to(sample) == {"id": "first-value:TRIM_HORIZON", "Value": "TRIM_HORIZON"}


def first_value_delete(account: Account, sample: str) -> None:
    assert account.response_to(sample) == {"id": "first-value:TRIM_HORIZON"}


# ---- all of them -----------------------------------------------------------------------------------------------------

CHECKS: dict[str, Callable[[Account, str], None]] = {
    "aggregator/edge-function.json": edge_function,
    "aggregator/page-views.json": page_views,
    "aggregator/many-lines-in-one-record.json": many_lines_in_one_record,
    "aggregator/bots.json": bots,
    "aggregator/purchase.json": purchase,
    "aggregator/global-privacy-control.json": global_privacy_control,
    "aggregator/poisoned.json": poisoned,
    "crawler_trigger/crawl-ended.json": crawl_ended,
    "crawler_trigger/object-created.json": object_created,
    "compactor/once-an-hour.json": once_an_hour,
    "compactor/redo-a-day.json": redo_a_day,
    "compactor/statement-ended.json": statement_ended,
    "hit_counter/once-a-day.json": once_a_day,
    "hit_counter/two-days.json": two_days,
    "crawler_trigger/object-created-standard.json": object_created_standard,
    "edge_setup/log-delivery-create.json": log_delivery_create,
    "edge_setup/log-delivery-update.json": log_delivery_update,
    "edge_setup/log-delivery-delete.json": log_delivery_delete,
    "edge_setup/realtime-log-config-create.json": realtime_log_config_create,
    "edge_setup/realtime-log-config-update.json": realtime_log_config_update,
    "edge_setup/realtime-log-config-delete.json": realtime_log_config_delete,
    "edge_setup/origin-access-control-create.json": origin_access_control_create,
    "edge_setup/origin-access-control-update.json": origin_access_control_update,
    "edge_setup/origin-access-control-delete.json": origin_access_control_delete,
    "edge_setup/pixel-object-create.json": pixel_object_create,
    "edge_setup/pixel-object-update.json": pixel_object_update,
    "edge_setup/pixel-object-delete.json": pixel_object_delete,
    "edge_setup/pixel-script-create.json": pixel_script_create,
    "edge_setup/pixel-script-update.json": pixel_script_update,
    "edge_setup/pixel-script-delete.json": pixel_script_delete,
    "edge_setup/distribution-attachment-create.json": distribution_attachment_create,
    "edge_setup/distribution-attachment-update.json": distribution_attachment_update,
    "edge_setup/distribution-attachment-delete.json": distribution_attachment_delete,
    "edge_setup/data-removal-create.json": data_removal_create,
    "edge_setup/data-removal-update.json": data_removal_create,  # keeps everything until the Delete
    "edge_setup/data-removal-delete.json": data_removal_delete,
    "edge_setup/first-value-create.json": first_value_create,
    "edge_setup/first-value-update.json": first_value_update,
    "edge_setup/first-value-delete.json": first_value_delete,
}


@pytest.mark.parametrize("sample", CHECKS)
def test_a_sample_comes_out_of_its_function_as_it_should(account: Account, sample: str) -> None:
    CHECKS[sample](account, sample)


def committed() -> dict[str, str]:
    """The text of every sample file in the folder, by its path."""
    return {str(path.relative_to(FOLDER)): path.read_bytes().decode() for path in FOLDER.rglob("*.json")}


def test_every_sample_is_used() -> None:
    assert set(committed()) == set(CHECKS)


def test_regenerating_gives_the_committed_samples_byte_for_byte() -> None:
    assert committed() == sample_events()
