# SPDX-License-Identifier: Apache-2.0
"""CloudFormation's schemas of resource types, as cfn-lint ships them.

Its files are read here, not its package: importing that takes seconds.
Source of the terms: CloudFormation CLI User Guide, "Resource type schema": createOnlyProperties,
conditionalCreateOnlyProperties, primaryIdentifier.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edgepixel.errors import MissingPackageError

_REGION = "us-east-1"  # where CloudFormation knows all types


def create_only(resource_type: str) -> tuple[str, ...]:
    """The properties whose change replaces a resource of the type, as `/`-separated paths below its properties."""
    return _paths(resource_type, "createOnlyProperties")


def perhaps_create_only(resource_type: str) -> tuple[str, ...]:
    """The properties whose change replaces a resource of the type in some cases, which the schema does not tell."""
    return _paths(resource_type, "conditionalCreateOnlyProperties")


def identifiers(resource_type: str) -> tuple[str, ...]:
    """The properties that together are the resource's name: there cannot be two of the same."""
    return _paths(resource_type, "primaryIdentifier")


@cache
def schema(resource_type: str) -> dict[str, Any]:
    """The whole schema. Raises KeyError for a type that CloudFormation does not have."""
    package = find_spec("cfnlint")
    if package is None or package.origin is None:
        raise MissingPackageError("cfn-lint is not installed: it comes with the extra `local`")
    folder = Path(package.origin).parent / "data" / "schemas"
    name = _read(folder / "providers" / f"{_REGION}.json")[resource_type]
    return _read(folder / "resources" / f"{name}.json")


def _paths(resource_type: str, kind: str) -> tuple[str, ...]:
    return tuple(path.removeprefix("/properties/") for path in schema(resource_type).get(kind, ()))


@cache
def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
