# SPDX-License-Identifier: Apache-2.0
"""Whatever a test of the local cloud replaces in MiniStack, the next one finds MiniStack's own functions."""

from collections.abc import Iterator

import pytest

from localcloud.ministack import restore_all


@pytest.fixture(autouse=True)
def own_functions() -> Iterator[None]:
    yield
    restore_all()
