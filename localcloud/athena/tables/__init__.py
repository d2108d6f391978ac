# SPDX-License-Identifier: Apache-2.0
"""The objects behind Glue tables as relations of a DuckDB session: `table_objects` chooses the way of their format."""
