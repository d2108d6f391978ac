# SPDX-License-Identifier: Apache-2.0
"""How many of the hits are logged, as the hit counter measured it last. Worth knowing, and no failure of a stage."""

from operator import itemgetter

from edgepixel.doctor.facts.said import Said, part

NAMESPACE, METRIC, DIMENSIONS = "EdgePixel/{stack}", "Coverage", {"service": "hit_counter"}
HOURS = 48
"""How far back a measurement is looked for: it is made once a day."""


def note(measured: Said) -> str | None:
    """What GetMetricStatistics says of the metric in hours. None if nothing was measured yet, or AWS did not tell.

    Nothing is measured of a day with fewer than 1,000 hits, and before the first morning.
    """
    points = part(measured, "Datapoints")
    if not points:
        return None
    last = max(points, key=itemgetter("Timestamp"))
    return (
        f"Coverage: {last['Minimum']:.2f} % of a day's hits were logged, as measured on {last['Timestamp']:%Y-%m-%d}. "
        "edgepixel ask coverage has days and hours."
    )
