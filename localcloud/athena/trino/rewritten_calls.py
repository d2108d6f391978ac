# SPDX-License-Identifier: Apache-2.0
"""Calls that are rewritten because a macro cannot do it: those with lambdas, formats, units and patterns."""

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from localcloud.athena.trino.errors import QueryError, not_supported
from localcloud.athena.trino.time_zones import TIME_ZONES

# MySQL's date patterns, which Trino takes, as strftime's. The rest Trino refuses, or nobody needs.
_PATTERNS = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "f": "%f", "H": "%H", "h": "%I", "I": "%I", "i": "%M",
    "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p", "r": "%I:%M:%S %p", "S": "%S", "s": "%S",
    "T": "%H:%M:%S", "v": "%V", "W": "%A", "x": "%G", "Y": "%Y", "y": "%y", "%": "%%",
}  # fmt: skip
_PARSED = frozenset("dHiMmSsTY")
_UNITS = frozenset(("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"))
_JSON_PATH = re.compile(r"\$(?:\.[A-Za-z_]\w*|\[\d+\])*")
_SPECIFIER = re.compile(r"%(?:%|s|(0?)(\d*)d)")

type _Arguments = Sequence[exp.Expr]


def function(name: str, *arguments: exp.Expr | None) -> exp.Anonymous:
    """A call of a DuckDB function or macro; arguments that are not there are left out."""
    return exp.Anonymous(this=name, expressions=[a.copy() for a in arguments if a is not None])


def _literal(arguments: _Arguments, position: int) -> str:
    argument = arguments[position]
    if not isinstance(argument, exp.Literal) or not argument.is_string:
        raise ValueError("not a text literal")
    return str(argument.this)


def _count(arguments: _Arguments, *counts: int) -> None:
    if len(arguments) not in counts:
        raise ValueError("wrong number of arguments")


def _with_lambda(outer: str, inner: str = "list_transform") -> Callable[[_Arguments], exp.Expr]:
    def call(arguments: _Arguments) -> exp.Expr:
        array, condition = arguments
        mapped = function(inner, array, condition)
        return function(outer, mapped) if outer else mapped

    return call


def _reduce(arguments: _Arguments) -> exp.Expr:
    array, state, step, end = arguments
    reduced = exp.Array(expressions=[function("list_reduce", array, step, state)])
    ended = function("list_extract", function("list_transform", reduced, end), exp.Literal.number(1))
    no_array = exp.Is(this=array.copy(), expression=exp.Null())
    return exp.Case(ifs=[exp.If(this=no_array, true=exp.Null())], default=ended)


def _pattern(mysql: str, allowed: frozenset[str]) -> exp.Expr:
    pieces = re.findall(r"%(.)|([^%]+)", mysql, re.DOTALL)
    if mysql.count("%") != sum(len(key) + (key == "%") for key, _ in pieces) or not all(
        text or key in allowed for key, text in pieces
    ):
        raise ValueError("unknown pattern")
    return exp.Literal.string("".join(text or _PATTERNS[key] for key, text in pieces))


def _date_format(arguments: _Arguments) -> exp.Expr:
    _count(arguments, 2)
    return function("trino_date_format", arguments[0], _pattern(_literal(arguments, 1), frozenset(_PATTERNS)))


def _date_parse(arguments: _Arguments) -> exp.Expr:
    _count(arguments, 2)
    return function("trino_date_parse", arguments[0], _pattern(_literal(arguments, 1), _PARSED))


def _with_unit(name: str, count: int) -> Callable[[_Arguments], exp.Expr]:
    def call(arguments: _Arguments) -> exp.Expr:
        _count(arguments, count)
        unit = _literal(arguments, 0).lower()
        if unit not in _UNITS:
            raise ValueError("unknown unit")
        return function(f"trino_{name}", exp.Literal.string(unit), *arguments[1:])

    return call


def at_zone(moment: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """A moment as the clocks of a time zone show it. Raises QueryError for a zone that Athena does not know."""
    return function("trino__at_utc", moment) if _is_utc(zone) else function("trino__at_zone", moment, zone)


def with_zone(time: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """The moment at which the clocks of a time zone show a time. Raises QueryError for a zone that is not known."""
    return function("trino__with_utc", time) if _is_utc(zone) else function("trino__with_zone", time, zone)


def _is_utc(zone: exp.Expr) -> bool:
    if not isinstance(zone, exp.Literal) or not zone.is_string:
        raise not_supported(f"the time zone {zone.sql('trino')}, only the name of one")
    if str(zone.this).upper() in ("UTC", "Z", "+00:00"):
        return True
    if zone.this not in TIME_ZONES:
        raise QueryError(f"INVALID_FUNCTION_ARGUMENT: '{zone.this}' is not a valid time zone")
    return False


def _of_zone(call: Callable[[exp.Expr, exp.Expr], exp.Expr]) -> Callable[[_Arguments], exp.Expr]:
    def with_both(arguments: _Arguments) -> exp.Expr:
        _count(arguments, 2)
        return call(arguments[0], arguments[1])

    return with_both


def _regexp_replace(arguments: _Arguments) -> exp.Expr:
    """All matches. Java's $1 is RE2's \\1, Java's \\$ a dollar sign."""
    _count(arguments, 2, 3)
    java = _literal(arguments, 2) if len(arguments) == 3 else ""
    pieces = re.findall(r"\\(.)|\$(\d)(?!\d)|([^\\$]+)", java, re.DOTALL)
    if sum(len(plain) or 2 for _, _, plain in pieces) != len(java):
        raise ValueError("unknown replacement")
    re2 = "".join(
        f"\\{group}" if group else (escaped + plain).replace("\\", "\\\\") for escaped, group, plain in pieces
    )
    return function("regexp_replace", *arguments[:2], exp.Literal.string(re2), exp.Literal.string("g"))


def _replace(arguments: _Arguments) -> exp.Expr:
    """DuckDB's own, if it is known that something is looked for."""
    _count(arguments, 2, 3)
    search = arguments[1]
    if isinstance(search, exp.Literal) and search.is_string and search.this:
        return function("replace", *arguments, *([] if arguments[2:] else [exp.Literal.string("")]))
    return function("trino_replace", *arguments)


def _json_extract_scalar(arguments: _Arguments) -> exp.Expr:
    _count(arguments, 2)
    if not _JSON_PATH.fullmatch(_literal(arguments, 1)):
        raise ValueError("unknown path")
    return function("trino_json_extract_scalar", *arguments)


def _format(arguments: _Arguments) -> exp.Expr:
    """%s, %d, %5d, %05d and %%. Java writes NULL as null."""
    pattern = _literal(arguments, 0)
    specifiers = [match for match in _SPECIFIER.finditer(pattern) if match[0] != "%%"]
    if "%" in _SPECIFIER.sub("", pattern) or len(specifiers) != len(arguments) - 1:
        raise ValueError("unknown format")
    texts = [
        function("trino__varchar", value)
        if match[0] == "%s"
        else function("printf", exp.Literal.string(match[0]), exp.cast(value.copy(), exp.DType.BIGINT))
        for match, value in zip(specifiers, arguments[1:], strict=True)
    ]
    shown = [exp.Coalesce(this=text, expressions=[exp.Literal.string("null")]) for text in texts]
    return function("printf", exp.Literal.string(_SPECIFIER.sub(_as_text, pattern)), *shown)


def _as_text(specifier: re.Match[str]) -> str:
    return "%%" if specifier[0] == "%%" else "%s"


CALLS: dict[str, Callable[[_Arguments], exp.Expr]] = {
    "all_match": _with_lambda("trino__all"),
    "any_match": _with_lambda("trino__any"),
    "at_timezone": _of_zone(at_zone),
    "date_add": _with_unit("date_add", 3),
    "date_diff": _with_unit("date_diff", 3),
    "date_format": _date_format,
    "date_parse": _date_parse,
    "date_trunc": _with_unit("date_trunc", 2),
    "filter": _with_lambda("", "list_filter"),
    "format": _format,
    "json_extract_scalar": _json_extract_scalar,
    "none_match": lambda arguments: exp.Not(this=_with_lambda("trino__any")(arguments)),
    "reduce": _reduce,
    "regexp_replace": _regexp_replace,
    "replace": _replace,
    "transform": _with_lambda(""),
    "with_timezone": _of_zone(with_zone),
}
"""Function of Trino -> what makes DuckDB's expression of its arguments. Raises ValueError for what is not supported."""
