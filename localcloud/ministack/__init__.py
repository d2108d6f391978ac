# SPDX-License-Identifier: Apache-2.0
"""The boundary to MiniStack: every name of it that the local cloud uses, one module for each AWS service.

No other module of the repository imports `ministack`. MiniStack publishes no Python API, so most of these names are
private to it and any release may change them. `tests/unit/localcloud/test_ministack.py` looks for each of them, and for
the arguments that are passed to it: after an upgrade, its failures are the list of what to change here.

MiniStack reads its environment when it is imported, so the modules of this package (not the package itself) must be
imported after `localcloud.server_environment.set_environment`.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import ModuleType
from typing import Any

type Request = Mapping[str, Any]
"""The parameters of an API action, by the names that AWS gives them."""
type Response = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""
type HandleRequest = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]]
"""A service's entrance: method, path, headers, body and query parameters of a request."""
type Table = MutableMapping[str, Any]
"""What MiniStack stores of one kind of resource. It shows what belongs to the current account and Region."""


class Replaceable[**P, R]:
    """A function of MiniStack that the local cloud replaces, and that MiniStack finds by its name at every call.

    `parameters` is what it must take: names and defaults, as in its definition. `own` is MiniStack's own function,
    whatever has replaced it. A call of this object calls what is in place now.
    """

    def __init__(self, module: ModuleType, name: str, parameters: str) -> None:
        self._module = module
        self._name = name
        self.parameters = parameters
        self.own: Callable[P, R] = getattr(module, name)
        _replaceable.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        function: Callable[P, R] = getattr(self._module, self._name)
        return function(*args, **kwargs)

    def replace(self, function: Callable[P, R]) -> None:
        """Let MiniStack call another function from now on."""
        setattr(self._module, self._name, function)


class ReplaceableHandler:
    """What MiniStack's CloudFormation calls to make, change or remove resources of one type.

    `operation` is `create`, `update` or `delete`; `own` is MiniStack's own function, whatever has replaced it.
    """

    def __init__(self, handlers: MutableMapping[str, dict[str, Any]], resource_type: str, operation: str) -> None:
        self._handlers = handlers
        self._resource_type = resource_type
        self._operation = operation
        self.own: Callable[..., Any] = handlers[resource_type][operation]
        _replaceable.append(self)

    def replace(self, function: Callable[..., Any]) -> None:
        """Let MiniStack call another function from now on."""
        self._handlers[self._resource_type][self._operation] = function


_replaceable: list[Replaceable[..., Any] | ReplaceableHandler] = []


def restore_all() -> None:
    """Let MiniStack call its own functions again."""
    for function in _replaceable:
        function.replace(function.own)
