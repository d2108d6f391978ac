# SPDX-License-Identifier: Apache-2.0
"""The template as CloudFormation sees it: parsed, and after the SAM transform."""

from collections.abc import Mapping
from typing import Any

import pytest

from edgepixel.publication.application import Application, read_application
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def application() -> Application:
    return read_application(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def template(application: Application) -> Mapping[str, Any]:
    """The template as written, intrinsic functions in their long form."""
    return application.written


@pytest.fixture(scope="session")
def transformed(application: Application) -> Mapping[str, Any]:
    """The template after AWS::Serverless-2016-10-31, with local code as `sam package` leaves it."""
    return application.transformed
