# SPDX-License-Identifier: Apache-2.0
"""From objects in a lake to rows: CloudFormation, the crawler, the catalog and Athena of a local cloud's process."""

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from edgepixel.aws.cloud import Cloud
from edgepixel.local import local_cloud
from tests.roles import EVERYTHING
from tests.waiting import WAITER, wait_until

VIEW = """
SELECT CAST(from_unixtime(TRY_CAST(t.timestamp AS double)) AS timestamp(3)) AS event_time,
       try(url_decode(page)) AS page, dt
FROM pixel_events t
"""
COLUMNS = [("event_time", "timestamp(3)"), ("page", "varchar"), ("dt", "varchar")]
ANSWER = "SELECT page, count(*) AS n, max(event_time) AS last FROM events GROUP BY page ORDER BY n DESC, page"
ASSUMED = {"Effect": "Allow", "Principal": {"Service": ["glue.amazonaws.com", "lambda.amazonaws.com"]}}
# Two objects of the 22nd and one of the 23rd, as Firehose would write them.
LAKE = {
    "dt=2026-11-22/hour=23/a.gz": "1795391999.5\t/a%20b\n1795391999\t-\n",
    "dt=2026-11-22/hour=23/b.gz": "1795391990\t%zz\n",
    "dt=2026-11-23/hour=00/c.gz": "1795392000.25\t/a%20b\n",
}


def template(name: str) -> dict[str, Any]:
    """Everything between the lake and an answer, and the kinds of resources around it."""
    view = {
        "originalSql": VIEW,
        "catalog": "awsdatacatalog",
        "schema": f"db_{name}",
        "columns": [{"name": column, "type": kind} for column, kind in COLUMNS],
    }
    text = base64.b64encode(json.dumps(view).encode()).decode()
    resources: dict[str, Any] = {
        "Lake": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate"},
        "LakePolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Lake"},
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": {"Fn::GetAtt": ["Lake", "Arn"]},
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ],
                },
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Statement": [{**ASSUMED, "Action": "sts:AssumeRole"}]},
                "Policies": [{"PolicyName": "own", "PolicyDocument": {"Statement": EVERYTHING}}],
            },
        },
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/{name}", "RetentionInDays": 7}},
        "Stream": {
            "Type": "AWS::Logs::LogStream",
            "Properties": {"LogGroupName": {"Ref": "Group"}, "LogStreamName": "S3Delivery"},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": f"function-{name}",
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": "def handler(event, context):\n    return event\n"},
            },
        },
        "Retries": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 1,
                "MaximumEventAgeInSeconds": 3600,
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"queue-{name}"}},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": f"rule-{name}",
                "EventPattern": {
                    "source": ["aws.glue"],
                    "detail-type": ["Glue Crawler State Change"],
                    "detail": {"crawlerName": [{"Ref": "Crawler"}]},
                },
                "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
            },
        },
        "Database": {
            "Type": "AWS::Glue::Database",
            "Properties": {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseInput": {"Name": f"db_{name}"}},
        },
        "Classifier": {
            "Type": "AWS::Glue::Classifier",
            "Properties": {
                "CsvClassifier": {
                    "Name": f"lines-{name}",
                    "Delimiter": "\t",
                    "ContainsHeader": "ABSENT",
                    "Header": ["timestamp", "page"],
                    "CustomDatatypeConfigured": True,
                    "ContainsCustomDatatype": ["STRING", "STRING"],
                }
            },
        },
        "Crawler": {
            "Type": "AWS::Glue::Crawler",
            "Properties": {
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "DatabaseName": {"Ref": "Database"},
                "TablePrefix": "pixel_",
                "Classifiers": [{"Ref": "Classifier"}],
                "Targets": {"S3Targets": [{"Path": {"Fn::Sub": "s3://${Lake}/events/"}}]},
                "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "LOG"},
            },
        },
        "View": {
            "Type": "AWS::Glue::Table",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": {"Ref": "Database"},
                "TableInput": {
                    "Name": "events",
                    "TableType": "VIRTUAL_VIEW",
                    "Parameters": {"presto_view": "true"},
                    "StorageDescriptor": {"SerdeInfo": {}},
                    "ViewOriginalText": f"/* Presto View: {text} */",
                    "ViewExpandedText": "/* Presto View */",
                },
            },
        },
        "WorkGroup": {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {
                "Name": f"group-{name}",
                "RecursiveDeleteOption": True,
                "WorkGroupConfiguration": {
                    "EnforceWorkGroupConfiguration": True,
                    "ResultConfiguration": {"OutputLocation": {"Fn::Sub": "s3://${Lake}/query-results/"}},
                },
            },
        },
        "Answer": {
            "Type": "AWS::Athena::NamedQuery",
            "Properties": {
                "Name": "pages",
                "Database": {"Ref": "Database"},
                "WorkGroup": {"Ref": "WorkGroup"},
                "QueryString": ANSWER,
            },
        },
    }
    outputs = ("Lake", "Classifier", "Crawler", "Answer", "Queue", "Database", "WorkGroup", "Function")
    return {"Resources": resources, "Outputs": {output: {"Value": {"Ref": output}} for output in outputs}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    home = tmp_path_factory.mktemp("catalog")
    state = local_cloud.start("none", home, local_cloud.free_port(), idle_minutes=5)
    yield state.cloud
    local_cloud.stop(state, home)


@dataclass(frozen=True)
class Stack:
    """A stack of `template`."""

    cloud: Cloud
    name: str
    outputs: dict[str, str]

    def crawl(self) -> dict[str, Any]:
        """Crawl, and give what the crawler says of it."""
        glue = self.cloud.client("glue")
        glue.start_crawler(Name=self.outputs["Crawler"])

        def ready() -> dict[str, Any] | None:
            crawler: dict[str, Any] = glue.get_crawler(Name=self.outputs["Crawler"])["Crawler"]
            return crawler["LastCrawl"] if crawler["State"] == "READY" else None

        last = wait_until(ready, "the crawler is ready")
        assert last
        return last

    def run(self, sql: str, *parameters: str) -> tuple[dict[str, Any], list[list[str | None]]]:
        """A query's execution, and its rows with the header."""
        athena = self.cloud.client("athena")
        request: dict[str, Any] = {"ExecutionParameters": list(parameters)} if parameters else {}
        query = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": self.outputs["Database"]},
            WorkGroup=self.outputs["WorkGroup"],
            **request,
        )["QueryExecutionId"]

        def ended() -> dict[str, Any] | None:
            execution: dict[str, Any] = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            return execution if execution["Status"]["State"] not in ("QUEUED", "RUNNING") else None

        execution = wait_until(ended, f"the query ends: {sql}")
        assert execution
        if execution["Status"]["State"] != "SUCCEEDED":
            return execution, []
        found = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
        return execution, [[cell.get("VarCharValue") for cell in row["Data"]] for row in found]


def create(cloud: Cloud, name: str, body: dict[str, Any]) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=WAITER)


@pytest.fixture(scope="module")
def stacks(cloud: Cloud) -> list[Stack]:
    """Two stacks side by side."""
    made = []
    for name in ("one", "two"):
        create(cloud, name, template(name))
        described = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        made.append(Stack(cloud, name, outputs))
    return made


@pytest.fixture(scope="module")
def crawled(stacks: list[Stack]) -> Stack:
    """The first stack, with a lake that was crawled. The second one's lake stays empty."""
    first = stacks[0]
    s3 = first.cloud.client("s3")
    for key, lines in LAKE.items():
        s3.put_object(Bucket=first.outputs["Lake"], Key=f"events/{key}", Body=gzip.compress(lines.encode()))
    assert first.crawl()["Status"] == "SUCCEEDED"
    return first


def test_an_answer_comes_from_what_the_crawler_found(crawled: Stack) -> None:
    saved = crawled.cloud.client("athena").get_named_query(NamedQueryId=crawled.outputs["Answer"])["NamedQuery"]
    assert (saved["Database"], saved["WorkGroup"]) == ("db_one", "group-one")
    execution, rows = crawled.run(saved["QueryString"])
    assert rows == [
        ["page", "n", "last"],
        ["/a b", "2", "2026-11-23 00:00:00.250"],
        ["-", "1", "2026-11-22 23:59:59.000"],
        [None, "1", "2026-11-22 23:59:50.000"],
    ]
    place = execution["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = place.removeprefix("s3://").partition("/")
    written = crawled.cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert written.splitlines()[0] == '"page","n","last"'
    assert written.splitlines()[-1] == ',"1","2026-11-22 23:59:50.000"'


def test_a_query_reads_the_partitions_it_asks_for_and_its_parameters(crawled: Stack) -> None:
    execution, rows = crawled.run("SELECT count(*) AS n FROM events WHERE dt = ?", "'2026-11-22'")
    assert rows == [["n"], ["3"]]
    sizes = [len(gzip.compress(lines.encode())) for key, lines in LAKE.items() if "2026-11-22" in key]
    assert execution["Statistics"]["DataScannedInBytes"] == sum(sizes)


def test_an_hour_is_invisible_until_it_is_crawled(crawled: Stack) -> None:
    key = "events/dt=2026-11-24/hour=05/d.gz"
    crawled.cloud.client("s3").put_object(Bucket=crawled.outputs["Lake"], Key=key, Body=gzip.compress(b"1\t/late\n"))
    count = "SELECT count(*) FROM pixel_events WHERE dt = '2026-11-24'"
    assert crawled.run(count)[1][1] == ["0"]
    crawled.crawl()
    assert crawled.run(count)[1][1] == ["1"]


def test_the_crawler_s_states_are_events(crawled: Stack) -> None:
    sqs = crawled.cloud.client("sqs")
    states: set[str] = set()

    def both() -> bool:
        found = sqs.receive_message(QueueUrl=crawled.outputs["Queue"], MaxNumberOfMessages=10)
        states.update(json.loads(message["Body"])["detail"]["state"] for message in found.get("Messages", []))
        return states == {"Started", "Succeeded"}

    assert wait_until(both, "both states are events", lambda: sorted(states))


def test_a_lake_without_events_gets_no_table_and_the_query_says_so(stacks: list[Stack]) -> None:
    second = stacks[1]
    assert second.crawl()["Status"] == "SUCCEEDED"
    tables = second.cloud.client("glue").get_tables(DatabaseName="db_two")["TableList"]
    assert [table["Name"] for table in tables] == ["events"]
    execution, _ = second.run("SELECT * FROM events")
    assert execution["Status"]["State"] == "FAILED"
    assert "Table 'awsdatacatalog.db_two.pixel_events' does not exist" in execution["Status"]["StateChangeReason"]


def test_resources_have_the_settings_of_the_template(stacks: list[Stack]) -> None:
    first = stacks[0]
    retries = first.cloud.client("lambda").get_function_event_invoke_config(
        FunctionName=first.outputs["Function"], Qualifier="$LATEST"
    )
    assert (retries["MaximumRetryAttempts"], retries["MaximumEventAgeInSeconds"]) == (1, 3600)
    logs = first.cloud.client("logs")
    assert logs.describe_log_groups(logGroupNamePrefix="/one")["logGroups"][0]["retentionInDays"] == 7
    assert logs.describe_log_streams(logGroupName="/one")["logStreams"][0]["logStreamName"] == "S3Delivery"
    policy = json.loads(first.cloud.client("s3").get_bucket_policy(Bucket=first.outputs["Lake"])["Policy"])
    assert policy["Statement"][0]["Resource"] == f"arn:aws:s3:::{first.outputs['Lake']}"


def test_deleted_stacks_leave_their_lakes_and_nothing_else(stacks: list[Stack], crawled: Stack) -> None:
    cloud = crawled.cloud
    cloudformation = cloud.client("cloudformation")
    for stack in stacks:
        cloudformation.delete_stack(StackName=stack.name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack.name, WaiterConfig=WAITER)
    glue, athena = cloud.client("glue"), cloud.client("athena")
    assert glue.get_classifiers()["Classifiers"] == []
    assert glue.get_crawlers()["Crawlers"] == []
    assert [database["Name"] for database in glue.get_databases()["DatabaseList"] if "db_" in database["Name"]] == []
    assert athena.list_named_queries()["NamedQueryIds"] == []
    assert [group["Name"] for group in athena.list_work_groups()["WorkGroups"]] == ["primary"]
    assert cloud.client("logs").describe_log_groups()["logGroups"] == []
    assert cloud.client("events").list_rules()["Rules"] == []
    assert cloud.client("lambda").list_functions()["Functions"] == []
    left = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}
    assert left == {stack.outputs["Lake"] for stack in stacks}


def test_a_stack_that_fails_takes_its_lake_away_again(cloud: Cloud) -> None:
    """RetainExceptOnCreate keeps a bucket from DeleteStack, but not from the rollback of its creation."""
    broken = template("broken")
    del broken["Resources"]["Answer"]["Properties"]["QueryString"]
    before = cloud.client("s3").list_buckets()["Buckets"]
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        create(cloud, "broken", broken)
    assert cloud.client("s3").list_buckets()["Buckets"] == before
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        cloud.client("glue").get_classifier(Name="lines-broken")
