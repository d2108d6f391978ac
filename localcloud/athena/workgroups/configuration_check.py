# SPDX-License-Identifier: Apache-2.0
"""What a workgroup refuses: a table's location of its own in a query, and a limit on scanned bytes that is too small.

Sources: the Athena User Guide, "Considerations and limitations for CTAS queries" and "Troubleshoot workgroup errors";
the words are quoted in dbt-labs/dbt-athena#176. The least limit: the Athena API Reference, BytesScannedCutoffPerQuery.
"""

from collections.abc import Mapping
from typing import Any

import sqlglot
from sqlglot import exp

LEAST_CUTOFF_BYTES = 10_000_000

_LOCATION_REFUSED = (
    "The Create Table As Select query failed because it was submitted with an 'external_location' property to an "
    "Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
    "'external_location' property and resubmit the query."
)


def query_refusal(sql: str, configuration: Mapping[str, Any]) -> str | None:
    """Why a workgroup of this configuration does not take the query; None if it does."""
    location = (configuration.get("ResultConfiguration") or {}).get("OutputLocation")
    if configuration.get("EnforceWorkGroupConfiguration") and location and _names_its_location(sql):
        return _LOCATION_REFUSED
    return None


def configuration_refusal(configuration: Mapping[str, Any]) -> str | None:
    """Why a workgroup cannot have this configuration; None if it can."""
    cutoff = configuration.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and int(cutoff) < LEAST_CUTOFF_BYTES:
        return (
            f"1 validation error detected: Value '{cutoff}' at 'configuration.bytesScannedCutoffPerQuery' failed to "
            f"satisfy constraint: Member must have value greater than or equal to {LEAST_CUTOFF_BYTES}"
        )
    return None


def _names_its_location(sql: str) -> bool:
    """Whether the text is a CREATE TABLE AS with the property `external_location`."""
    if "external_location" not in sql.lower():  # to parse a long question takes tens of milliseconds
        return False
    try:
        statement = sqlglot.parse_one(sql, read="athena")
    except sqlglot.errors.SqlglotError:
        return False
    if not isinstance(statement, exp.Create) or statement.expression is None:
        return False
    return "external_location" in {str(found.name).lower() for found in statement.find_all(exp.Property)}
