# SPDX-License-Identifier: Apache-2.0
"""What somebody probably meant."""

import pytest

from edgepixel.suggestion import did_you_mean


@pytest.mark.parametrize(
    ("written", "said"),
    [("referers", " Did you mean 'referrers'?"), ("PIXELPATH", " Did you mean 'PixelPath'?"), ("xyz", ""), ("", "")],
)
def test_only_a_near_name_is_suggested(written: str, said: str) -> None:
    assert did_you_mean(written, ["referrers", "pages", "PixelPath"]) == said
    assert did_you_mean(written, []) == ""
