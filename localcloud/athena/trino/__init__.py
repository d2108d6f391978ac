# SPDX-License-Identifier: Apache-2.0
"""Trino's SQL for DuckDB: syntax, and one module for each family of functions."""
