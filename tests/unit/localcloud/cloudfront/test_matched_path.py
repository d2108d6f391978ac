# SPDX-License-Identifier: Apache-2.0
"""Which path the edge compares with path patterns."""

import pytest

from localcloud.cloudfront.cache_behaviors import matched_path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/pixel.gif", "/pixel.gif"),
        ("/%70ixel%2egif", "/pixel.gif"),
        ("//pixel.gif", "/pixel.gif"),
        ("/./pixel.gif", "/pixel.gif"),
        ("/x/../pixel.gif", "/pixel.gif"),
        ("/x/%2e%2E/pixel.gif", "/pixel.gif"),
        ("/../pixel.gif", "/pixel.gif"),
        ("/pixel.gif/", "/pixel.gif/"),
        ("/pixel.gif/..", "/"),
        ("/a/b/..", "/a/"),
        ("/a/b/.", "/a/b/"),
        ("/pixel.gif%0a", "/pixel.gif%0A"),
        ("/pixel.gif%2f", "/pixel.gif%2F"),
        ("/pixel.gif%00", "/pixel.gif%00"),
        ("/pixel.gif%zz%2", "/pixel.gif%zz%2"),
        ("/", "/"),
        ("", "/"),
    ],
)
def test_paths_that_mean_the_same_match_the_same(uri: str, path: str) -> None:
    assert matched_path(uri) == path
