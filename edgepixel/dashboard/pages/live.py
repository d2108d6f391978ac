# SPDX-License-Identifier: Apache-2.0
"""The page of live numbers, from a picture of `edgepixel.live`. Pure."""

from zoneinfo import ZoneInfo

from edgepixel.answers.shown import in_words
from edgepixel.answers.subject.conditions import DEFAULT_TIME_ZONE
from edgepixel.aws.stack import Stack
from edgepixel.console.table import shown
from edgepixel.dashboard.address import Address
from edgepixel.dashboard.pages.parts import rendered, title
from edgepixel.live.display import clock, delay_words, most, rankings
from edgepixel.live.picture import NOW_SECONDS, Picture

RENEWED_SECONDS = 4
_MOST_ROWS = 15


def live(stack: Stack, picture: Picture | None, address: Address, *, is_renewed: bool) -> str:
    """The page. Without a picture it says that the first one is on its way. Rows lead to the dashboard of `address`."""
    zone = ZoneInfo(stack.parameters.get("TimeZone") or DEFAULT_TIME_ZONE)
    found = [] if picture is None else list(rankings(picture))
    return rendered(
        "live.html.j2",
        stack=stack,
        picture=picture,
        address=address,
        is_renewed=is_renewed,
        seconds=RENEWED_SECONDS,
        now_minutes=NOW_SECONDS // 60,
        clock=lambda seconds: clock(seconds, zone),
        delay=picture and delay_words(picture),
        most=picture and most(picture.minutes),
        rankings=[(column, rows[:_MOST_ROWS]) for column, rows in found],
        shown=lambda name, column: in_words(name) if column == "channel" else shown(name, column),
        title=title,
    )
