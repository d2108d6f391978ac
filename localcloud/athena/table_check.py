# SPDX-License-Identifier: Apache-2.0
"""What Athena wants of a table or a view of the Glue Data Catalog before it reads it, in Athena's words.

Sources: the Athena User Guide, "Troubleshooting in Athena" (storage descriptor, input format); for the other words,
hashicorp/terraform-provider-aws#28517, dacort/metabase-athena-driver#62 and trinodb/trino#2711. `presto_view` is
Trino's mark of its own views (`ViewReaderUtil.isPrestoView`); without it, a view is Hive's.
"""

from collections.abc import Mapping
from typing import Any

from localcloud.athena.trino.errors import QueryError


def check(key: str, table: Mapping[str, Any]) -> None:
    """Raise QueryError for a table or a view, whose key is "database/name", that Athena cannot read."""
    storage = table.get("StorageDescriptor")
    if not storage:
        raise QueryError("HIVE_METASTORE_ERROR: Required Table Storage Descriptor is not populated.")
    if storage.get("SerdeInfo") is None:
        raise QueryError("HIVE_METASTORE_ERROR: Table storage descriptor is missing SerDe info")
    if table.get("TableType") == "VIRTUAL_VIEW":
        if (table.get("Parameters") or {}).get("presto_view") != "true":
            raise QueryError(f"NOT_SUPPORTED: Hive views are not supported: '{key.replace('/', '.')}'")
        return
    if not storage["SerdeInfo"].get("SerializationLibrary"):
        raise QueryError("HIVE_METASTORE_ERROR: Required Table SerDe information is not populated")
    if not storage.get("InputFormat") or not storage.get("OutputFormat"):
        raise QueryError("HIVE_UNKNOWN_ERROR: Unable to create input format")
