# SPDX-License-Identifier: Apache-2.0
"""docs/pixel.md, as the tests read it: what stands in it is what they run."""

import re

from tests.conftest import ROOT

PLACEHOLDER = "YOUR-DISTRIBUTION.cloudfront.net"
TEXT = (ROOT / "docs" / "pixel.md").read_text(encoding="utf-8")


def tags() -> dict[str, str]:
    """The HTML of every tag, by its heading."""
    return dict(re.findall(r"^### ([^\n]+)\n\n```html\n(.+?)\n```$", TEXT, re.MULTILINE | re.DOTALL))


def content_security_policy() -> str:
    """The value of the header that a page needs."""
    (policy,) = re.findall(r"^Content-Security-Policy: (.+)$", TEXT, re.MULTILINE)
    return str(policy)


def parameters() -> dict[str, str]:
    """Parameter -> column of the view `events`, from the table. Several of one row have columns of the same names."""
    section = TEXT.partition("## Parameters")[2].partition("\n**")[0]
    found = {}
    for names, columns in re.findall(r"^\| (`.+?`) \| (.+?) \|", section, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            found[name] = name if columns == "the same" else columns.strip("`")
    return found
