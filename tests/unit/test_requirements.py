# SPDX-License-Identifier: Apache-2.0
"""One lock: each function ships versions that development tests with."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import FUNCTIONS, ROOT


def _pins(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Package -> (version, hashes) of a compiled requirements file."""
    pins = {}
    for block in re.split(r"\n(?=\S)", path.read_text()):
        if match := re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", block):
            pins[match[1]] = (match[2], frozenset(re.findall(r"--hash=(\S+)", block)))
    return pins


@pytest.mark.parametrize("function", sorted(path.name for path in FUNCTIONS.iterdir() if path.is_dir()))
def test_function_requirements_are_a_hashed_subset_of_the_lock(function: str) -> None:
    lock = _pins(ROOT / "requirements" / "dev.txt")
    own = _pins(FUNCTIONS / function / "requirements.txt")
    assert "aws-lambda-powertools" in own
    for package, (version, hashes) in own.items():
        assert hashes, package
        assert version == lock[package][0], package
        assert hashes <= lock[package][1], package


def test_the_lock_holds_what_the_command_line_needs_in_versions_that_it_takes() -> None:
    lock = _pins(ROOT / "requirements" / "dev.txt")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    texts = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["local"],
    ]
    needed = [Requirement(text) for text in texts]
    assert [str(one) for one in needed if not one.specifier.contains(lock[one.name][0])] == []


def test_no_lock_names_a_package_index() -> None:
    for path in [*(ROOT / "requirements").glob("*.txt"), *FUNCTIONS.glob("*/requirements.txt")]:
        assert "://" not in path.read_text(), path


def test_the_lock_of_node_s_packages_names_hashes_and_no_address() -> None:
    lock = json.loads((ROOT / "tests" / "kpl" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert "node_modules/aws-kinesis-agg" in packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
