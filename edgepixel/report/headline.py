# SPDX-License-Identifier: Apache-2.0
"""The report's first numbers, and how they changed against the period before. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A number with its name. `before` is the same of the period before, None if it is not known.

    `note` is said in place of the change.
    """

    name: str
    text: str
    now: float
    before: float | None
    note: str = ""

    @property
    def change(self) -> str:
        """In words: `+12.3 %`, `no change`, or that there is nothing to compare with."""
        if self.note:
            return self.note
        if self.before is None:
            return "no data before"
        if self.now == self.before:
            return "no change"
        if self.before == 0:
            return "none before"
        percent = 100 * (self.now - self.before) / abs(self.before)
        return f"{percent:+,.1f} %".replace("-", "\N{MINUS SIGN}")
