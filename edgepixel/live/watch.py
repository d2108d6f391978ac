# SPDX-License-Identifier: Apache-2.0
"""Looks at a stack's raw stream again and again, and keeps what the last minutes were."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from edgepixel.aws.stack import Stack
from edgepixel.cost.prices import GB, REGION, STREAM_OUT
from edgepixel.live.available import require_raw_stream
from edgepixel.live.picture import DEFAULT_MINUTES, NOW_SECONDS, Picture, middle, picture
from edgepixel.live.rules import Judged, Rules
from edgepixel.live.stream import RawStreamReader
from edgepixel.live.window import MOST_EVENTS, Window


class Watch:
    """One stack, from now on. `rules` are the view's, if not others are given."""

    def __init__(
        self,
        stack: Stack,
        minutes: int = DEFAULT_MINUTES,
        *,
        kinesis: Any = None,
        rules: Callable[[Stack], Rules] = Rules,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Finds the stream's shards. Raises NoRawStreamError, LiveError, and what AWS raises."""
        require_raw_stream(stack)
        self._now = now
        self._stack = stack
        client = kinesis or stack.cloud.client("kinesis", attempts=1)
        self._reader = RawStreamReader(client, stack.raw_stream, minutes * 60, now=now)
        self._reader.start()
        self._rules = rules(stack)
        self._window = Window(minutes * 60, now())
        self._quarantined: Counter[str] = Counter()
        self._lines = 0
        self._dropped: tuple[float, int] | None = None

    def look(self) -> Picture:
        """Read what there is, and tell what it makes of the last minutes. Raises LiveError, and what AWS raises."""
        records = self._reader.read()
        judged = self._rules.judge(records) if records else Judged()
        now = self._now()
        self._lines += len(judged.events) + judged.uncounted + judged.quarantined.total() + judged.dropped
        self._quarantined += judged.quarantined
        if judged.dropped:
            self._dropped = now, judged.dropped + (self._dropped[1] if self._dropped else 0)
        self._window.add(judged.events, now)
        delays = self._window.delays(now - NOW_SECONDS)
        return replace(
            picture(self._window.events(), self._window.begin, now),
            delay=middle(delays),
            longest_delay=delays[-1] if delays else None,
            lines=self._lines,
            quarantined=dict(self._quarantined),
            remarks=self._remarks(now),
        )

    def seconds_to_next(self) -> float:
        """How long to wait for the next look."""
        return self._reader.seconds_to_next()

    def cost(self) -> str:
        """What reading has cost, in words."""
        size = self._reader.read_bytes
        calls = f"{self._reader.calls:,} calls of GetRecords read {size:,} bytes of log lines"
        if self._stack.cloud.local_port is not None:
            return f"{calls}, which cost nothing on this machine."
        if self._stack.parameters.get("StreamMode") == "ON_DEMAND":
            usd = size / GB * STREAM_OUT.each
            price = f"{REGION}'s price of ${STREAM_OUT.usd:.2f} a GB that leaves an on-demand stream"
            return f"{calls}: about ${usd:.4f} at {price}."
        return f"{calls}. Reading a provisioned stream costs nothing: its shards are paid for by the hour."

    def _remarks(self, now: float) -> list[str]:
        remarks = []
        skipped = sum(one.seconds for one in self._reader.skipped if one.at >= now - self._window.seconds)
        if skipped:
            share = min(1.0, skipped / (self._window.seconds * max(1, self._reader.shards)))
            remarks.append(
                f"About {max(share, 0.01):.0%} of this time was not read, so the numbers are too low: the stream has "
                "more than can be read beside its own reader."
            )
        if self._dropped and self._dropped[0] >= now - self._window.seconds:
            remarks.append(f"{self._dropped[1]:,} log lines were left out, the oldest, because they were too many.")
        if self._window.is_full:
            remarks.append(f"Only the last {MOST_EVENTS:,} events are kept.")
        if self._window.late:
            remarks.append(f"{self._window.late:,} events were older when they came, and are not in it.")
        if self._quarantined:
            reasons = ", ".join(f"{reason} {number:,}" for reason, number in self._quarantined.most_common())
            fate = "go to quarantine" if "AggregatorFunctionName" in self._stack.outputs else "are no log lines"
            remarks.append(f"{self._quarantined.total():,} lines {fate}, and are not in it: {reasons}.")
        if self._reader.slowed:
            remarks.append(f"The stream is read less often at the moment: {self._reader.slowed}.")
        return remarks
