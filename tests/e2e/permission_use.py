# SPDX-License-Identifier: Apache-2.0
"""The permissions that were used in a local cloud, and the calls that it denied."""

import json
from typing import Any
from urllib.request import urlopen

from edgepixel.aws.cloud import Cloud
from tests.waiting import PATIENCE_SECONDS


def uses(cloud: Cloud) -> list[dict[str, str]]:
    """Each with holder, policy, sid, action and resource: see `localcloud/iam/permission_use.py`."""
    found: list[dict[str, str]] = _permissions(cloud)["used"]
    return found


def denials(cloud: Cloud) -> list[str]:
    """The messages of all that was denied."""
    found: list[str] = _permissions(cloud)["denied"]
    return found


def _permissions(cloud: Cloud) -> Any:
    address = f"http://127.0.0.1:{cloud.local_port}/_localcloud/permissions"
    with urlopen(address, timeout=PATIENCE_SECONDS) as response:
        return json.load(response)
