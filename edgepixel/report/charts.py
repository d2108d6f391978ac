# SPDX-License-Identifier: Apache-2.0
"""The report's charts, drawn by Vega-Lite into SVG: no script is left to run where the report is read. Pure.

Colours are CSS variables, so that the page decides about light and dark. The numbers stand in a table beside each
chart, which is its text alternative: the charts themselves are hidden from screen readers.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import altair as alt
import vl_convert

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_HOUR = timedelta(hours=1)


def per_hour(
    events: Mapping[datetime, int], abnormal: Sequence[tuple[datetime, int]], begin: datetime, end: datetime, width: int
) -> str:
    """Events in each hour of the period, hours without any included, with the abnormal ones marked."""
    first = begin.replace(minute=0, second=0, microsecond=0)
    hours = [first + _HOUR * number for number in range(int((end - first) / _HOUR) + 1)]
    rows = [{"hour": _text(hour), "events": events.get(hour, 0)} for hour in hours]
    x, y = _time_axis("hour", width), alt.Y("events:Q", title="events in an hour", axis=_counts())
    area = alt.Chart(alt.InlineData(values=rows)).mark_area(
        color="var(--accent-soft)", line={"color": "var(--accent)", "strokeWidth": 1.5}, interpolate="step-after"
    )
    marks = alt.Chart(
        alt.InlineData(values=[{"hour": _text(hour), "events": number} for hour, number in abnormal])
    ).mark_point(color="var(--bad)", filled=True, size=70, opacity=1)
    layers = [area.encode(x=x, y=y), marks.encode(x=x, y=y)] if abnormal else [area.encode(x=x, y=y)]
    return _svg(alt.layer(*layers), width, 200)


def per_day(visitors: Mapping[datetime, int], begin: datetime, end: datetime, width: int) -> str:
    """Visitors of each day of the period, days without any included."""
    first = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [first + timedelta(days=number) for number in range((end - first).days + 1)]
    rows = [
        {"day": _text(day), "to": _text(day + timedelta(hours=20)), "visitors": visitors.get(day, 0)} for day in days
    ]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(color="var(--accent)")
        .encode(
            x=_time_axis("day", width),
            x2="to:T",
            y=alt.Y("visitors:Q", title="visitors", axis=_counts(), scale=alt.Scale(zero=True)),
            y2=alt.datum(0),
        )
    )
    return _svg(chart, width, 160)


def bars(rows: Sequence[tuple[str, int]], title: str, width: int) -> str:
    """A bar for each row, in the rows' order, with its number at the end."""
    data = alt.InlineData(values=[{"name": name, "number": number, "text": f"{number:,}"} for name, number in rows])
    names = [name for name, _ in rows]
    y = alt.Y("name:N", title=None, sort=names, axis=alt.Axis(ticks=False, domain=False, labelLimit=width // 3))
    x = alt.X("number:Q", title=title, axis=_counts(), scale=alt.Scale(padding=0, nice=True))
    bar = alt.Chart(data).mark_bar(color="var(--accent)", height={"band": 0.7}).encode(x=x, y=y)
    text = alt.Chart(data).mark_text(align="left", dx=4, color="var(--ink)").encode(x=x, y=y, text="text:N")
    return _svg(bar + text, width, 26 * len(rows))


def _time_axis(field: str, width: int) -> alt.X:
    axis = alt.Axis(labelFlush=True, tickCount=width // 100, labelOverlap=True, format="%-d %b")
    return alt.X(f"{field}:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def _counts() -> alt.Axis:
    return alt.Axis(format=",d", tickMinStep=1, tickCount=4)


def _svg(chart: Any, width: int, height: int) -> str:
    spec = (
        chart.properties(width=width - 70, height=height)
        .configure(background="transparent", font="inherit")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="var(--ink)", titleColor="var(--muted)", gridColor="var(--line)", domainColor="var(--line)",
            tickColor="var(--line)", titleFontWeight="normal", labelFontSize=11, titleFontSize=11,
        )
        .to_dict()
    )  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_TIME)
