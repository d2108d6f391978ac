# SPDX-License-Identifier: Apache-2.0
"""Trino's SQL for DuckDB.

`parser` makes sqlglot's tree of a query, and refuses functions that are not in `functions.KNOWN`. `to_duckdb` changes
in the tree what DuckDB would understand otherwise: operators, casts, subscripts, intervals and calls.

There are four ways to add a function. Take the first that does; the function is named in that one place:

1. **By sqlglot** (`functions`, the list `_BY_SQLGLOT`): sqlglot parses the call and knows its name in DuckDB. If its
   tree needs a change first, that is an entry for the tree's class in `_TRANSLATIONS` of `to_duckdb`. Window functions
   must go this way, and aggregates this or the next, because sqlglot has to know what they are.
2. **By an aggregate of DuckDB** (`functions`, the table `AGGREGATES`): sqlglot does not know the aggregate, and DuckDB
   has one that means the same.
3. **By a macro** (`MACROS` of `arrays`, `numbers`, `text`, `time`, `url`; `macros` says in which form): SQL over the
   arguments. The call becomes a call of the macro `trino_<name>`.
4. **By rewriting the call** (`CALLS` of `rewritten_calls`): Python makes DuckDB's expression of the arguments, where
   they decide it before the query runs: lambdas, formats, units, patterns.

What Trino gives for it, edge cases too, goes into `tests/unit/localcloud/athena/trino/calls.py`: a test asks for
each function. `make template` writes the name into
the table of `docs/local-cloud.md`.
"""
