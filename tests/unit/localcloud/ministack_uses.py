# SPDX-License-Identifier: Apache-2.0
"""Each name of MiniStack that `localcloud/ministack/` uses, and how, read from the source of that package."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.conftest import ROOT

BOUNDARY = ROOT / "localcloud/ministack"


@dataclass(frozen=True)
class Use:
    """A name of MiniStack at one place (file and line).

    `positional` and `keywords`: what is passed to it; None if it is not called there. `parameters`: all that it takes,
    names and defaults, if it is a function that the local cloud replaces.
    """

    place: str
    module: str
    name: str  # dotted, within the module
    positional: int | None = None
    keywords: tuple[str, ...] = ()
    parameters: str | None = None

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"

    def value(self) -> object:
        """What the name means now. Raises ImportError or AttributeError if it means nothing."""
        value: object = import_module(self.module)
        for name in self.name.split("."):
            value = getattr(value, name)
        return value


def all_uses() -> list[Use]:
    """The uses in all modules of the boundary."""
    return [use for path in sorted(BOUNDARY.glob("*.py")) for use in _uses(path)]


def _uses(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {
        str(alias.asname): f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "ministack"
        for alias in node.names
    }
    for node in ast.walk(tree):
        place = f"{path.name}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.AnnAssign(
                annotation=ast.Subscript(value=ast.Name("Callable"), slice=ast.Tuple([ast.List(taken), _])),
                value=ast.Attribute() as value,
            ) if found := _found(value, modules):
                yield Use(place, *found, positional=len(taken))
            case ast.AnnAssign(annotation=ast.Name("HandleRequest"), value=ast.Attribute() as value) if found := _found(
                value, modules
            ):
                yield Use(place, *found, positional=5)  # as the type says
            case ast.Call(ast.Name("Replaceable"), [ast.Name(module), name, parameters]):
                yield Use(place, modules[module], ast.literal_eval(name), parameters=ast.literal_eval(parameters))
            case ast.Call(ast.Attribute() as function, arguments, keywords) if found := _found(function, modules):
                yield Use(place, *found, len(arguments), tuple(str(keyword.arg) for keyword in keywords))
            case ast.Attribute() if found := _found(node, modules):
                yield Use(place, *found)


def _found(node: ast.expr, modules: Mapping[str, str]) -> tuple[str, str] | None:
    """Module and dotted name, if the expression is one of MiniStack's names."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if names and isinstance(node, ast.Name) and node.id in modules:
        return modules[node.id], ".".join(names)
    return None
