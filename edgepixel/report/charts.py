# SPDX-License-Identifier: Apache-2.0
"""The report's charts, drawn by Vega-Lite into SVG: no script is left to run where the report is read. Pure.

Colours are CSS variables, so that the page decides about light and dark. The numbers stand in a table beside each
chart, which is its text alternative: the charts themselves are hidden from screen readers.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any

import altair as alt
import vl_convert

from edgepixel.answers.periods import Period, days_of, hours_of, start_of

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_FEW_DAYS = 2  # days at the most whose axis tells hours
_HOURS_APART = 6

type _Row = dict[str, str | int]

_MOST_KEPT = 128
_kept: dict[str, str] = {}


def _keeping[**P](draw: Callable[P, str]) -> Callable[P, str]:
    """The same chart is drawn once: to draw one takes a tenth of a second, and pages are looked at again."""

    @wraps(draw)
    def kept(*args: P.args, **kwargs: P.kwargs) -> str:
        numbers = repr((draw.__name__, args, sorted(kwargs.items())))
        found = _kept.get(numbers)
        if found is None:
            found = draw(*args, **kwargs)
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            _kept[numbers] = found
        return found

    return kept


@_keeping
def per_hour(
    events: Mapping[datetime, int],
    abnormal: Sequence[tuple[datetime, int]],
    begin: datetime,
    end: datetime,
    width: int,
    time_zone: str = "UTC",
) -> str:
    """Events in each hour of the period, by its beginning, hours without any included; the abnormal ones are marked."""
    period = Period(begin, end, time_zone)
    rows = [{"hour": _text(hour.begin), "events": events.get(hour.begin, 0)} for hour in hours_of(period)]
    rows += [{**rows[-1], "hour": _text(end)}]  # so that the last hour has a width, too
    x, y = _time_axis("hour", width, period), alt.Y("events:Q", title="events in an hour", axis=_counts())
    area = alt.Chart(alt.InlineData(values=rows)).mark_area(
        color="var(--accent-soft)", line={"color": "var(--accent)", "strokeWidth": 1.5}, interpolate="step-after"
    )
    marks = alt.Chart(
        alt.InlineData(values=[{"hour": _text(hour), "events": number} for hour, number in abnormal])
    ).mark_point(color="var(--bad)", filled=True, size=70, opacity=1)
    layers = [area.encode(x=x, y=y), marks.encode(x=x, y=y)] if abnormal else [area.encode(x=x, y=y)]
    return _svg(alt.layer(*layers), width, 200)


@_keeping
def per_day(visitors: Mapping[date, int], period: Period, width: int) -> str:
    """Visitors of each day of the period, days without any included. A day that is not whole has a dashed outline."""
    partial = period.partial_days()
    whole, parts = (
        [_bar(day, visitors, period) for day in days_of(period) if (day in partial) is is_part]
        for is_part in (False, True)
    )
    x = _time_axis("day", width, period)
    y = alt.Y("visitors:Q", title="visitors", axis=_counts(), scale=alt.Scale(zero=True))
    looks: tuple[tuple[list[_Row], dict[str, Any]], ...] = (
        (whole, {}),
        (parts, {"fillOpacity": 0.25, "stroke": "var(--accent)", "strokeDash": [3, 2]}),
    )
    layers = [
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(color="var(--accent)", **look)
        .encode(x=x, x2="to:T", y=y, y2=alt.datum(0))
        for rows, look in looks
        if rows
    ]
    return _svg(alt.layer(*layers), width, 160)


def _bar(day: date, visitors: Mapping[date, int], period: Period) -> _Row:
    begin, end = start_of(day, period.zone), start_of(day + timedelta(days=1), period.zone)
    return {"day": _text(begin), "to": _text(begin + (end - begin) * 5 / 6), "visitors": visitors.get(day, 0)}


@_keeping
def bars(rows: Sequence[tuple[str, int]], title: str, width: int) -> str:
    """A bar for each row, in the rows' order, with its number at the end."""
    data = alt.InlineData(values=[{"name": name, "number": number, "text": f"{number:,}"} for name, number in rows])
    names = [name for name, _ in rows]
    y = alt.Y("name:N", title=None, sort=names, axis=alt.Axis(ticks=False, domain=False, labelLimit=width // 3))
    x = alt.X("number:Q", title=title, axis=_counts(), scale=alt.Scale(padding=0, nice=True))
    bar = alt.Chart(data).mark_bar(color="var(--accent)", height={"band": 0.7}).encode(x=x, y=y)
    text = alt.Chart(data).mark_text(align="left", dx=4, color="var(--ink)").encode(x=x, y=y, text="text:N")
    return _svg(bar + text, width, 26 * len(rows))


def _time_axis(field: str, width: int, period: Period) -> alt.X:
    """Labels stand where a day of the period's time zone begins, or an hour if there are few days."""
    days = {start_of(day, period.zone): f"{day:%-d %b}" for day in days_of(period)}
    hours = {hour.begin: f"{hour.shown:%H:%M}" for hour in hours_of(period) if hour.shown.hour % _HOURS_APART == 0}
    marks = list((days if len(days) > _FEW_DAYS else hours).items())
    shown = marks[:: -(-len(marks) // max(1, width // 100))]
    labels = json.dumps({f"{round(moment.timestamp() * 1000)}": text for moment, text in shown})
    axis = alt.Axis(
        labelFlush=True,
        labelOverlap=True,
        values=[_text(moment) for moment, _ in shown],
        labelExpr=f"{labels}[toString(time(datum.value))]",
    )
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
