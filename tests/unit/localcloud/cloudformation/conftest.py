# SPDX-License-Identifier: Apache-2.0
"""The application's template after the SAM transform, whose resource types the local cloud has to handle."""

from collections.abc import Mapping
from typing import Any

import pytest

from edgepixel.publication.application import read_application
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def transformed() -> Mapping[str, Any]:
    return read_application(ROOT / "template.yaml").transformed
