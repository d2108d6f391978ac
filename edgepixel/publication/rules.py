# SPDX-License-Identifier: Apache-2.0
"""What the repository refuses to publish, as far as it is known.

The repository validates only when a version is created, and says one thing at a time. Sources: AWS Serverless
Application Repository Developer Guide ("Publishing applications", "List of supported AWS resources") and API
Reference (CreateApplication); AWS CloudFormation User Guide, "Quotas".
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from edgepixel.publication.application import METADATA, Application

SAM = "AWS::Serverless-2016-10-31"
SUPPORTED_TYPES = frozenset((Path(__file__).parent / "resource_types.txt").read_text(encoding="utf-8").split())
TEMPLATE_BYTES = 1024 * 1024
DOCUMENT_BYTES = 5 * 1024 * 1024
MOST = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
MOST_LABELS = 10
_REQUIRED = ("Name", "Description", "Author", "SpdxLicenseId", "LicenseUrl", "ReadmeUrl", "SemanticVersion")
_OPTIONAL = ("Labels", "HomePageUrl", "SourceCodeUrl")
_DOCUMENTS = ("LicenseUrl", "ReadmeUrl")
_FORMS = {
    "Name": (r"[a-zA-Z0-9-]{1,140}", "1 to 140 letters, digits and hyphens"),
    "Description": (r"(?s).{1,256}", "1 to 256 characters"),
    "Author": (
        r"(?=.{1,127}$)[a-z0-9]+(-[a-z0-9]+)*",
        "1 to 127 lower-case letters, digits and single hyphens between",
    ),
    "SemanticVersion": (
        r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?",
        "a semantic version, as semver.org defines it",
    ),
    "HomePageUrl": (r"https?://\S+", "a web address"),
    "SourceCodeUrl": (r"https?://\S+", "a web address"),
}
_LABEL = re.compile(r"[a-zA-Z0-9+_:/@-]{1,127}")
_REFUSED_ACTIONS = frozenset({"iam:*", "iam:attachrolepolicy", "iam:putrolepolicy", "*"})
_REFUSED_POLICY = "AWSLambda_FullAccess"


def problems(application: Application) -> list[str]:
    """Everything for which the repository would refuse the application, each with what to do."""
    return [
        *_of_metadata(application.metadata, application.folder),
        *_of_template(application),
        *_of_permissions(application.transformed),
    ]


def _of_metadata(metadata: Mapping[str, Any], folder: Path) -> Iterator[str]:
    if not metadata:
        yield f"Metadata has no {METADATA}"
    for name in _REQUIRED:
        if not metadata.get(name):
            yield f"{METADATA} has no {name}"
    for name, value in metadata.items():
        if name not in (*_REQUIRED, *_OPTIONAL):
            yield f"{METADATA} has {name}, which the repository does not know"
        elif name == "Labels":
            yield from _of_labels(value)
        elif not isinstance(value, str):
            yield f"{name} must be plain text: intrinsic functions do not work in {METADATA}"
        elif name in _FORMS and not re.fullmatch(_FORMS[name][0], value):
            yield f"{name} must be {_FORMS[name][1]}, and is {value!r}"
        elif name in _DOCUMENTS and "://" not in value:
            yield from _of_document(name, folder / value)


def _of_labels(labels: object) -> Iterator[str]:
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        yield "Labels must be a list of plain texts"
        return
    if len(labels) > MOST_LABELS:
        yield f"there are {len(labels)} Labels, and {MOST_LABELS} at most are allowed"
    for label in labels:
        if not _LABEL.fullmatch(label):
            yield f"the label {label!r} must be 1 to 127 letters, digits and + - _ : / @"


def _of_document(name: str, path: Path) -> Iterator[str]:
    if not path.is_file():
        yield f"{name} is {path}, which is not there"
    elif not 0 < (size := path.stat().st_size) <= DOCUMENT_BYTES:
        yield f"{name} is {path} of {size} bytes; it must not be empty, and {DOCUMENT_BYTES} bytes at most"


def _of_template(application: Application) -> Iterator[str]:
    if application.written.get("Transform") != SAM or "Fn::Transform" in repr(application.written):
        yield f"the only transform that the repository takes is {SAM}"
    if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(application.text)):
        yield "the template uses YAML aliases, which CloudFormation refuses"
    if (size := len(application.text.encode())) > TEMPLATE_BYTES:
        yield f"the template has {size} bytes, and {TEMPLATE_BYTES} at most are allowed"
    for section, most in MOST.items():
        if (number := len(application.transformed.get(section, {}))) > most:
            yield f"the template has {number} {section}, and {most} at most are allowed"
    for name, resource in application.transformed["Resources"].items():
        if resource["Type"] not in SUPPORTED_TYPES:
            yield f"{name} is an {resource['Type']}, which the repository does not support"


def _of_permissions(transformed: Mapping[str, Any]) -> Iterator[str]:
    for name, resource in transformed["Resources"].items():
        properties = resource.get("Properties", {})
        if _REFUSED_POLICY in repr(properties.get("ManagedPolicyArns", "")):
            yield f"{name} has the managed policy {_REFUSED_POLICY}, which the repository refuses"
        if not resource["Type"].startswith("AWS::IAM::"):
            continue
        for policy in (properties, *properties.get("Policies", [])):
            for statement in policy.get("PolicyDocument", {}).get("Statement", []):
                if refused := _refused_actions(statement):
                    yield f"{name} may {', '.join(sorted(refused))} on *, which the repository refuses"


def _refused_actions(statement: Mapping[str, Any]) -> set[str]:
    if statement.get("Effect") != "Allow" or "*" not in _as_list(statement.get("Resource", [])):
        return set()
    return {action for action in _as_list(statement.get("Action", [])) if action.lower() in _REFUSED_ACTIONS}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
