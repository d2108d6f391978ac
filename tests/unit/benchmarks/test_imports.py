# SPDX-License-Identifier: Apache-2.0
"""What benchmarks share with tests is in edgepixel/ and localcloud/: a benchmark runs where there are no tests."""

import ast
from pathlib import Path

import pytest

from edgepixel.paths import ROOT


def imported(module: Path) -> set[str]:
    """The top-level packages that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "module", sorted(ROOT.glob("benchmarks/**/*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_benchmark_imports_no_tests(module: Path) -> None:
    assert imported(module).isdisjoint({"tests", "pytest"})
