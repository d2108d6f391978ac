# SPDX-License-Identifier: Apache-2.0
"""The form of a DuckDB macro in this package."""

type Macros = dict[str, str | tuple[str, ...]]
"""Name -> parameters and body, "(x) AS ..."; one for each overload if DuckDB is to choose by type.

A macro with the name of a function of Trino takes its arguments and means the same. A name that begins with _ is not
one of Trino's: such a macro is a part of others, or what `rewritten_calls` and `to_duckdb` translate to. In SQL each
has the prefix `trino_`. A macro comes after those that it uses.
"""


def statement(name: str, macro: str | tuple[str, ...]) -> str:
    """The statement that makes the macro in a DuckDB session."""
    return f"CREATE MACRO trino_{name}{macro if isinstance(macro, str) else ', '.join(macro)}"
