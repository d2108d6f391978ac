# SPDX-License-Identifier: Apache-2.0
"""A stack's name may have 117 characters: what the template makes of it fits, everywhere."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from edgepixel.parameter_changes.evaluation import Place, references, resources
from edgepixel.parameter_changes.schemas import schema

# CloudFormation API Reference, CreateStack: a letter, then letters, digits and hyphens, 128 in all; of these
# docs/operations.md promises fewer, because a workgroup's name is made of it.
LONGEST_NAME = "S" + 116 * "t"
LONGEST_REGION = max(boto3.session.Session().get_available_regions("cloudformation"), key=len)

# Limits that CloudFormation's schemas lack, by type and path. "*" stands for any item of a list.
DOCUMENTED: dict[tuple[str, str], tuple[int, str]] = {
    # The schema's text, and CloudFront API Reference, DistributionConfig: 128 characters at most.
    ("AWS::CloudFront::Distribution", "DistributionConfig/Comment"): (128, r".*"),
    # Not in AWS's documentation. CloudFront refuses more than 128 characters: aws-cdk#10211 and #21524.
    ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig/Name"): (128, r"[A-Za-z0-9_-]+"),
    # CloudFront API Reference, OriginAccessControlConfig: 64 and 256 characters at most.
    ("OriginAccessControl", "Name"): (64, r".+"),
    ("OriginAccessControl", "Description"): (256, r".*"),
    # Not documented; held to the limit of CloudFront's other names.
    ("RealtimeLogConfig", "Name"): (128, r"[A-Za-z0-9_-]+"),
    # CloudFront API Reference, Origin: 128 characters at most.
    ("DistributionAttachment", "OriginId"): (128, r".+"),
    # Glue API Reference, NameString and DescriptionString; Athena takes names of databases without hyphens.
    ("AWS::Glue::Database", "DatabaseInput/Name"): (255, r"[a-z0-9_]+"),
    ("AWS::Glue::Database", "DatabaseInput/Description"): (2048, r".*"),
    ("AWS::Glue::Classifier", "CsvClassifier/Name"): (255, r".+"),
    # Athena API Reference, CreateWorkGroup. The schema has the pattern, and does not say that it is of the whole name.
    ("AWS::Athena::WorkGroup", "Name"): (128, r"[a-zA-Z0-9._-]{1,128}"),
    # CloudWatch API Reference, PutMetricAlarm and PutDashboard.
    ("AWS::CloudWatch::Alarm", "AlarmName"): (255, r".+"),
    ("AWS::CloudWatch::Alarm", "Namespace"): (255, r"[^:].*"),
    ("AWS::CloudWatch::Alarm", "Metrics/*/MetricStat/Metric/Namespace"): (255, r"[^:].*"),
    ("AWS::CloudWatch::Dashboard", "DashboardName"): (255, r"[A-Za-z0-9_-]+"),
    # CloudWatch API Reference, MetricDatum: the namespace of what the functions measure.
    ("AWS::Lambda::Function", "Environment/Variables/POWERTOOLS_METRICS_NAMESPACE"): (255, r"[^:].*"),
    # IAM API Reference, CreatePolicy.
    ("AWS::IAM::ManagedPolicy", "Description"): (1000, r".*"),
}
# Text that the stack's name may be in without any limit that it could reach: documents of megabytes.
DOCUMENTS = {("AWS::CloudWatch::Dashboard", "DashboardBody")}


@pytest.fixture(scope="module", params=["", "E1A2B3C4D5E6F7"])
def longest(transformed: Mapping[str, Any], request: pytest.FixtureRequest) -> list[tuple[str, str, str, str]]:
    """Logical id, type, path and text of everything in the resources of a stack with the longest name."""
    parameters = {"AttachToDistributionId": request.param}
    place = Place(stack=LONGEST_NAME, region=LONGEST_REGION)
    return [
        (name, str(resource.properties.get("Kind", resource.type)), path, text)
        for name, resource in resources(transformed, parameters, place).items()
        for path, text in _texts(resource.properties)
    ]


def test_no_text_is_longer_than_its_property_takes(longest: list[tuple[str, str, str, str]]) -> None:
    broken = []
    for name, kind, path, text in longest:
        if any(references(text)):  # a name that CloudFormation chooses, which cuts it to what fits
            continue
        for most, pattern in _limits(kind, path):
            if len(text) > most or not re.search(pattern, text, re.DOTALL):
                broken.append(f"{name}.{path}: {len(text)} characters, {most} allowed: {text}")
    assert broken == []


def test_every_place_of_the_stack_s_name_has_a_known_limit(longest: list[tuple[str, str, str, str]]) -> None:
    places = {(kind, path) for _, kind, path, text in longest if LONGEST_NAME in text}
    policies = {place for place in places if "PolicyDocument" in place[1]}  # an ARN in a document of 6,144 characters
    unlimited = {place for place in places - policies - DOCUMENTS if not list(_limits(*place))}
    assert unlimited == set()
    assert len(places) > 8


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with its path, in which * stands for any item."""
    match value:
        case str():
            yield path, value
        case dict():
            for name, inner in value.items():
                yield from _texts(inner, f"{path}/{name}" if path else name)
        case list():
            for inner in value:
                yield from _texts(inner, f"{path}/*")


def _limits(kind: str, path: str) -> Iterator[tuple[int, str]]:
    """The most characters and the pattern of a property, from AWS's documents and from CloudFormation's schema."""
    if (kind, path) in DOCUMENTED:
        most, pattern = DOCUMENTED[kind, path]
        yield most, rf"\A(?:{pattern})\Z"
    if "::" in kind:
        for found in _schemas_at(schema(kind), schema(kind), path.split("/")):
            if "maxLength" in found or "pattern" in found:
                yield found.get("maxLength", 10**9), found.get("pattern", "")


def _schemas_at(root: Mapping[str, Any], node: Mapping[str, Any], path: list[str]) -> Iterator[Mapping[str, Any]]:
    """What a type's schema says about a path: more than once, where it gives alternatives."""
    if "$ref" in node:
        found: Any = root
        for name in node["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        yield from _schemas_at(root, found, path)
        return
    for alternative in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _schemas_at(root, alternative, path)
    if not path:
        yield node
    elif path[0] == "*":
        yield from _schemas_at(root, node.get("items", {}), path[1:])
    elif path[0] in node.get("properties", {}):
        yield from _schemas_at(root, node["properties"][path[0]], path[1:])
