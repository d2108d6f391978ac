# SPDX-License-Identifier: Apache-2.0
"""What an upgrade of MiniStack breaks, one by one: its names that we use, their parameters, its environment variables.

Nothing here imports the modules of `localcloud.ministack`, which a missing name would prevent.
"""

import ast
import inspect
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from localcloud.server_environment import ministack_settings
from tests.conftest import ROOT
from tests.unit.localcloud.ministack_uses import BOUNDARY, Use, all_uses

USES = all_uses()
NAMES = {str(use): use for use in USES}
CALLED = {f"{use} at {use.place}": use for use in USES if use.positional is not None}
REPLACED = {str(use): use for use in USES if use.parameters is not None}


@pytest.mark.parametrize("use", NAMES.values(), ids=NAMES)
def test_ministack_has_the_name(use: Use) -> None:
    try:
        use.value()
    except (ImportError, AttributeError) as error:
        pytest.fail(f"localcloud/ministack/{use.place} uses {use}: {error}")


@pytest.mark.parametrize("use", CALLED.values(), ids=CALLED)
def test_ministack_takes_what_is_passed(use: Use) -> None:
    signature = inspect.signature(use.value())  # type: ignore[arg-type]
    try:
        signature.bind(*[None] * (use.positional or 0), **dict.fromkeys(use.keywords))
    except TypeError as error:
        pytest.fail(f"localcloud/ministack/{use.place} calls {use}, which is {use.name}{signature}: {error}")


@pytest.mark.parametrize("use", REPLACED.values(), ids=REPLACED)
def test_a_replaced_function_has_the_parameters_that_its_replacement_takes(use: Use) -> None:
    signature = inspect.signature(use.value())  # type: ignore[arg-type]
    bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    now = str(signature.replace(parameters=bare, return_annotation=signature.empty))
    assert now == f"({use.parameters})", f"localcloud/ministack/{use.place} replaces {use}"


@pytest.mark.parametrize("name", ministack_settings("127.0.0.1", 4566, "home", "INFO"))
def test_ministack_reads_the_environment_variable(name: str) -> None:
    """By its text: nothing but its source says which variables it reads."""
    spec = find_spec("ministack")
    assert spec is not None
    assert spec.origin is not None
    assert any(f'"{name}"' in path.read_text(encoding="utf-8") for path in Path(spec.origin).parent.rglob("*.py"))


def test_no_name_escapes_the_tests_above() -> None:
    """They read the boundary's source, and would not see a name in a form that they do not know."""
    known = re.compile(r"^from ministack\S* import \w+ as _\w+$|Replaceable\(_\w+, '\w+'|\b_\w+\.\w+", re.MULTILINE)
    for path in BOUNDARY.glob("[!_]*.py"):
        without_comments = ast.unparse(ast.parse(path.read_text(encoding="utf-8")))
        rest = known.sub("", without_comments)
        assert re.findall(r"\bimport ministack.*|\bfrom ministack .*|(?<!\w)_[a-z]\w*", rest) == [], path
    calls = {str(use): (use.positional, use.keywords) for use in CALLED.values()}
    assert calls["ministack.services.glue._create_table"] == (1, ())
    assert calls["ministack.services.eventbridge._put_events"] == (1, ("allow_aws_source",))
    assert REPLACED["ministack.services.glue._start_crawler"].parameters == "data"


def test_nothing_but_the_boundary_imports_ministack() -> None:
    imports = re.compile(r"^\s*(?:from|import)\s+ministack\b|import_module\(.ministack\b", re.MULTILINE)
    importers = {
        path.relative_to(ROOT)
        for folder in ("localcloud", "edgepixel", "functions", "events", "benchmarks", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if imports.search(path.read_text(encoding="utf-8"))
    }
    boundary = BOUNDARY.relative_to(ROOT)
    assert sorted(path for path in importers if path.parent != boundary) == []
    assert len(importers) > 10


def test_a_start_imports_ministack_only_after_its_environment_is_set() -> None:
    """MiniStack reads the environment while it is imported."""
    code = "import sys, localcloud.__main__, localcloud.ministack; sys.exit('ministack' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0  # noqa: S603
