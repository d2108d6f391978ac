# SPDX-License-Identifier: Apache-2.0
"""The Serverless Application Repository must accept the template as it stands."""

import copy
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edgepixel.publication.application import METADATA, Application
from edgepixel.publication.capabilities import capabilities
from edgepixel.publication.rules import SUPPORTED_TYPES, problems
from edgepixel.template.sam_transform import transformed
from tests.conftest import ROOT


def test_the_repository_accepts_the_template(application: Application) -> None:
    assert problems(application) == []


def test_every_resource_type_is_on_the_repository_s_list(application: Application) -> None:
    types = {resource["Type"] for resource in application.transformed["Resources"].values()}
    assert len(types) > 10
    assert types <= SUPPORTED_TYPES
    # The two for which edge_setup exists are really not there.
    assert not SUPPORTED_TYPES & {"AWS::CloudFront::RealtimeLogConfig", "AWS::CloudFront::OriginAccessControl"}


def test_template_package_and_changelog_have_one_version(application: Application) -> None:
    version = application.metadata["SemanticVersion"]
    newest = re.search(r"^## (?!Unreleased$)(\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == version
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == version


def test_the_readme_of_the_repository_names_every_capability(application: Application) -> None:
    needed = capabilities(application.transformed)
    assert needed == ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"]
    for document in ("sar.md", "publishing.md"):
        named = set(re.findall(r"CAPABILITY_[A-Z_]*[A-Z]", (ROOT / "docs" / document).read_text()))
        assert named == set(needed), document


def _metadata(written: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = written["Metadata"][METADATA]
    return found


def _allow(written: dict[str, Any], action: str, resource: str) -> None:
    written["Resources"]["DeliveryRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": action, "Resource": resource}
    )


REFUSED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no metadata": (lambda t: t["Metadata"].pop(METADATA), "no AWS::ServerlessRepo::Application"),
    "no licence": (lambda t: _metadata(t).pop("LicenseUrl"), "has no LicenseUrl"),
    "an unknown field": (lambda t: _metadata(t).update(Licence="x"), "has Licence, which"),
    "an intrinsic": (lambda t: _metadata(t).update(Description={"Ref": "PixelPath"}), "Description must be plain text"),
    "a name with a space": (lambda t: _metadata(t).update(Name="edge pixel"), "Name must be"),
    "a long description": (lambda t: _metadata(t).update(Description="x" * 257), "Description must be 1 to 256"),
    "an author in capitals": (lambda t: _metadata(t).update(Author="Edge"), "Author must be"),
    "an author with two hyphens": (lambda t: _metadata(t).update(Author="a--b"), "Author must be"),
    "a version with a v": (lambda t: _metadata(t).update(SemanticVersion="v1.0.0"), "SemanticVersion must be"),
    "a version of two parts": (lambda t: _metadata(t).update(SemanticVersion="1.0"), "SemanticVersion must be"),
    "a source that is no page": (lambda t: _metadata(t).update(SourceCodeUrl="here"), "SourceCodeUrl must be"),
    "an absent readme": (lambda t: _metadata(t).update(ReadmeUrl="docs/absent.md"), "absent.md, which is not there"),
    "labels in one text": (lambda t: _metadata(t).update(Labels="a,b"), "Labels must be a list"),
    "eleven labels": (lambda t: _metadata(t).update(Labels=[str(n) for n in range(11)]), "there are 11 Labels"),
    "a label with a space": (lambda t: _metadata(t).update(Labels=["web analytics"]), "the label 'web analytics'"),
    "another transform": (
        lambda t: t.update(Transform=["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"]),
        "the only transform",
    ),
    "a macro": (
        lambda t: t["Resources"]["Delivery"].update({"Fn::Transform": {"Name": "AWS::Include"}}),
        "the only transform",
    ),
    "a type without support": (
        lambda t: t["Resources"].update(Access={"Type": "AWS::CloudFront::OriginAccessControl", "Properties": {}}),
        "Access is an AWS::CloudFront::OriginAccessControl",
    ),
    "201 outputs": (
        lambda t: t.update(Outputs={f"O{n}": {"Value": "x"} for n in range(201)}),
        "201 Outputs, and 200 at most",
    ),
    "a role that makes roles": (lambda t: _allow(t, "iam:PutRolePolicy", "*"), "DeliveryRole may iam:PutRolePolicy"),
    "a role that may all": (lambda t: _allow(t, "*", "*"), r"DeliveryRole may \* on \*"),
    "a managed policy": (
        lambda t: t["Resources"]["DeliveryRole"]["Properties"].update(
            ManagedPolicyArns=["arn:aws:iam::aws:policy/AWSLambda_FullAccess"]
        ),
        "DeliveryRole has the managed policy",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_repository_would_refuse_is_named(name: str, application: Application) -> None:
    change, reason = REFUSED[name]
    written = copy.deepcopy(dict(application.written))
    change(written)
    # A template without any foreign transform is the only one that this machine can transform.
    transformable = "Fn::Transform" not in repr(written) and isinstance(written["Transform"], str)
    after = transformed(written) if transformable else application.transformed
    found = problems(replace(application, written=written, transformed=after))
    assert len(found) == 1 or name == "no metadata", found
    assert re.search(reason, found[0])


def test_a_harmless_grant_on_everything_passes(application: Application) -> None:
    written = copy.deepcopy(dict(application.written))
    _allow(written, "xray:PutTraceSegments", "*")
    _allow(written, "iam:PutRolePolicy", "arn:aws:iam::111122223333:role/one")
    assert problems(replace(application, written=written, transformed=transformed(written))) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a: &x 1\nb: *x\n", "YAML aliases"), (f"a: {'x' * 1024 * 1024}\n", "1048576 at most")],
    ids=["aliases", "too long"],
)
def test_the_text_of_the_template_counts_too(text: str, reason: str, application: Application) -> None:
    (found,) = problems(replace(application, text=text))
    assert reason in found


WITHOUT: dict[str, Callable[[dict[str, Any]], object]] = {
    "`LoggingConfig` of a function": lambda t: [
        resource["Properties"].update(FunctionName={"Fn::Sub": f"${{AWS::StackName}}-{service.replace('_', '-')}"})
        for resource in t["Resources"].values()
        if resource.get("Properties", {}).pop("LoggingConfig", None)
        for service in [resource["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]]
    ],
    "`MetricsConfig` of the event `LogLines`": lambda t: (
        t["Resources"]["AggregatorFunction"]["Properties"]["Events"]["LogLines"]["Properties"].pop("MetricsConfig"),
        t["Resources"].pop("FailedBatchesAlarm"),
    ),
    "`Type` in `OnFailure` of the event `LogLines`": lambda t: t["Resources"]["AggregatorFunction"]["Properties"][
        "Events"
    ]["LogLines"]["Properties"]["DestinationConfig"]["OnFailure"].pop("Type"),
    "`Rules` of the template": lambda t: t.pop("Rules"),
}


def test_what_to_do_without_a_property_is_written_and_works(application: Application) -> None:
    """The repository's schema of SAM lags behind (serverless-application-model#2421); publishing.md says what helps."""
    _, section = (ROOT / "docs" / "publishing.md").read_text().split("## If the repository refuses a property\n")
    assert re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) == list(WITHOUT)
    written = copy.deepcopy(dict(application.written))
    for change in WITHOUT.values():
        assert change(written), "the template no longer has it"
    after = transformed(written)
    assert problems(replace(application, written=written, transformed=after)) == []
    groups = {
        resource["Properties"]["LogGroupName"]["Fn::Sub"]
        for resource in after["Resources"].values()
        if resource["Type"] == "AWS::Logs::LogGroup" and resource["Properties"]["LogGroupName"]["Fn::Sub"]
    }
    functions = [each["Properties"] for each in after["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    assert len(functions) >= 3
    for function in functions:  # the default group of a function has its name
        assert f"/aws/lambda/{function['FunctionName']['Fn::Sub']}" in groups
    mapping = after["Resources"]["AggregatorFunctionLogLines"]["Properties"]
    assert mapping["DestinationConfig"]["OnFailure"] == {"Destination": {"Fn::GetAtt": ["LakeBucket", "Arn"]}}


@pytest.mark.parametrize("size", [0, 5 * 1024 * 1024 + 1])
def test_a_document_must_hold_something_and_not_too_much(size: int, application: Application, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "LICENSE").write_text("Apache-2.0")
    (tmp_path / "docs" / "sar.md").write_bytes(b"x" * size)
    (found,) = problems(replace(application, folder=tmp_path))
    assert "sar.md" in found


def test_a_name_of_a_role_has_to_be_agreed_to() -> None:
    role: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {}}
    assert capabilities({"Resources": {"Role": role}}) == ["CAPABILITY_IAM"]
    role["Properties"]["RoleName"] = "mine"
    assert capabilities({"Resources": {"Role": role}}) == ["CAPABILITY_NAMED_IAM"]
    nested = {"Type": "AWS::Serverless::Application"}
    assert capabilities({"Resources": {"Nested": nested}}) == ["CAPABILITY_AUTO_EXPAND"]
    assert capabilities({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}) == []
