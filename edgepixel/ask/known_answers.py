# SPDX-License-Identifier: Apache-2.0
"""The answers that this version of the application has, told without AWS."""

import re

from edgepixel.paths import ROOT

_NAMED_QUERY = re.compile(r"^    Type: AWS::Athena::NamedQuery\n    Properties:\n      Name: (\S+)$", re.MULTILINE)


def known_answers() -> tuple[str, ...]:
    """The names of the template's saved queries, in their order."""
    return tuple(_NAMED_QUERY.findall((ROOT / "template.yaml").read_text(encoding="utf-8")))
