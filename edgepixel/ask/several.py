# SPDX-License-Identifier: Apache-2.0
"""Runs several queries beside each other."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from edgepixel.ask.athena import run_query
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Table

QUERIES_AT_A_TIME = 4  # Athena runs twenty or more of an account; some are left for others


def run_queries(stack: Stack, texts: Sequence[str], progress: Callable[[int], None] = lambda _: None) -> list[Table]:
    """The result of each query, in their order. `progress` is told how many have ended.

    Raises what running one of them raises, after all have ended.
    """
    with ThreadPoolExecutor(QUERIES_AT_A_TIME) as pool:
        asked = [pool.submit(run_query, stack, text) for text in texts]
        for number, _ in enumerate(as_completed(asked), start=1):
            progress(number)
    return [one.result() for one in asked]
