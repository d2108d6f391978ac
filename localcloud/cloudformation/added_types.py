# SPDX-License-Identifier: Apache-2.0
"""CloudFormation resource types that MiniStack lacks: AWS::Glue::Classifier (CSV) and AWS::Athena::NamedQuery.

Every property of a named query is create-only in AWS, so a change replaces it; a classifier is updated in place, unless
its name changes.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.ministack import Request, Response, athena, cloudformation, glue

type Attributes = dict[str, str]
type Properties = Mapping[str, Any]
type Created = tuple[str, Attributes]

# CreateClassifier's names for what CloudFormation calls otherwise.
_RENAMED = {"ContainsCustomDatatype": "CustomDatatypes"}


def install(_clock: Clock) -> None:
    """Register the types with MiniStack's CloudFormation."""
    cloudformation.resource_handlers["AWS::Glue::Classifier"] = {
        "create": _create_classifier,
        "update": _update_classifier,
        "delete": _delete_classifier,
    }
    cloudformation.resource_handlers["AWS::Athena::NamedQuery"] = {
        "create": _create_named_query,
        "update": _replace_named_query,
        "delete": _delete_named_query,
    }


def _create_classifier(logical_id: str, properties: Properties, stack_name: str) -> Created:
    csv = _csv_classifier(properties)
    name = csv.get("Name") or f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12]}"
    _call(glue.create_classifier, {"CsvClassifier": {**csv, "Name": name}})
    return name, {}


def _update_classifier(physical_id: str, _old: Properties, new: Properties, stack_name: str) -> Created:
    name = _csv_classifier(new).get("Name") or physical_id
    if name != physical_id:
        return _create_classifier("", new, stack_name)  # and CloudFormation deletes the one of the old name
    _call(glue.delete_classifier, {"Name": physical_id})
    _call(glue.create_classifier, {"CsvClassifier": {**_csv_classifier(new), "Name": name}})
    return name, {}


def _delete_classifier(physical_id: str, _properties: Properties) -> None:
    if physical_id in glue.classifiers:
        _call(glue.delete_classifier, {"Name": physical_id})


def _csv_classifier(properties: Properties) -> dict[str, Any]:
    csv = properties.get("CsvClassifier")
    if not isinstance(csv, dict):
        raise ValueError("AWS::Glue::Classifier: the local cloud knows CsvClassifier only")
    return {_RENAMED.get(str(name), str(name)): value for name, value in csv.items()}


def _create_named_query(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    missing = [name for name in ("Database", "QueryString") if not properties.get(name)]
    if missing:
        raise ValueError(f"AWS::Athena::NamedQuery requires {', '.join(missing)}")
    query_id = str(_call(athena.create_named_query, properties)["NamedQueryId"])
    return query_id, {"NamedQueryId": query_id}


def _replace_named_query(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if {**old} == {**new} and physical_id in athena.named_queries:
        return physical_id, {"NamedQueryId": physical_id}
    return _create_named_query("", new, stack_name)  # and CloudFormation deletes the old one


def _delete_named_query(physical_id: str, _properties: Properties) -> None:
    _call(athena.delete_named_query, {"NamedQueryId": physical_id})


def _call(operation: Callable[[Request], Response], request: Request) -> dict[str, Any]:
    """Call an API action; its error becomes the resource's status reason."""
    status, _, body = operation(request)
    response: dict[str, Any] = json.loads(body or b"{}")
    if status >= 300:
        raise ValueError(f"{response.get('__type', status)}: {response.get('message', body)}")
    return response
