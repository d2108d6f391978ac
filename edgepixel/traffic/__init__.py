# SPDX-License-Identifier: Apache-2.0
"""Made-up visitors: from a seed to hits, through the real pixel, into a ledger."""
