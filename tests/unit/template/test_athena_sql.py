# SPDX-License-Identifier: Apache-2.0
"""The template's SQL is Athena's, as far as anything but Athena can say: two parsers, and a list of its functions."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import sqlglot
import trino_sql_validator
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.tokenizer_core import TokenType

from edgepixel.template.reader import answer_queries, view_sql
from localcloud.athena.trino import functions
from tests.unit.template.athena_functions import ATHENA_FUNCTIONS

RESERVED_WORDS = frozenset(
    word
    for line in (Path(__file__).parent / "athena_reserved_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
VIEWS = {"the view raw_events": view_sql(), "the view events": view_sql("EventsView")}
QUERIES = VIEWS | answer_queries()
# Before a parenthesis, and no functions.
_SYNTAX = """
all and any as between by cross cube date decimal distinct else except exists filter from grouping having in intersect
join like not on or over rollup select sets some then timestamp union unnest using values varchar when where with
"""


def _functions(sql: str) -> set[str]:
    """The names of the functions that a query calls, as written."""
    tree = sqlglot.parse_one(sql, read="trino")
    own = {alias.name.lower() for alias in tree.find_all(exp.TableAlias)}
    called = {
        token.text.lower()
        for token, following in pairwise(Trino().tokenize(sql))
        if following.token_type == TokenType.L_PAREN
        and token.token_type not in (TokenType.STRING, TokenType.NUMBER)
        and re.fullmatch(r"\w+", token.text)
    }
    return called - set(_SYNTAX.split()) - own


# The validator's limit is not in characters; no answer comes near it.
MOST_CHARACTERS = 30_000


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("dialect", ["athena", "trino"])
def test_sqlglot_reads_it(name: str, dialect: str) -> None:
    assert isinstance(sqlglot.parse_one(QUERIES[name], read=dialect), exp.Query)


def _parts(sql: str) -> list[str]:
    """Its WITH queries and the query behind them, each by itself, as they are written."""
    parts, depth, begin = [], 0, 0
    for token in Trino().tokenize(sql):
        if token.token_type == TokenType.L_PAREN:
            depth += 1
            begin = token.end + 1 if depth == 1 else begin
        elif token.token_type == TokenType.R_PAREN:
            depth -= 1
            parts += [sql[begin : token.start]] if depth == 0 else []
        elif token.token_type == TokenType.SELECT and depth == 0:
            return [*parts, sql[token.start :]]
    raise AssertionError("a query ends with a SELECT")


@pytest.mark.parametrize("name", QUERIES)
def test_the_trino_validator_has_nothing_to_say(name: str) -> None:
    """A view has more parts than the validator takes, so its WITH queries are looked at one by one."""
    whole = QUERIES[name]
    parts = _parts(whole) if len(whole) > MOST_CHARACTERS else [whole]
    assert len(parts) > 1 or len(whole) <= MOST_CHARACTERS
    for part in parts:
        result = trino_sql_validator.validate(part, jinja="reject")
        assert (result.valid, str(result.error or ""), result.warnings) == (True, "", ()), part


@pytest.mark.parametrize("name", QUERIES)
def test_every_function_is_documented_for_athena_and_known_to_the_local_one(name: str) -> None:
    called = _functions(QUERIES[name])
    assert called
    assert called - ATHENA_FUNCTIONS == set()
    assert called - functions.KNOWN == set()


def _reserved_names(sql: str) -> set[str]:
    """Names in a query that Athena would take for a keyword."""
    names = sqlglot.parse_one(sql, read="trino").find_all(exp.Identifier)
    return {name.name.lower() for name in names if not name.quoted and name.name.upper() in RESERVED_WORDS}


@pytest.mark.parametrize("name", QUERIES)
def test_no_name_is_a_word_that_athena_reserves(name: str) -> None:
    assert _reserved_names(QUERIES[name]) == set()


def test_reserved_words_are_found_wherever_a_name_can_stand() -> None:
    sql = 'WITH skip AS (SELECT trim(a) AS last FROM t) SELECT s.last, s.b AS "end", first FROM skip AS s'
    assert _reserved_names(sql) == {"skip", "last", "first"}
    assert len(RESERVED_WORDS) == 84


def test_functions_are_found_by_the_names_under_which_they_are_called() -> None:
    sql = "WITH a(b) AS (SELECT try(url_decode('f(x)')) FROM t WHERE x IN (1) AND regexp_like (y, 'z')) SELECT b FROM a"
    assert _functions(sql) == {"try", "url_decode", "regexp_like"}


def test_the_list_of_functions_has_no_name_that_trino_does_not_document() -> None:
    calls = ", ".join(f"{name}(a)" for name in sorted(ATHENA_FUNCTIONS))
    assert _unknown(calls) == []
    assert _unknown("no_such_function(a)") == ["no_such_function"]


def _unknown(calls: str) -> list[str]:
    return trino_sql_validator.validate(f"SELECT {calls}", function_arguments="off").unknown_functions


@pytest.mark.parametrize("character", ["\\", "\n", "--"])
def test_the_view_has_nothing_that_its_json_or_its_folding_would_change(character: str) -> None:
    assert character not in view_sql()


def test_patterns_mean_the_same_in_java_and_in_re2() -> None:
    """Athena reads them as Java does, which nests [ and && in classes; RE2, which reads them here, looks not around."""
    patterns = [
        "".join(text.this for text in call.expression.find_all(exp.Literal, bfs=False))
        for sql in QUERIES.values()
        for call in sqlglot.parse_one(sql, read="trino").find_all(exp.RegexpLike, exp.RegexpExtract, exp.RegexpReplace)
    ]
    assert len(patterns) > 20
    for pattern in patterns:
        re.compile(pattern)
        assert not re.search(r"\(\?(?!:|i\))|&&|\[\^?[^\]]*\[|[*+?}]\+", pattern), pattern


def test_text_becomes_a_fraction_only_if_it_has_the_shape_of_one() -> None:
    """Trino casts as Java: 1e999999999 as a decimal or Infinity as a time is an error that TRY does not catch."""
    casts = [
        cast
        for cast in sqlglot.parse_one(view_sql(), read="trino").find_all(exp.Cast, exp.TryCast)
        if cast.to.this in (exp.DType.DOUBLE, exp.DType.DECIMAL)
    ]
    assert casts
    unchecked = [cast.sql("trino") for cast in casts if not isinstance(cast.this, exp.RegexpExtract)]
    assert unchecked == [], "cast what regexp_extract takes out of the text, so that nothing else becomes a number"
