# SPDX-License-Identifier: Apache-2.0
"""The objects behind Glue tables as relations of a DuckDB session: `load` is the entrance, and chooses the format."""
