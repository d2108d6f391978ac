# SPDX-License-Identifier: Apache-2.0
"""A short fuzz in every run of the tests, the same for the same code. `make fuzz` goes on for longer."""

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUNS = 20_000  # a few seconds


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),  # as requirements/dev.in says
    reason="atheris has no package for this platform",
)
def test_no_record_breaks_what_must_hold(tmp_path: Path) -> None:
    found, fresh = tmp_path / "found", tmp_path / "fresh"
    for folder in (found, fresh):
        folder.mkdir()
    result = subprocess.run(  # noqa: S603
        [
            sys.executable,
            HERE / "fuzz_records.py",
            fresh,
            HERE / "corpus",
            "-seed=1",
            f"-runs={RUNS}",
            f"-artifact_prefix={found}/",
        ],
        capture_output=True,
        text=True,
        timeout=2400,
        check=False,
    )
    inputs = {path.name: path.read_bytes() for path in found.iterdir()}
    assert result.returncode == 0, f"found {inputs}\n{result.stderr[-3000:]}"
    # Without instrumentation it would fuzz blindly: then nothing that was tried would ever count as new.
    features = [int(number) for number in re.findall(r"ft: (\d+)", result.stderr)]
    assert features[-1] > 1.3 * features[0], result.stderr[-3000:]
