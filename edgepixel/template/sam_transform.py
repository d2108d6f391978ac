# SPDX-License-Identifier: Apache-2.0
"""A template as AWS::Serverless-2016-10-31 leaves it: only resources that CloudFormation knows."""

import copy
import os
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform

# The transform wants a Region for what depends on the partition, and asks AWS for none of it.
_ANY_REGION = "us-east-1"


class _NoManagedPolicies:
    """Managed policies would be looked up in AWS; those of a template have to be given by ARN."""

    def load(self) -> dict[str, str]:
        return {}


def transformed(written: Mapping[str, Any]) -> dict[str, Any]:
    """The template after the transform, with local code as `sam package` leaves it.

    `written` holds intrinsic functions in their long form, and is not changed.
    """
    packaged = copy.deepcopy(dict(written))
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://artifacts/code.zip"
    with patch.dict(os.environ, AWS_DEFAULT_REGION=_ANY_REGION):
        result: dict[str, Any] = transform(packaged, {}, _NoManagedPolicies())
    return result
