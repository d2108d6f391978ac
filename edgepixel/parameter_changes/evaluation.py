# SPDX-License-Identifier: Apache-2.0
"""The resources of a template for given parameters: conditions decided, functions evaluated.

What only AWS knows, a resource's name or attribute, stays a mark in the text: `⟦Resource⟧` or `⟦Resource.Attribute⟧`.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edgepixel.template.conditions import is_true

_NOTHING = object()  # AWS::NoValue
_MARK = re.compile(r"⟦(\w+)(?:\.[\w.]+)?⟧")
_STACK_GUID = "5f1c7d30-6a2e-11f0-9c1b-0a58a9feac02"


@dataclass(frozen=True)
class Place:
    """Where a stack is, and its name: what AWS's pseudo parameters say."""

    stack: str = "edge-pixel"
    region: str = "us-east-1"
    account: str = "123456789012"

    def pseudo_parameters(self) -> dict[str, Any]:
        """The values of `AWS::…`, except NotificationARNs."""
        stack_id = f"arn:aws:cloudformation:{self.region}:{self.account}:stack/{self.stack}/{_STACK_GUID}"
        return {
            "AWS::AccountId": self.account,
            "AWS::NoValue": _NOTHING,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackId": stack_id,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }


@dataclass(frozen=True)
class Resource:
    """A resource that the stack has: its type, and its properties without any function."""

    type: str
    properties: Mapping[str, Any]


def resources(
    template: Mapping[str, Any], parameters: Mapping[str, str], place: Place | None = None
) -> dict[str, Resource]:
    """The resources of a transformed template, by logical id. Parameters that are not given have their defaults.

    Raises ValueError for a function that is not known here.
    """
    defaults = {name: parameter["Default"] for name, parameter in template["Parameters"].items()}
    # Every parameter is text to CloudFormation, whatever its type.
    texts = {name: str(value) for name, value in {**defaults, **parameters}.items()}
    stack = _Stack(template, texts | (place or Place()).pseudo_parameters())
    return {
        name: Resource(resource["Type"], stack.value(resource.get("Properties", {})))
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or stack.condition(resource["Condition"])
    }


def references(value: Any) -> Iterator[str]:
    """The logical ids of the resources whose name or attributes are in an evaluated value."""
    match value:
        case str():
            yield from (found[1] for found in _MARK.finditer(value))
        case list():
            for item in value:
                yield from references(item)
        case dict():
            for item in value.values():
                yield from references(item)


class _Stack:
    """Evaluates functions with the values of parameters."""

    def __init__(self, template: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._template = template
        self._values = values

    def condition(self, name: str) -> bool:
        return is_true(self._template["Conditions"][name], self.value, self.condition)

    def value(self, node: Any) -> Any:
        match node:
            case {"Ref": str(name), **rest} if not rest:
                return self._reference(name)
            case dict() if len(node) == 1 and next(iter(node)).startswith("Fn::"):
                ((function, argument),) = node.items()
                return self._function(function, argument)
            case dict():
                inner = ((name, self.value(item)) for name, item in node.items())
                return {name: item for name, item in inner if item is not _NOTHING}
            case list():
                return [item for item in map(self.value, node) if item is not _NOTHING]
            case bool():
                return str(node).lower()
            case _:
                return str(node)

    def _reference(self, name: str) -> Any:
        return self._values.get(name, f"⟦{name}⟧")

    def _function(self, function: str, argument: Any) -> Any:
        match function, argument:
            case "Fn::If", [str(condition), yes, no]:
                return self.value(yes if self.condition(condition) else no)
            case "Fn::GetAtt", [str(name), str(attribute)]:
                return f"⟦{name}.{attribute}⟧"
            case "Fn::Sub", str(text):
                return self._substituted(text, {})
            case "Fn::Sub", [str(text), dict(names)]:
                return self._substituted(text, {name: self.value(value) for name, value in names.items()})
            case "Fn::Join", [str(separator), parts]:
                return separator.join(self.value(parts))
            case "Fn::Split", [str(separator), text]:
                return self.value(text).split(separator)
            case "Fn::Select", [index, parts]:
                return self.value(parts)[int(index)]
            case "Fn::FindInMap", [map_name, first, second]:
                return self.value(self._template["Mappings"][map_name][first][second])
            case "Fn::Base64", text:
                plain = self.value(text)
                # A mark in it must stay one.
                return plain if any(references(plain)) else base64.b64encode(plain.encode()).decode()
        raise ValueError(f"{function} of {argument} cannot be evaluated here")

    def _substituted(self, text: str, names: Mapping[str, str]) -> str:
        def replacement(found: re.Match[str]) -> str:
            name = found[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            return names[name] if name in names else str(self._reference(name))

        return re.sub(r"\$\{([^}]+)\}", replacement, text)
