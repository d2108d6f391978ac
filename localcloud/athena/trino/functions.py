# SPDX-License-Identifier: Apache-2.0
"""The functions of Trino that the local Athena knows. Every other one fails its query, which says its name.

Source of what they mean: the Trino documentation, "Functions and operators". Known differences: regular expressions are
RE2's (no look-around, no back-references), where Athena's are Java's; approx_distinct and approx_percentile are exact.
"""

from collections.abc import Callable, Sequence

from sqlglot import exp

from localcloud.athena.trino import arrays, numbers, text, time, url
from localcloud.athena.trino.errors import not_supported
from localcloud.athena.trino.macros import Macros, statement
from localcloud.athena.trino.rewritten_calls import CALLS, function

# DuckDB's function of this name or sqlglot's translation means the same, or `to_duckdb` sees to it.
_BY_SQLGLOT = """
abs any_value approx_distinct approx_percentile arbitrary array_agg array_sort avg bool_and bool_or cardinality cast
ceil ceiling chr coalesce concat concat_ws count count_if cume_dist current_date current_timestamp date day day_of_month
day_of_week day_of_year dense_rank dow doy element_at exp extract first_value flatten floor from_unixtime greatest hour
if lag last_value lead least length localtimestamp lower ltrim max max_by min min_by minute mod month now nth_value
ntile nullif percent_rank position pow power quarter rank regexp_extract regexp_like round row_number rtrim second
split_part sqrt starts_with stddev stddev_pop stddev_samp strpos substr substring sum to_unixtime trim try try_cast
upper uuid var_pop var_samp variance week week_of_year year
"""

AGGREGATES = {"every": "bool_and"}
"""Aggregates that sqlglot does not know, and DuckDB's that mean the same. DuckDB's macros over aggregates, such as its
geometric_mean, take no DISTINCT, FILTER or ORDER BY."""

_MACROS: Macros = url.MACROS | numbers.MACROS | text.MACROS | time.MACROS | arrays.MACROS

BY_SQLGLOT = frozenset(_BY_SQLGLOT.split())
BY_MACRO = frozenset(name for name in _MACROS if not name.startswith("_")) - CALLS.keys() - BY_SQLGLOT
BY_REWRITING = frozenset(CALLS)
WAYS: dict[str, frozenset[str]] = {
    "by sqlglot's translation, or the same in both": BY_SQLGLOT,
    "by an aggregate of DuckDB that sqlglot does not know": frozenset(AGGREGATES),
    "by a macro with the same arguments": BY_MACRO,
    "by rewriting the call": BY_REWRITING,
}
"""How a function is translated, in words -> the functions for which that is so."""
KNOWN = frozenset[str].union(*WAYS.values())

OVERLOADED = frozenset(f"trino_{name}" for name, macro in _MACROS.items() if not isinstance(macro, str))
"""Macros that DuckDB chooses among by type; of an aggregate it does not know the type in time."""


def parsed_by_sqlglot(
    builders: dict[str, Callable[..., exp.Expr]],
) -> dict[str, Callable[..., exp.Expr]]:
    """sqlglot's functions for Trino (name -> what makes the tree of a call), as `translated` and `aggregate` need them.

    Without those that sqlglot must leave alone, and with the aggregates that it does not know.
    """
    left_alone = BY_MACRO | BY_REWRITING
    kept = {name: build for name, build in builders.items() if name.lower() not in left_alone}
    return kept | {name.upper(): _aggregate_of_trino(name) for name in AGGREGATES}


def _aggregate_of_trino(name: str) -> Callable[[Sequence[exp.Expr]], exp.Expr]:
    return lambda arguments: exp.AnonymousAggFunc(this=name, expressions=list(arguments))


def aggregate(call: exp.AnonymousAggFunc) -> exp.Expr:
    """A call of an aggregate that sqlglot does not know, as DuckDB's."""
    return exp.AnonymousAggFunc(this=AGGREGATES[call.name], expressions=[a.copy() for a in call.expressions])


def macros() -> list[str]:
    """The statements that define all macros in a DuckDB session."""
    return [statement(name, macro) for name, macro in _MACROS.items()]


def translated(call: exp.Anonymous) -> exp.Expr:
    """A call that sqlglot has left alone, as DuckDB's. Raises QueryError for what is not supported."""
    name = call.name.lower()
    if name in BY_MACRO:
        return function(f"trino_{name}", *call.expressions)
    if name not in CALLS:
        return call
    try:
        return CALLS[name](call.expressions)
    except (IndexError, ValueError) as error:
        raise not_supported(f"{name} with these arguments: {call.sql('trino')}") from error
