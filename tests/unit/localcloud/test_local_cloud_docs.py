# SPDX-License-Identifier: Apache-2.0
"""docs/local-cloud.md names the services' packages and the functions that the local Athena knows, with the way."""

import re

from localcloud.athena.trino.functions import BY_MACRO, BY_REWRITING, BY_SQLGLOT
from tests.conftest import ROOT


def test_functions_are_listed_by_how_they_get_to_duckdb() -> None:
    page = (ROOT / "docs/local-cloud.md").read_text(encoding="utf-8")
    table = page[page.index("| how | functions |") :].split("\n\n")[0].splitlines()[2:]
    listed = [re.findall(r"`(\w+)`", row) for row in table]
    assert listed == [sorted(names) for names in (BY_SQLGLOT, BY_MACRO, BY_REWRITING)]


def test_services_are_named_with_their_packages() -> None:
    page = (ROOT / "docs/local-cloud.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| [\w ]+ \(`(\w+)/`\)", page, re.MULTILINE)) | {"firehose", "kinesis"}  # have sections
    assert named | {"ministack"} == {path.parent.name for path in (ROOT / "localcloud").glob("*/__init__.py")}
    for name in named:
        assert "\ndef install(" in (ROOT / f"localcloud/{name}/service.py").read_text(encoding="utf-8")
