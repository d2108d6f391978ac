# SPDX-License-Identifier: Apache-2.0
"""Athena: queries over the lake, in Trino's dialect, by DuckDB."""
