# SPDX-License-Identifier: Apache-2.0
"""Views of the Glue Data Catalog in a query: their text for DuckDB, and rows that are kept of them."""
