# SPDX-License-Identifier: Apache-2.0
"""The lake of this process is left as it was found: empty."""

from collections.abc import Iterator

import pytest

from localcloud.in_process_lake import empty_lake


@pytest.fixture(scope="module", autouse=True)
def _lake() -> Iterator[None]:
    yield
    empty_lake()
