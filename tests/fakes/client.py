# SPDX-License-Identifier: Apache-2.0
"""boto3 clients of in-memory services, held to the argument names and types of botocore's own models."""

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.hooks import HierarchicalEmitter
from botocore.paginate import Paginator
from botocore.validate import ParamValidator

_MODELS = botocore.session.get_session()


def client_error(code: str, message: str = "from the fake", operation: str = "Operation") -> ClientError:
    """The error that boto3 raises for an error code of AWS."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class FakeClient:
    """Stands for a boto3 client: checks the arguments, then asks the in-memory service.

    `fail_next[operation]` is a list of error codes that the next calls of the operation raise; None lets one through.
    """

    def __init__(self, name: str, service: Any) -> None:
        self.service = service
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.fail_next: dict[str, list[str | None]] = {}
        self.meta = SimpleNamespace(events=HierarchicalEmitter())  # nothing is emitted: there are no requests
        self._name = name
        self._operations = {
            xform_name(operation): model.operation_model(operation)
            for model in [_MODELS.get_service_model(name)]
            for operation in model.operation_names
        }

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation not in self._operations:
            raise AttributeError(operation)
        model = self._operations[operation]

        def call(**arguments: Any) -> Any:
            report = ParamValidator().validate(arguments, model.input_shape)
            assert not report.has_errors(), report.generate_report()
            self.calls.append((operation, arguments))
            if self.fail_next.get(operation) and (code := self.fail_next[operation].pop(0)):
                raise client_error(code, operation=model.name)
            return getattr(self.service, operation)(**arguments)

        return call

    def get_paginator(self, operation: str) -> Paginator:
        """botocore's own paginator, which turns the pages of the in-memory service."""
        model = self._operations[operation]
        pages = _MODELS.get_paginator_model(self._name).get_paginator(model.name)
        return Paginator(getattr(self, operation), pages, model)

    def arguments(self, operation: str) -> list[dict[str, Any]]:
        """The arguments of all calls of an operation, in order."""
        return [arguments for name, arguments in self.calls if name == operation]

    def count(self, operation: str) -> int:
        """How often an operation was called."""
        return Counter(name for name, _ in self.calls)[operation]


def install(monkeypatch: pytest.MonkeyPatch, **clients: FakeClient) -> None:
    """Make `boto3.client(name)` give the fakes, and nothing else."""

    def client(name: str, **_: Any) -> FakeClient:
        return clients[name]

    monkeypatch.setattr("boto3.client", client)
