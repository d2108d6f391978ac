# SPDX-License-Identifier: Apache-2.0
"""The first page does not wait for what can be loaded before it is asked for."""

import subprocess
import sys

PROGRAM = """
import sys
from edgepixel.dashboard.pages import parts
from edgepixel.dashboard.pages.preparation import prepare_beside
from edgepixel.report.panels import in_report
prepare_beside().join()
known = set(sys.modules)
parts.ENVIRONMENT.compile = None  # so that only what is compiled already can be had
for name in ("frame.html.j2", "head.html.j2", "panels.html.j2", "foot.html.j2", "failed.html.j2"):
    parts.ENVIRONMENT.get_template(name)
assert "vl_convert" in known
panels = [one.module("panel") for one in in_report()]
print(len(panels), set(sys.modules) - known)
"""


def test_panels_templates_and_charts_are_ready_before_the_first_page() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stderr
    number, late = ended.stdout.split(maxsplit=1)
    assert int(number) > 10
    assert late.strip() == "set()"
