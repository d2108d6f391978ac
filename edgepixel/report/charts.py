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

type _Row = Mapping[str, str | int]
type _Spec = Mapping[str, Any]
"""A part of a specification: https://vega.github.io/vega-lite/docs/spec.html."""

_CONFIGURATION: _Spec = {
    "background": "transparent",
    "font": "inherit",
    "view": {"stroke": None},
    "axis": {
        "domainColor": "var(--line)",
        "gridColor": "var(--line)",
        "labelColor": "var(--ink)",
        "labelFontSize": 11,
        "tickColor": "var(--line)",
        "titleColor": "var(--muted)",
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
}

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


def forget_drawn() -> None:
    """Draw every chart anew, as for numbers that nobody has seen yet."""
    _kept.clear()


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
    rows: list[_Row] = [{"hour": _text(hour.begin), unit: numbers.get(hour.begin, 0)} for hour in hours_of(period)]
    rows += [{**rows[-1], "hour": _text(period.end)}]  # so that the last hour has a width, too
    x = _time_axis("hour", width, period)
    y = _count_axis(unit, f"{unit} in an hour", numbers.values(), _EXTENT)
    line = {"color": "var(--accent)", "strokeWidth": 1.5 if len(rows) <= _MANY_HOURS else 0.7}
    area = {"type": "area", "color": "var(--accent-soft)", "interpolate": "step-after", "line": line}
    point = {"type": "point", "color": "var(--bad)", "filled": True, "opacity": 1, "size": 70}
    marked: list[_Row] = [{"hour": _text(hour), unit: number} for hour, number in abnormal]
    layers = [_layer(rows, area, x=x, y=y), *([_layer(marked, point, x=x, y=y)] if marked else [])]
    return _svg([*layers, *_annotations("hour", x, annotated)], width, _HEIGHT)


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
    y = _count_axis(unit, unit, numbers.values(), _EXTENT)
    whole = {"type": "rect", "color": "var(--accent)"}
    part = {**whole, "fillOpacity": 0.25, "stroke": "var(--accent)", "strokeDash": [3, 2]}
    layers = [
        _layer(rows, mark, x=x, x2={"field": "to"}, y=y, y2={"datum": 0})
        for is_whole, mark in ((True, whole), (False, part))
        if (rows := [_bar(span, numbers.get(span.first, 0), unit) for span in spans if span.is_whole == is_whole])
    ]
    return _svg([*layers, *_annotations("begin", x, annotated)], width, _HEIGHT)


def _annotations(field: str, x: _Spec, moments: Sequence[datetime]) -> list[_Spec]:
    if not moments:
        return []
    rows: list[_Row] = [{field: _text(moment), "place": f"{place}"} for place, moment in enumerate(moments, 1)]
    line = {"type": "rule", "color": "var(--ink)", "strokeDash": [2, 3]}
    number = {"type": "text", "color": "var(--ink)", "dy": -7, "fontSize": 11}
    return [_layer(rows, line, x=x), _layer(rows, number, x=x, y={"value": 0}, text=_named("place"))]


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
    data: list[_Row] = [{"name": name, "number": number, "text": f"{number:,}"} for name, number in rows]
    axis = {"domain": False, "labelLimit": width // 3, "ticks": False}
    y = {**_named("name"), "axis": axis, "sort": [name for name, _ in rows], "title": None}
    x = _count_axis("number", title, [number for _, number in rows])
    bar = {"type": "bar", "color": "var(--accent)", "height": {"band": 0.7}}
    text = {"type": "text", "align": "left", "color": "var(--ink)", "dx": 4}
    layers = _layer(data, bar, x=x, y=y), _layer(data, text, x=x, y=y, text=_named("text"))
    return _svg(layers, width, 26 * len(rows))


def _layer(rows: Sequence[_Row], mark: _Spec, **encoding: _Spec) -> _Spec:
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _named(field: str) -> _Spec:
    return {"field": field, "type": "nominal"}


def _time_axis(field: str, width: int, period: Period, dates: Sequence[date] = ()) -> _Spec:
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
    axis = {
        "labelExpr": f"{labels}[toString(time(datum.value))]",
        "labelFlush": True,
        "labelOverlap": True,
        "values": [_text(moment) for moment, _ in shown],
    }
    return {"field": field, "type": "temporal", "axis": axis, "scale": {"type": "utc"}, "title": None}


def _count_axis(field: str, title: str, numbers: Iterable[int], extent: int = 0) -> _Spec:
    """An axis from 0 in whole steps of 1, 2 or 5 and their tenfolds, at most four. Vega's own has halves, too.

    `extent`: pixels at the least for its labels, so that charts below each other have their times below each other.
    """
    most = max(numbers, default=0) or 1
    step = next(one for one in (first * 10**tens for tens in count() for first in (1, 2, 5)) if 4 * one >= most)
    top = -(-most // step) * step
    return {
        "field": field,
        "type": "quantitative",
        "axis": {"format": ",d", "minExtent": extent, "values": list(range(0, top + 1, step))},
        "scale": {"domain": [0, top], "nice": False, "padding": 0},
        "title": title,
    }


def _svg(layers: Sequence[_Spec], width: int, height: int) -> str:
    spec = {"config": _CONFIGURATION, "layer": list(layers), "width": width - 70, "height": height}
    svg: str = vl_convert.vegalite_to_svg(spec)
    # What each mark is called is half of a chart's text, and nobody hears it.
    return _MARK_TEXTS.sub("", svg).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_TIME)
