# SPDX-License-Identifier: Apache-2.0
"""Tools that not every machine has. Tests that need one are skipped without it, but never where CI runs."""

import os

import pytest


def need(there: bool, what: str) -> None:
    """Skip the test that calls this if `what` is not there; under `CI=true`, fail it."""
    if there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}: needed in continuous integration")
    pytest.skip(what)
