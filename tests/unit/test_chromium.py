# SPDX-License-Identifier: Apache-2.0
"""The browser of the end-to-end tests is found, or missed out loud."""

from pathlib import Path

import pytest

from tests.e2e.browser import chromium


def test_without_chromium_continuous_integration_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="package `chromium`"):
        chromium.executable()


def test_without_chromium_a_developer_is_told_why_tests_are_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="package `chromium`"):
        chromium.executable()


def test_chromium_is_found_by_any_of_its_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program = tmp_path / chromium.NAMES[-1]
    program.touch(mode=0o755)
    assert chromium.executable() == str(program)
