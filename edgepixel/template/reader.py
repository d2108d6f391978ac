# SPDX-License-Identifier: Apache-2.0
"""The only reader of template.yaml: the whole template as dictionaries, and what several places ask of it."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from edgepixel.errors import TemplateError
from edgepixel.paths import ROOT

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML without LibYAML: the same, but ten times as slow
    from yaml import SafeLoader  # type: ignore[assignment]

TEMPLATE_FILE = ROOT / "template.yaml"
_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


class _Loader(SafeLoader):
    """Makes plain values, and CloudFormation's functions in their long form: `!Ref Name` is `{"Ref": "Name"}`."""


def _intrinsic_function(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any = None
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if name == "GetAtt":  # the long form names resource and attribute apart
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_multi_constructor("!", _intrinsic_function)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)  # CloudFormation has no dates: a version is text


def parse_template(text: str) -> dict[str, Any]:
    """A template of CloudFormation, in YAML or JSON, with intrinsic functions in their long form.

    Raises yaml.YAMLError for what is not YAML.
    """
    template: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)
    return template


@cache
def read_template() -> dict[str, Any]:
    """The application's template, parsed once for the whole process: nobody may change it.

    Raises TemplateError if it is not YAML.
    """
    try:
        return parse_template(TEMPLATE_FILE.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise TemplateError(f"{TEMPLATE_FILE.name} is not YAML: {' '.join(str(error).split())}") from error


def resources_of_type(resource_type: str) -> dict[str, Mapping[str, Any]]:
    """The properties of all resources of a type, by logical id, in the template's order."""
    return {
        name: resource["Properties"]
        for name, resource in read_template()["Resources"].items()
        if resource["Type"] == resource_type
    }


def parameter_default(name: str) -> Any:
    """The default of a parameter: text or a number, as the template has it."""
    return read_template()["Parameters"][name]["Default"]


def log_fields() -> list[str]:
    """The names of the log fields, in the order of delivery: the table's columns."""
    return list(read_template()["Mappings"]["LogLine"]["Fields"]["Names"])


def logged_fields(has_edge_function: bool, ip_addresses: str) -> list[str]:
    """What CloudFront is asked for: with the edge function, something else is in the places of some log fields.

    `ip_addresses`: the parameter IpAddresses.
    """
    if not has_edge_function:
        return log_fields()
    name = "NamesWithFunctionAndAddresses" if ip_addresses == "full" else "NamesWithFunction"
    return list(read_template()["Mappings"]["LogLine"]["Fields"][name])


def answer_queries() -> dict[str, str]:
    """The SQL of the answers with the defaults of the parameters, by name, in the template's order."""
    queries = resources_of_type("AWS::Athena::NamedQuery").values()
    return {query["Name"]: _substituted(query["QueryString"]) for query in queries}


def _substituted(value: str | Mapping[str, str]) -> str:
    """A text, or what Fn::Sub makes of one that names parameters alone. `${!x}` is `${x}`."""
    if isinstance(value, str):
        return value
    text = value["Fn::Sub"]
    return _VARIABLE.sub(lambda found: f"${{{found[2]}}}" if found[1] else str(parameter_default(found[2])), text)


def view_sql(view: str = "RawEventsView") -> str:
    """The query of a view, with the defaults of the parameters: of `raw_events`, which holds the rules, or another.

    `view` is its logical id. The query stands in a string of JSON.
    """
    return str(json.loads(f'"{_substituted(_view(view)[1]["Sql"])}"'))


def view_columns(view: str = "EventsView") -> list[dict[str, str]]:
    """The columns of a view, of `events` or another, as Athena knows them: `name` and `type` of each."""
    columns: list[dict[str, str]] = yaml.safe_load(f"[{_view(view)[1]['Columns']}]")
    return columns


def _view(name: str) -> tuple[str, dict[str, Any]]:
    table = read_template()["Resources"][name]["Properties"]["TableInput"]
    text, parts = table["ViewOriginalText"]["Fn::Sub"][1]["View"]["Fn::Base64"]["Fn::Sub"]
    return text, parts
