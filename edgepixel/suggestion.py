# SPDX-License-Identifier: Apache-2.0
"""What somebody probably meant who wrote a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A question with the nearest of the names, after a space; empty if none is near."""
    by_small_letters = {known.lower(): known for known in names}
    found = get_close_matches(name.lower(), by_small_letters, n=1)
    return f" Did you mean {by_small_letters[found[0]]!r}?" if found else ""
