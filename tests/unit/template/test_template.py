# SPDX-License-Identifier: Apache-2.0
"""What the parts of the template promise each other."""

import json
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

OUTPUTS = {
    "PixelUrl", "PixelTag", "ScriptTag", "DistributionId", "DistributionDomainName", "RealtimeLogConfigArn",
    "RawStreamName", "AggregatedStreamName", "DeliveryStreamName", "LakeBucketName", "SiteBucketName", "DatabaseName",
    "WorkGroupName", "AggregatorFunctionName", "CrawlerTriggerFunctionName", "CompactorFunctionName", "CrawlerName",
    "AlarmTopicArn",
}  # fmt: skip


def _resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: body for name, body in template["Resources"].items() if body["Type"] == kind}


def _view(template: dict[str, Any], view: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A view: the JSON that Presto reads, its SQL put in place, and the Hive columns beside it."""
    table = template["Resources"][view]["Properties"]["TableInput"]
    frame, parts = table["ViewOriginalText"]["Fn::Sub"][1]["View"]["Fn::Base64"]["Fn::Sub"]
    text = frame.replace("${Database}", "database")
    for name, value in parts.items():
        text = text.replace(f"${{{name}}}", value if isinstance(value, str) else value["Fn::Sub"])
    return json.loads(text), table["StorageDescriptor"]["Columns"]


@pytest.fixture(scope="module")
def fields(template: dict[str, Any]) -> dict[str, list[str]]:
    mapping: dict[str, list[str]] = template["Mappings"]["LogLine"]["Fields"]
    return mapping


def test_columns_are_the_log_fields_with_underscores(fields: dict[str, list[str]]) -> None:
    assert fields["Columns"] == [name.replace("-", "_") for name in fields["Names"]]
    assert fields["Types"] == ["STRING"] * len(fields["Names"])


def test_log_fields_stand_in_the_order_in_which_cloudfront_delivers_them(fields: dict[str, list[str]]) -> None:
    from localcloud.cloudfront.log_line import FIELDS

    for names in ("Names", "NamesWithFunction", "NamesWithFunctionAndAddresses"):
        assert fields[names] == sorted(fields[names], key=FIELDS.index), names


def test_with_the_edge_function_the_fields_that_tell_most_are_not_logged(fields: dict[str, list[str]]) -> None:
    without = dict.fromkeys(fields["Names"], ())
    headers = {"cs-headers": "cache-behavior-path-pattern"}
    addresses = {"c-ip": "time-to-first-byte"}
    assert fields["NamesWithFunctionAndAddresses"] == [headers.get(name, name) for name in without]
    assert fields["NamesWithFunction"] == [(headers | addresses).get(name, name) for name in without]


def test_classifier_log_configuration_and_functions_follow_the_one_list(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    names = {"Fn::FindInMap": ["LogLine", "Fields", "Names"]}
    columns = {"Fn::FindInMap": ["LogLine", "Fields", "Columns"]}
    with_function = [
        {"Fn::FindInMap": ["LogLine", "Fields", name]}
        for name in ("NamesWithFunctionAndAddresses", "NamesWithFunction")
    ]
    assert resources["RealtimeLogConfig"]["Properties"]["Fields"] == {
        "Fn::If": ["HasEdgeFunction", {"Fn::If": ["HasFullAddresses", *with_function]}, names]
    }
    assert resources["Classifier"]["Properties"]["CsvClassifier"]["Header"] == columns
    for function in ("AggregatorFunction", "CrawlerTriggerFunction"):
        variables = resources[function]["Properties"]["Environment"]["Variables"]
        assert variables["LOG_FIELDS"] == {"Fn::Join": [",", names]}


def test_standard_logs_have_each_field_at_the_place_of_its_column(
    template: dict[str, Any], fields: dict[str, list[str]]
) -> None:
    from localcloud.cloudfront.standard_logs.record_fields import FIELDS

    properties = template["Resources"]["LogDelivery"]["Properties"]
    delivered = properties["RecordFields"]
    assert delivered[1] == {"Fn::If": ["HasFullAddresses", "c-ip", "time-to-first-byte"]}
    same = {
        "timestamp(ms)": "timestamp",
        "x-host-header": "cs-host",  # in standard logs it is the Host header
        "cs(User-Agent)": "cs-user-agent",
        "cs(Referer)": "cs-referer",
    }
    names = [same.get(name, name) for name in [*delivered[:1], "time-to-first-byte", *delivered[2:]]]
    assert names == fields["NamesWithFunction"]
    assert {*delivered[:1], *delivered[2:]} | {"c-ip", "time-to-first-byte"} <= FIELDS
    assert (properties["OutputFormat"], properties["FieldDelimiter"]) == ("w3c", "\t")


def test_view_reads_only_columns_that_the_table_has(template: dict[str, Any], fields: dict[str, list[str]]) -> None:
    view, _ = _view(template, "RawEventsView")
    read = {c.name for c in sqlglot.parse_one(view["originalSql"], read="trino").find_all(exp.Column) if c.table == "l"}
    assert read <= {*fields["Columns"], "dt", "hour", "$path"}
    assert {"timestamp", "c_ip", "cs_uri_query"} <= read


@pytest.mark.parametrize("name", ["RawEventsView", "EventsView"])
def test_view_selects_the_columns_that_it_declares_in_both_dialects(template: dict[str, Any], name: str) -> None:
    view, hive_columns = _view(template, name)
    selected = sqlglot.parse_one(view["originalSql"], read="trino").named_selects
    assert selected == [column["name"] for column in view["columns"]]
    assert selected == [column["Name"] for column in hive_columns]
    hive_names = {"varchar": "string", "timestamp(3)": "timestamp", "integer": "int"}
    assert [hive_names.get(c["type"], c["type"]) for c in view["columns"]] == [c["Type"] for c in hive_columns]


def test_typed_days_have_the_columns_of_raw_events_and_are_partitioned_by_day(template: dict[str, Any]) -> None:
    _, raw = _view(template, "RawEventsView")
    tables = {name: template["Resources"][name]["Properties"]["TableInput"] for name in ("DaysTable", "DaysMadeTable")}
    for table in tables.values():
        assert table["StorageDescriptor"]["Columns"] == [column for column in raw if column["Name"] != "dt"]
    assert [[key["Name"] for key in table["PartitionKeys"]] for table in tables.values()] == [["dt"], ["dt", "v"]]


def test_a_deploy_without_answers_works(template: dict[str, Any]) -> None:
    assert [name for name, body in template["Parameters"].items() if "Default" not in body] == []


def test_every_parameter_is_described_grouped_and_used(template: dict[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"])
    body = repr({key: template[key] for key in ("Globals", "Rules", "Conditions", "Resources", "Outputs")})
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"], name
        assert f"'Ref': '{name}'" in body or f"${{{name}}}" in body, f"{name} is used nowhere"


def test_outputs_are_the_contract(template: dict[str, Any]) -> None:
    assert set(template["Outputs"]) == OUTPUTS


def test_bytes_parameters_offer_multiples_of_firehose_s_billing_step(template: dict[str, Any]) -> None:
    for name in ("UserRecordBytes", "AggregateBytes"):
        parameter = template["Parameters"][name]
        assert parameter["Default"] in parameter["AllowedValues"]
        assert all(value % 5120 == 0 for value in parameter["AllowedValues"])


def test_every_store_is_encrypted_and_every_bucket_is_private(template: dict[str, Any]) -> None:
    for stream in _resources(template, "AWS::Kinesis::Stream").values():
        assert stream["Properties"]["StreamEncryption"]["EncryptionType"] == "KMS"
    policies = {p["Properties"]["Bucket"]["Ref"]: p for p in _resources(template, "AWS::S3::BucketPolicy").values()}
    for name, bucket in _resources(template, "AWS::S3::Bucket").items():
        assert bucket["Properties"]["BucketEncryption"], name
        assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values()), name
        statements = policies[name]["Properties"]["PolicyDocument"]["Statement"]
        always = [statement for statement in statements if "Fn::If" not in statement]
        assert [s for s in always if s["Effect"] == "Deny" and "aws:SecureTransport" in repr(s["Condition"])], name
