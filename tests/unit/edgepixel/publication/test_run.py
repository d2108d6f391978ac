# SPDX-License-Identifier: Apache-2.0
"""Publication for real: what is missing is told before anything is built."""

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from edgepixel.errors import PublicationError
from edgepixel.publication.run import Publication, run_publication


@pytest.mark.parametrize(
    ("bucket", "problem"), [(None, "name the bucket for the artifacts"), ("mine", "choose the Region of the bucket")]
)
def test_bucket_and_region_are_asked_for_before_anything_is_built(
    bucket: str | None, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    wanted = Publication(bucket, region=None, source_code_url=None, for_real=True)
    with pytest.raises(PublicationError, match=problem):
        run_publication(wanted, Console(file=io.StringIO()), tmp_path)
    assert list(tmp_path.iterdir()) == []
