# SPDX-License-Identifier: Apache-2.0
"""Whether a stack has live numbers, and this machine what they need. Nothing here imports that."""

from edgepixel.aws.stack import Stack
from edgepixel.errors import NoRawStreamError
from edgepixel.local.prerequisites import check_packages


def require_live(stack: Stack) -> None:
    """Raise NoRawStreamError, or MissingPackageError if the packages of the extra `local` are not installed."""
    require_raw_stream(stack)
    check_packages()


def require_raw_stream(stack: Stack) -> None:
    """Raise NoRawStreamError, with what is freshest instead, if the stack has no raw stream."""
    if not stack.has_realtime_logs:
        raise NoRawStreamError(
            f"{stack} has no raw stream to be live from: its parameter Source is standard. The freshest that it has "
            "are CloudFront's standard logs, usually within the hour and sometimes a day later: see `edgepixel ask "
            "recent-events`. Source=realtime has live numbers, and costs more: docs/cost.md"
        )
