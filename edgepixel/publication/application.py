# SPDX-License-Identifier: Apache-2.0
"""The application as it would be published: the template as written, and as the SAM transform leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgepixel.template.reader import parse_template
from edgepixel.template.sam_transform import transformed

METADATA = "AWS::ServerlessRepo::Application"


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


def read_application(template: Path) -> Application:
    """Parse and transform a template."""
    text = template.read_text(encoding="utf-8")
    written = parse_template(text)
    return Application(template.parent, text, written, transformed(written))
