# SPDX-License-Identifier: Apache-2.0
"""A log line that says nothing but which user agent requested the image."""

from collections.abc import Sequence
from datetime import datetime

from localcloud.cloudfront.log_line import format_line


def user_agent_line(user_agent: str, moment: datetime, fields: Sequence[str]) -> bytes:
    """The line, without its end, of a hit at that moment. `user_agent` is as a browser sends it, not encoded."""
    values = {
        "timestamp": f"{moment.timestamp():.3f}",
        "sc-status": "200",
        "cs-method": "GET",
        "cs-user-agent": user_agent,
    }
    return format_line(values, fields).encode("ascii").removesuffix(b"\n")
