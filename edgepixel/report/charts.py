# SPDX-License-Identifier: Apache-2.0
"""The report's charts, drawn by Vega-Lite into SVG: no script is left to run where the report is read. Pure.

Colours are CSS variables, so that the page decides about light and dark. The numbers stand in a table beside each
chart, which is its text alternative: the charts themselves are hidden from screen readers.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from itertools import count
from typing import Any

import altair as alt
import vl_convert

from edgepixel.answers.subject.periods import Period, days_of, hours_of, start_of
from edgepixel.answers.subject.steps import Span

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_FEW_DAYS = 2  # days at the most whose axis tells hours
_HOURS_APART = 6
_WITHOUT_YEAR_DAYS = 300  # at the most: a date of a longer period could be of either year
_HEIGHT = 180
_EXTENT = 40
_MANY_HOURS = 200  # that are drawn with a thinner line
_MARK_TEXTS = re.compile(r' (?:aria-label|role)="[^"]*"')

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
    numbers: Mapping[datetime, int],
    abnormal: Sequence[tuple[datetime, int]],
    unit: str,
    period: Period,
    width: int,
    annotated: Sequence[datetime] = (),
) -> str:
    """A number of each hour of the period, by its beginning, hours without any included; abnormal ones are marked.

    `annotated`: moments that have a line and, above it, their place in this order.
    """
    rows = [{"hour": _text(hour.begin), unit: numbers.get(hour.begin, 0)} for hour in hours_of(period)]
    rows += [{**rows[-1], "hour": _text(period.end)}]  # so that the last hour has a width, too
    x = _time_axis("hour", width, period)
    y = alt.Y(f"{unit}:Q", title=f"{unit} in an hour", **_counts(numbers.values(), _EXTENT))
    thickness = 1.5 if len(rows) <= _MANY_HOURS else 0.7
    area = alt.Chart(alt.InlineData(values=rows)).mark_area(
        color="var(--accent-soft)", line={"color": "var(--accent)", "strokeWidth": thickness}, interpolate="step-after"
    )
    marks = alt.Chart(
        alt.InlineData(values=[{"hour": _text(hour), unit: number} for hour, number in abnormal])
    ).mark_point(color="var(--bad)", filled=True, size=70, opacity=1)
    layers = [area.encode(x=x, y=y), marks.encode(x=x, y=y)] if abnormal else [area.encode(x=x, y=y)]
    return _svg(alt.layer(*layers, *_annotations("hour", x, annotated)), width, _HEIGHT)


@_keeping
def per_span(
    numbers: Mapping[date, int],
    spans: Sequence[Span],
    unit: str,
    period: Period,
    width: int,
    annotated: Sequence[datetime] = (),
) -> str:
    """A number of each day or week, by its first date. One that is not whole has a dashed outline.

    `annotated` is as in `per_hour`.
    """
    x = _time_axis("begin", width, period, [span.first for span in spans])
    y = alt.Y(f"{unit}:Q", title=unit, **_counts(numbers.values(), _EXTENT))
    looks: tuple[tuple[bool, dict[str, Any]], ...] = (
        (True, {}),
        (False, {"fillOpacity": 0.25, "stroke": "var(--accent)", "strokeDash": [3, 2]}),
    )
    layers = [
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(color="var(--accent)", **look)
        .encode(x=x, x2="to:T", y=y, y2=alt.datum(0))
        for is_whole, look in looks
        if (rows := [_bar(span, numbers.get(span.first, 0), unit) for span in spans if span.is_whole == is_whole])
    ]
    return _svg(alt.layer(*layers, *_annotations("begin", x, annotated)), width, _HEIGHT)


def _annotations(field: str, x: alt.X, moments: Sequence[datetime]) -> list[alt.Chart]:
    if not moments:
        return []
    rows = [{field: _text(moment), "place": f"{place}"} for place, moment in enumerate(moments, 1)]
    chart = alt.Chart(alt.InlineData(values=rows))
    line = chart.mark_rule(color="var(--ink)", strokeDash=[2, 3]).encode(x=x)
    number = chart.mark_text(color="var(--ink)", fontSize=11, dy=-7).encode(x=x, y=alt.value(0), text="place:N")
    return [line, number]


def dashed(step: str, spans: Sequence[Span]) -> str:
    """What is said below a chart of days or weeks if some are not whole."""
    if all(span.is_whole for span in spans):
        return ""
    return f" {step.capitalize()}s with a dashed outline are not whole."


def _bar(span: Span, number: int, unit: str) -> _Row:
    end = span.begin + (span.end - span.begin) * 5 / 6
    return {"begin": _text(span.begin), "to": _text(end), unit: number}


@_keeping
def bars(rows: Sequence[tuple[str, int]], title: str, width: int) -> str:
    """A bar for each row, in the rows' order, with its number at the end."""
    data = alt.InlineData(values=[{"name": name, "number": number, "text": f"{number:,}"} for name, number in rows])
    names = [name for name, _ in rows]
    y = alt.Y("name:N", title=None, sort=names, axis=alt.Axis(ticks=False, domain=False, labelLimit=width // 3))
    x = alt.X("number:Q", title=title, **_counts(number for _, number in rows))
    bar = alt.Chart(data).mark_bar(color="var(--accent)", height={"band": 0.7}).encode(x=x, y=y)
    text = alt.Chart(data).mark_text(align="left", dx=4, color="var(--ink)").encode(x=x, y=y, text="text:N")
    return _svg(bar + text, width, 26 * len(rows))


def _time_axis(field: str, width: int, period: Period, dates: Sequence[date] = ()) -> alt.X:
    """Labels stand where dates begin in the period's time zone, or an hour if there are few.

    `dates`: which of them, if not all of the period.
    """
    dates = dates or days_of(period)
    years = " %Y" if len(dates) > 1 and (dates[-1] - dates[0]).days > _WITHOUT_YEAR_DAYS else ""
    marks = [(start_of(day, period.zone), format(day, f"%-d %b{years}")) for day in dates]
    if field == "hour" and len(dates) <= _FEW_DAYS:
        hours = hours_of(period)
        marks = [(hour.begin, f"{hour.shown:%H:%M}") for hour in hours if hour.shown.hour % _HOURS_APART == 0]
    shown = marks[:: -(-len(marks) // max(1, width // (140 if years else 100)))]
    labels = json.dumps({f"{round(moment.timestamp() * 1000)}": text for moment, text in shown})
    axis = alt.Axis(
        labelFlush=True,
        labelOverlap=True,
        values=[_text(moment) for moment, _ in shown],
        labelExpr=f"{labels}[toString(time(datum.value))]",
    )
    return alt.X(f"{field}:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def _counts(numbers: Iterable[int], extent: int = 0) -> dict[str, Any]:
    """An axis from 0 in whole steps of 1, 2 or 5 and their tenfolds, at most four. Vega's own has halves, too.

    `extent`: pixels at the least for its labels, so that charts below each other have their times below each other.
    """
    most = max(numbers, default=0) or 1
    step = next(one for one in (first * 10**tens for tens in count() for first in (1, 2, 5)) if 4 * one >= most)
    top = -(-most // step) * step
    return {
        "axis": alt.Axis(format=",d", values=list(range(0, top + 1, step)), minExtent=extent),
        "scale": alt.Scale(domain=[0, top], nice=False, padding=0),
    }


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
    # What each mark is called is half of a chart's text, and nobody hears it.
    return _MARK_TEXTS.sub("", svg).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_TIME)
