# SPDX-License-Identifier: Apache-2.0
"""What a kind of resource returns when it has done what was requested."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def nothing_to_undo() -> None:
    """For an outcome that made nothing new."""


@dataclass(frozen=True)
class Outcome:
    """A resource that is as requested.

    `data` are the attributes for Fn::GetAtt. `undo` removes what this very request made, for
    the case that CloudFormation cannot be told of it; what existed before is never changed.
    """

    physical_id: str
    data: Mapping[str, str] = field(default_factory=dict)
    undo: Callable[[], None] = nothing_to_undo
