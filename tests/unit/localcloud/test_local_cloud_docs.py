# SPDX-License-Identifier: Apache-2.0
"""docs/local-cloud.md names the services' packages and every function that the local Athena knows."""

import re

from localcloud.athena.trino.functions import KNOWN
from tests.conftest import ROOT


def test_every_known_function_is_listed_once() -> None:
    page = (ROOT / "docs/local-cloud.md").read_text(encoding="utf-8")
    table = page[page.index("| how | functions |") :].split("\n\n")[0].splitlines()[2:]
    assert sorted(re.findall(r"`(\w+)`", "".join(table))) == sorted(KNOWN)


def test_services_are_named_with_their_packages() -> None:
    page = (ROOT / "docs/local-cloud.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| [\w ]+ \(`(\w+)/`\)", page, re.MULTILINE)) | {
        "firehose",
        "iam",
        "kinesis",
    }  # have sections
    assert named | {"ministack"} == {path.parent.name for path in (ROOT / "localcloud").glob("*/__init__.py")}
    for name in named:
        assert "\ndef install(" in (ROOT / f"localcloud/{name}/service.py").read_text(encoding="utf-8")
