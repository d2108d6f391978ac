# SPDX-License-Identifier: Apache-2.0
"""Files that come late or twice when a test wants them to."""

import pytest

from localcloud.cloudfront.standard_logs.disorder import Disorder, DisorderError


@pytest.mark.parametrize(
    ("words", "periods", "copies"),
    [
        ("", [1, 1, 1, 1], 1),
        ("late", [1, 10, 1, 10], 1),
        ("repeated", [1, 1, 1, 1], 2),
        ("late, repeated", [1, 10, 1, 10], 2),
    ],
)
def test_words(words: str, periods: list[int], copies: int) -> None:
    disorder = Disorder(words)
    assert ([disorder.periods() for _ in range(4)], disorder.copies()) == (periods, copies)


def test_other_words_are_refused() -> None:
    with pytest.raises(DisorderError, match="LOCALCLOUD_STANDARD_LOGS may be late, repeated, or both, not lost"):
        Disorder("late,lost")
