# SPDX-License-Identifier: Apache-2.0
"""How long one view takes per line compared with another: the ratio of their times, asked by turns in one run."""

import time
from collections.abc import Mapping
from typing import Any

from benchmarks.lakes.raw import NOW, objects
from localcloud.in_process_lake import empty_lake, fill_lake, run_query

_SQL = "SELECT traffic, traffic_reason, browser, os, device, count(*) AS events FROM events GROUP BY 1, 2, 3, 4, 5"
_TURNS = 5


def ratio(before: Mapping[str, Any], after: Mapping[str, Any], events: int = 100_000) -> float:
    """The processor time of `after` per line, divided by that of `before`.

    What a query takes before its first line (its parsing, the patterns) is measured on one object and left out. The
    best of several turns counts: others use the machine, too.
    """
    lake = dict(objects(events).items())
    first = min(lake, key=lambda key: len(lake[key]))
    few = {first: lake[first]}
    best: dict[tuple[int, bool], float] = {}
    for turn in range(_TURNS):
        for template in (before, after) if turn % 2 else (after, before):
            for whole, held in ((False, few), (True, lake)):
                key = id(template), whole
                best[key] = min(best.get(key, float("inf")), _seconds(template, held))
    return (best[id(after), True] - best[id(after), False]) / (best[id(before), True] - best[id(before), False])


def _seconds(template: Mapping[str, Any], lake: Mapping[str, bytes]) -> float:
    fill_lake(template, lake)
    started = time.process_time()
    run_query(_SQL, NOW)
    elapsed = time.process_time() - started
    empty_lake()
    return elapsed
