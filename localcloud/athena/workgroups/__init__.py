# SPDX-License-Identifier: Apache-2.0
"""Workgroups of Athena: what their configuration asks of a query, and the queries that are saved in them."""
