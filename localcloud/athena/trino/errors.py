# SPDX-License-Identifier: Apache-2.0
"""The error of a query, in Trino's words."""


class QueryError(Exception):
    """A query that Athena, or the local Athena, does not run. The text begins with Trino's name of the error."""


def not_supported(what: str) -> QueryError:
    """The error for SQL that Trino may know and the local Athena does not."""
    return QueryError(f"NOT_SUPPORTED: the local Athena does not know {what}")
