# SPDX-License-Identifier: Apache-2.0
"""The application as it would be published: the template as written, and as the SAM transform leaves it."""

import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform

from edgepixel.template import parse_template

METADATA = "AWS::ServerlessRepo::Application"
# The transform wants a Region for what depends on the partition, and asks AWS for none of it.
_ANY_REGION = "us-east-1"


@dataclass(frozen=True)
class Application:
    """A template and the folder that its local paths are relative to.

    `written` holds intrinsic functions in their long form, `transformed` only resources that CloudFormation knows.
    """

    folder: Path
    text: str
    written: Mapping[str, Any]
    transformed: Mapping[str, Any]

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the repository shows of the application."""
        found: Mapping[str, Any] = self.written.get("Metadata", {}).get(METADATA, {})
        return found


class _NoManagedPolicies:
    """Managed policies would be looked up in AWS; those of a template have to be given by ARN."""

    def load(self) -> dict[str, str]:
        return {}


def read_application(template: Path) -> Application:
    """Parse and transform a template."""
    text = template.read_text(encoding="utf-8")
    written = parse_template(text)
    return Application(template.parent, text, written, transformed(written))


def transformed(written: Mapping[str, Any]) -> dict[str, Any]:
    """The template after AWS::Serverless-2016-10-31, with local code as `sam package` leaves it."""
    packaged = copy.deepcopy(dict(written))
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://artifacts/code.zip"
    with patch.dict(os.environ, AWS_DEFAULT_REGION=_ANY_REGION):
        result: dict[str, Any] = transform(packaged, {}, _NoManagedPolicies())
    return result
