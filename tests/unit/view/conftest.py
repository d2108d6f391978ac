# SPDX-License-Identifier: Apache-2.0
"""A catalog for every test of the view."""

from collections.abc import Iterator

import pytest

from tests.unit.view import event_view


@pytest.fixture(scope="session", autouse=True)
def catalog() -> Iterator[None]:
    with event_view.catalog():
        yield
