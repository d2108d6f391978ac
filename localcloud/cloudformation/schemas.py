# SPDX-License-Identifier: Apache-2.0
"""CloudFormation's own schemas of resource types, which cfn-lint ships as files.

A file is read when a type is first asked for. cfn-lint itself is not imported: that takes seconds.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

type Schema = Mapping[str, Any]

_REGION = "us-east-1"  # has every type, and the schemas hardly differ
_CUSTOM = "AWS::CloudFormation::CustomResource"


@cache
def schema_of(resource_type: str) -> Schema | None:
    """The schema of a type; None if CloudFormation has no such type."""
    name = _files_by_type().get(resource_type)
    if name is None:
        return None
    found: Schema = json.loads((_folder() / "resources" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def create_only_paths(resource_type: str) -> list[Sequence[str]]:
    """The properties whose change replaces a resource, each as the names that lead to it."""
    return _paths(resource_type, "createOnlyProperties")


def identifier_paths(resource_type: str) -> list[Sequence[str]]:
    """The properties that together identify a resource, each as the names that lead to it."""
    return _paths(resource_type, "primaryIdentifier")


def value_at(properties: object, path: Sequence[str]) -> object:
    """The value of a property; None if it is not there."""
    for name in path:
        if not isinstance(properties, Mapping):
            return None
        properties = properties.get(name)
    return properties


def is_custom(resource_type: str) -> bool:
    """Whether a function of the template makes the resource."""
    return resource_type == _CUSTOM or resource_type.startswith("Custom::")


def _paths(resource_type: str, keyword: str) -> list[Sequence[str]]:
    schema = schema_of(resource_type) or {}
    return [path.removeprefix("/properties/").split("/") for path in schema.get(keyword, [])]


@cache
def _files_by_type() -> Mapping[str, str]:
    files: Mapping[str, str] = json.loads((_folder() / "providers" / f"{_REGION}.json").read_text(encoding="utf-8"))
    return files


@cache
def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed: it comes with edgepixel[local]")
    return Path(spec.origin).parent / "data" / "schemas"
